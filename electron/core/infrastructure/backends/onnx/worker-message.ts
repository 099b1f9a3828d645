import * as z from 'zod';
import { JobResult } from '../../../../../shared/model/application.ts';
import { NodeCount, Operations, Progress } from '../../../../../shared/model/job.ts';
import { FailReason } from '../../../../../shared/model/reason.ts';

/*
 * What a worker says. It runs models of strangers, so the core believes nothing of it: messages are parsed here, and a
 * file is named by its base name within the folder that the core chose. The worker itself imports only the types,
 * because loading the schemas would double its start time.
 */

const artifact = {
  name: z.string(),
  mediaType: z.string(),
  joined: z.enum(['texts', 'lines', 'table', 'list', 'rows']).exactOptional(),
};

/** A result file: bytes, or the base name of a file in the job's output folder. */
const WorkerArtifact = z.union([
  z.object({ ...artifact, bytes: z.instanceof(Uint8Array) }),
  z.object({ ...artifact, file: z.string().regex(/^artifact-\d+$/) }),
]);
export type WorkerArtifact = z.infer<typeof WorkerArtifact>;

const TensorDescription = z.object({ name: z.string(), dtype: z.string(), shape: z.array(z.union([z.int(), z.string()])) });

const ModelDescription = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  inputs: z.array(TensorDescription),
  outputs: z.array(TensorDescription),
});
/** What goes into a model and comes out; a dimension without a fixed size is its symbolic name, or "?". */
export type ModelDescription = z.infer<typeof ModelDescription>;

const Answer = z.discriminatedUnion('kind', [
  /** `peakMemoryBytes` is the most that the worker has held during this job, where the system tells that; else since it started. */
  z.object({
    kind: z.literal('ran'),
    result: JobResult,
    artifacts: z.array(WorkerArtifact),
    peakMemoryBytes: z.number(),
    /** Processor time of this job alone. */
    cpuSeconds: z.number(),
    /** Of this job's time, what went into opening models and loading code that a later job finds open. */
    startUpSeconds: z.number().nonnegative(),
    /** Of this job's time, what went into its items. */
    workSeconds: z.number().nonnegative(),
    /** Which provider ran how many nodes of the job's models; absent when that is not known of each of them. */
    nodes: z.array(NodeCount).exactOptional(),
  }),
  z.object({ kind: z.literal('counted'), rows: z.int().positive() }),
  z.object({ kind: z.literal('inspected'), model: ModelDescription }),
  /** Without operations where they cannot be known. */
  z.object({ kind: z.literal('weighed'), operations: Operations.exactOptional() }),
  z.object({ kind: z.literal('providers'), names: z.array(z.string()) }),
  /** Without a problem the provider works. */
  z.object({ kind: z.literal('proven'), problem: z.string().exactOptional() }),
  z.object({ kind: z.literal('measured'), gflops: z.number().positive(), gbPerSecond: z.number().positive() }),
  z.object({ kind: z.literal('failed'), reason: FailReason }),
  /** The model is sound, but the provider that was asked for cannot run it. */
  z.object({ kind: z.literal('provider-failed'), detail: z.string() }),
  /** There was not enough memory, whether by a limit or of the machine. */
  z.object({ kind: z.literal('no-memory') }),
]);
export type Answer = z.infer<typeof Answer>;

export const WorkerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('progress'), job: z.int(), progress: Progress }),
  z.object({ kind: z.literal('answer'), job: z.int(), answer: Answer }),
]);
export type WorkerMessage = z.infer<typeof WorkerMessage>;
