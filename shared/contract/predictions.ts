import * as z from 'zod';
import { PredictionQuality } from '../model/prediction.ts';
import { base } from './base.ts';

export const predictions = {
  list: base
    .route({
      method: 'GET',
      path: '/predictions',
      tags: ['predictions'],
      summary: 'How good predicted run times have been, by kind of work and device; the most predicted first.',
    })
    .output(z.object({ predictions: z.array(PredictionQuality) })),
};
