import * as z from 'zod';

/**
 * What a prediction rests on: the same work before, the same kind of work (by its size where that is known), the same kind on other devices,
 * what its user said, corrected by how wrong such words of the group were, what a model computes and moves at the measured speed of the device,
 * or the group.
 */
export const PredictedFrom = z.enum(['repeats', 'size', 'family', 'other-devices', 'said', 'roofline', 'group']);
export type PredictedFrom = z.infer<typeof PredictedFrom>;

/** How much memory a job should need at most. */
const MemoryPrediction = z.object({
  p50Bytes: z.int().positive(),
  /** Nine of ten runs should stay below it. */
  p90Bytes: z.int().positive(),
  from: PredictedFrom,
  samples: z.int().positive(),
});
export type MemoryPrediction = z.infer<typeof MemoryPrediction>;

/** What a prediction for a model rests on that has never run: what one run does, and what the device was measured to do. */
export const Roofline = z.object({
  flop: z.number().nonnegative(),
  bytes: z.number().nonnegative(),
  /** 10⁹ floating point operations and bytes a second; of a processor those of one thread, which a model gets. */
  gflops: z.number().positive(),
  gbPerSecond: z.number().positive(),
});
export type Roofline = z.infer<typeof Roofline>;

/** How long a job should run, and what it should need, as it was known before it ran. */
export const Prediction = z.object({
  p50Seconds: z.number().nonnegative(),
  /** Nine of ten runs should stay below it. */
  p90Seconds: z.number().nonnegative(),
  from: PredictedFrom,
  /** Earlier runs that it rests on or is corrected by; none where it is what its user said, or what a formula gives, as it is. */
  samples: z.int().nonnegative(),
  /** Whether it takes a worker to stand ready that has done such work before; absent where nothing is kept between jobs. */
  warm: z.boolean().exactOptional(),
  /** The part of `p50Seconds` for starting a worker and opening models. */
  startUpSeconds: z.number().nonnegative().exactOptional(),
  roofline: Roofline.exactOptional(),
  /** Of the machine. Absent while no run of such work was long enough to be measured. */
  memory: MemoryPrediction.exactOptional(),
  /** Of each device beside the processor. */
  deviceMemory: MemoryPrediction.exactOptional(),
});
export type Prediction = z.infer<typeof Prediction>;

/** How good predictions of memory have been. */
const MemoryQuality = z.object({ predicted: z.int().positive(), mape: z.number(), p90Coverage: z.number() });

/** How good predictions have been, each made before its run. */
export const PredictionQuality = z.object({
  /** A model, an application, a program or an image. */
  family: z.string(),
  device: z.string(),
  /** Of runs in a worker that had done such work before, or that had to start one; absent where nothing is kept between jobs. */
  warm: z.boolean().exactOptional(),
  /** Runs that were learned from. */
  runs: z.int(),
  /** Those of them that were predicted. */
  predicted: z.int().positive(),
  /** Mean of |predicted − actual| / actual, of the latest hundred predictions. */
  mape: z.number(),
  /** The part of them that stayed within their P90. */
  p90Coverage: z.number(),
  /** The same of the memory that runs needed at most, of the machine and of devices beside the processor. */
  memory: MemoryQuality.exactOptional(),
  deviceMemory: MemoryQuality.exactOptional(),
});
export type PredictionQuality = z.infer<typeof PredictionQuality>;
