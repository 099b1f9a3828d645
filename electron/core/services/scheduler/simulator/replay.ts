import { SimulationError } from './simulation-error.ts';
import { createHeap } from './heap.ts';
import type { Machine, ReplayPolicy } from './replay-policies.ts';
import type { TraceJob } from './trace.ts';

/** When each job of a trace began; index by index. */
export interface Replay {
  readonly jobs: readonly TraceJob[];
  readonly starts: Float64Array;
  readonly longestQueue: number;
}

/** What a replay came to. Times are seconds; `util` is a share from 0 to 1. */
export interface ReplaySummary {
  readonly n: number;
  readonly meanWait: number;
  /** The wait at index ⌊0.95 n⌋ of all waits in order. */
  readonly p95Wait: number;
  readonly maxWait: number;
  /** Bounded slowdown, max(1, (wait + run) / max(run, 10 s)). */
  readonly meanBSLD: number;
  readonly makespan: number;
  readonly util: number;
  readonly longestQueue: number;
}

/**
 * Plays a trace of rigid jobs on one machine of equal processors. At each instant completions come first, then arrivals, then one pass of
 * the policy; jobs stand in the order (submit, id). Deterministic. Throws SimulationError for a job larger than the machine.
 */
export const replay = (trace: readonly TraceJob[], processors: number, makePolicy: (machine: Machine) => ReplayPolicy): Replay => {
  const jobs = [...trace].sort((a, b) => a.submit - b.submit || a.id - b.id);
  const tooLarge = jobs.find(({ size }) => size > processors);
  if (tooLarge) throw new SimulationError('job-too-large', { job: tooLarge.id, size: tooLarge.size, processors });

  const starts = new Float64Array(jobs.length);
  /** Running jobs by the time at which they really end. */
  const ends = createHeap<number>((a, b) => endOf(a) - endOf(b) || a - b);
  const endOf = (job: number): number => (starts[job] ?? 0) + (jobs[job]?.run ?? 0);
  let arrived = 0;
  let longestQueue = 0;
  let now = 0;
  const machine: Machine = {
    jobs,
    free: processors,
    get now() {
      return now;
    },
    start: (job) => {
      starts[job] = now;
      machine.free -= jobs[job]?.size ?? 0;
      ends.push(job);
    },
  };
  const policy = makePolicy(machine);

  while (arrived < jobs.length || ends.size > 0) {
    const nextEnd = ends.size > 0 ? endOf(ends.first() ?? 0) : Infinity;
    now = Math.min(nextEnd, jobs[arrived]?.submit ?? Infinity);
    for (let job = ends.first(); job !== undefined && endOf(job) <= now; job = ends.first()) {
      ends.pop();
      machine.free += jobs[job]?.size ?? 0;
      policy.ended?.(job);
    }
    for (; arrived < jobs.length && (jobs[arrived]?.submit ?? 0) <= now; arrived += 1) policy.arrived(arrived);
    longestQueue = Math.max(longestQueue, policy.waiting);
    policy.pass();
  }
  return { jobs, starts, longestQueue };
};

export const summarise = ({ jobs, starts, longestQueue }: Replay, processors: number): ReplaySummary => {
  const n = jobs.length;
  const waits = new Float64Array(n);
  let slowdown = 0;
  let work = 0;
  let lastEnd = -Infinity;
  for (const [index, { submit, run, size }] of jobs.entries()) {
    const start = starts[index] ?? 0;
    waits[index] = start - submit;
    slowdown += Math.max(1, (start - submit + run) / Math.max(run, 10));
    work += size * run;
    lastEnd = Math.max(lastEnd, start + run);
  }
  const meanWait = waits.reduce((total, wait) => total + wait, 0) / n;
  waits.sort();
  const makespan = lastEnd - (jobs[0]?.submit ?? 0);
  return {
    n,
    meanWait,
    p95Wait: waits[Math.floor(0.95 * n)] ?? 0,
    maxWait: waits[n - 1] ?? 0,
    meanBSLD: slowdown / n,
    makespan,
    util: work / (processors * makespan),
    longestQueue,
  };
};
