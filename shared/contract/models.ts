import * as z from 'zod';
import { FileRef } from '../model/job.ts';
import { base } from './base.ts';

/** An input or output of a model; a dimension without a fixed size is its symbolic name, or "?". */
export const TensorInfo = z.object({ name: z.string(), dtype: z.string(), shape: z.array(z.union([z.int(), z.string()])) });
export type TensorInfo = z.infer<typeof TensorInfo>;

export const models = {
  inspect: base
    .route({
      method: 'POST',
      path: '/models/inspect',
      tags: ['models'],
      summary: 'Opens a model in a worker and says what goes in and out.',
    })
    .input(z.object({ model: FileRef }))
    .output(z.object({ sha256: z.string(), bytes: z.int(), inputs: z.array(TensorInfo), outputs: z.array(TensorInfo) })),
};
