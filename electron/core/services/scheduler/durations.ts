import { placeOf } from '../../grant-place.ts';
import type { Estimate, Grant, TaskRequest } from '../../scheduler-port.ts';
import type { Running } from './ledger.ts';

export const estimateAt = (task: TaskRequest, place: string): Estimate | undefined => task.estimateOn?.[place] ?? task.estimate;

/** Milliseconds in which it has surely ended wherever it runs: its P90s, cut by its time limit. Infinite where nothing is known. */
export const longestOf = (task: TaskRequest): number => {
  const { estimate, estimateOn, limitSeconds = Infinity } = task;
  if (!estimate) return limitSeconds * 1000;
  let seconds = estimate.p90Seconds;
  for (const place in estimateOn) seconds = Math.max(seconds, estimateOn[place]?.p90Seconds ?? 0);
  return Math.min(seconds, limitSeconds) * 1000;
};

/** Milliseconds that it should take with a grant, by its median. Infinite where nothing is known. */
export const expectedOf = (task: TaskRequest, grant: Grant): number =>
  Math.min(estimateAt(task, placeOf(grant))?.p50Seconds ?? Infinity, task.limitSeconds ?? Infinity) * 1000;

/**
 * By when something that runs should have ended: its start and P90, cut by its time limit; one that has outrun its P90 is thought to need
 * twice that, and twice that again. Infinite where nothing is known.
 */
export const endOf = (running: Running, now: number): number => {
  // It stands still, and nobody knows until when.
  if (running.grant.cores < running.task.cores) return Infinity;
  const ran = Math.max(0, now - running.startedAt);
  return endAfter(running, ran, (estimateAt(running.task, placeOf(running.grant))?.p90Seconds ?? Infinity) * 1000);
};

/** The same by its median, while that has not passed. */
export const expectedEndOf = (running: Running, now: number): number => {
  if (running.grant.cores < running.task.cores) return Infinity;
  const expected = expectedOf(running.task, running.grant);
  return expected > now - running.startedAt ? running.startedAt + expected : endOf(running, now);
};

const endAfter = ({ task, startedAt }: Running, ran: number, first: number): number => {
  let needs = first;
  while (needs <= ran) needs = Math.max(1, needs * 2);
  // What has reached its limit is being ended.
  return startedAt + Math.min(needs, Math.max(ran, (task.limitSeconds ?? Infinity) * 1000));
};

/** Times in one bucket differ by less than 41 percent. */
const bucketsPerDoubling = 2;

/** Which power of the root of two the time does not exceed; all below a second together. */
export const durationBucket = (task: TaskRequest): number => {
  const longest = longestOf(task);
  return longest === Infinity ? -1 : Math.max(0, Math.ceil(Math.log2(longest / 1000) * bucketsPerDoubling));
};
