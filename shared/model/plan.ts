import * as z from 'zod';
import { DeviceKind } from './device.ts';
import { endedKinds } from './ended-kinds.ts';
import { Nearness } from './nearness.ts';
import { PredictedFrom, Prediction } from './prediction.ts';
import { WaitReason } from './reason.ts';

/*
 * What should happen next, and what would happen under another policy: worked out by the scheduler itself under a virtual clock.
 * Times are milliseconds since 1970.
 */

const JobName = z.object({ id: z.int().positive(), name: z.string() });

/** One attempt on the time line: what ran, runs, or should run. */
export const PlannedRun = z.object({
  job: JobName,
  group: z.string(),
  /** Of several parts of one job, which one, from 1. */
  part: z.int().positive().exactOptional(),
  kind: z.enum(['ended', 'running', 'planned']),
  /** Of what has ended: how. */
  outcome: z.enum(endedKinds).exactOptional(),
  /** Where it runs: the devices beside the processor, else the processor or its share. */
  devices: z.array(z.string()).min(1),
  cores: z.number(),
  startsAt: z.number(),
  /** The median; of what has ended, when it did. Absent while nothing is known of how long it takes: then it counts as if it never ended. */
  endsAt: z.number().exactOptional(),
  /** The same if everything takes its P90, never before `endsAt`; only of what has not ended. */
  endsAtLatest: z.number().exactOptional(),
  /**
   * What `endsAt` rests on, of what has not ended: its own prediction, else the median of those of its group, else its time limit.
   */
  endsFrom: z.enum(['prediction', 'group', 'limit']).exactOptional(),
  deadline: z.number().exactOptional(),
});
export type PlannedRun = z.infer<typeof PlannedRun>;

/** Who runs next, where and when, as things stand. */
export const Plan = z.object({
  madeAt: z.number(),
  /** The queue is paused: this is what happens if it goes on now. */
  isPaused: z.boolean(),
  /** Running first, then in the order of their starts. */
  runs: z.array(PlannedRun),
  /** Waiting jobs whose start cannot be told, because what they wait for is never free, or nobody knows when; they are in none of the runs. */
  unplanned: z.int(),
  /** Waiting jobs beyond those that were planned. */
  beyond: z.int(),
});
export type Plan = z.infer<typeof Plan>;

/** How a schedule is judged. Seconds; an absent figure was not defined, such as a mean over nothing. */
export const ScheduleFigures = z.object({
  jobs: z.int(),
  makespanSeconds: z.number(),
  meanWaitSeconds: z.number().exactOptional(),
  p95WaitSeconds: z.number().exactOptional(),
  maxWaitSeconds: z.number().exactOptional(),
  /** (wait + max(run, 10 s)) / max(run, 10 s), at least 1, as a mean. */
  meanBoundedSlowdown: z.number().exactOptional(),
  /** Jain's index over the groups' mean bounded slowdowns: 1 is the same for all. */
  fairness: z.number().exactOptional(),
  /** Used over total of each resource over the makespan, by `cores` or kind of device. */
  utilization: z.record(z.string(), z.number()),
  missedDeadlines: z.int(),
  groups: z.array(
    z.object({ name: z.string(), jobs: z.int(), meanWaitSeconds: z.number(), maxWaitSeconds: z.number(), meanBoundedSlowdown: z.number() }),
  ),
});
export type ScheduleFigures = z.infer<typeof ScheduleFigures>;

const quotaKinds = DeviceKind.exclude(['cpu']).options;

/** Something that alone would let a waiting job start now: each was tried on a copy of the queue. */
export const Remedy = z.discriminatedUnion('code', [
  z.object({ code: z.literal('run-next'), values: z.object({}) }),
  z.object({ code: z.literal('resume-queue'), values: z.object({}) }),
  z.object({ code: z.literal('release'), values: z.object({}) }),
  /** It keeps its memory and its devices; its cores are free. */
  z.object({ code: z.literal('pause-holder'), values: z.object({ job: JobName }) }),
  z.object({ code: z.literal('cancel-holder'), values: z.object({ job: JobName }) }),
  z.object({ code: z.literal('fewer-cores'), values: z.object({ cores: z.number() }) }),
  z.object({ code: z.literal('less-memory'), values: z.object({ memoryBytes: z.number() }) }),
  z.object({ code: z.literal('less-device-memory'), values: z.object({ memoryBytes: z.number() }) }),
  z.object({ code: z.literal('other-policy'), values: z.object({ policy: z.string() }) }),
  z.object({ code: z.literal('undrain'), values: z.object({ device: z.string() }) }),
  z.object({ code: z.literal('remove-reservation'), values: z.object({ id: z.int(), group: z.string() }) }),
  z.object({ code: z.literal('lift-quota'), values: z.object({ group: z.string(), resource: z.enum(['cores', ...quotaKinds]) }) }),
]);
export type Remedy = z.infer<typeof Remedy>;

/** Where a job could run, or could have run, as it looked when that was decided. */
export const PlacementCandidate = z.object({
  device: z.string(),
  deviceName: z.string(),
  /** When it would be free for the job. */
  freeAt: z.number(),
  /** How long the job should take there. */
  p50Seconds: z.number().exactOptional(),
  from: PredictedFrom.exactOptional(),
  /** `freeAt` and `p50Seconds` together. */
  finishesAt: z.number().exactOptional(),
  isChosen: z.boolean(),
});
export type PlacementCandidate = z.infer<typeof PlacementCandidate>;

/** Why a job waits, who is ahead of it, when it should run, and what would start it now. */
export const Explanation = z.object({
  job: JobName,
  wait: WaitReason.exactOptional(),
  position: z.int().positive().exactOptional(),
  /** How long it should run, and on what that rests; of one that has started what was predicted when it did. */
  prediction: Prediction.exactOptional(),
  /** The first of those ahead, and how many there are in all. */
  ahead: z.array(JobName),
  aheadTotal: z.int(),
  /** With everything at its median, and with everything at its P90; absent where that cannot be told. */
  startsAt: z.number().exactOptional(),
  startsAtLatest: z.number().exactOptional(),
  endsAt: z.number().exactOptional(),
  endsAtLatest: z.number().exactOptional(),
  remedies: z.array(Remedy),
  /** Best first. */
  candidates: z.array(PlacementCandidate),
  /** What decides, or decided, between some that are as good. */
  near: Nearness.exactOptional(),
});
export type Explanation = z.infer<typeof Explanation>;
