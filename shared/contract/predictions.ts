import * as z from 'zod';
import { PredictionQuality } from '../model/prediction.ts';
import { base } from './base.ts';

export const predictions = {
  /** How good predicted run times have been, by kind of work and device; the most predicted first. */
  list: base
    .route({ method: 'GET', path: '/predictions', tags: ['predictions'] })
    .output(z.object({ predictions: z.array(PredictionQuality) })),
};
