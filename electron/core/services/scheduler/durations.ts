import { placeOf } from '../../grant-place.ts';
import type { Estimate, Grant, TaskRequest } from '../../scheduler-port.ts';
import type { Running } from './ledger.ts';

export const estimateAt = (task: TaskRequest, place: string): Estimate | undefined => task.estimateOn?.[place] ?? task.estimate;

/** Where doubling begins, in seconds or milliseconds alike. */
const leastNeeded = 0.001;

/** Milliseconds in which it has surely ended wherever it runs: its P90s, less what it has done, cut by its time limit. Infinite where nothing is known. */
export const longestOf = (task: TaskRequest): number => {
  const { estimate, estimateOn } = task;
  let seconds = estimate?.p90Seconds ?? Infinity;
  for (const place in estimateOn) seconds = Math.max(seconds, estimateOn[place]?.p90Seconds ?? 0);
  return longestBy(task, seconds);
};

/** The same where it runs in that place. */
export const longestAt = (task: TaskRequest, place: string): number => longestBy(task, estimateAt(task, place)?.p90Seconds ?? Infinity);

/** The same where its P90 is so many seconds. */
export const longestBy = ({ attained, limitSeconds = Infinity }: TaskRequest, seconds: number): number => {
  const creditSeconds = attained?.creditSeconds ?? 0;
  const needs = creditSeconds > 0 ? neededBeyond(seconds, creditSeconds) : seconds;
  return Math.min(needs - creditSeconds, limitSeconds) * 1000;
};

/** What is thought to be needed in all by one that has had so much: what it was predicted, twice that once it has outrun that, and so on. */
const neededBeyond = (predicted: number, had: number): number => {
  let needs = predicted;
  while (needs <= had) needs = Math.max(leastNeeded, needs * 2);
  return needs;
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
  const credit = (task.attained?.creditSeconds ?? 0) * 1000;
  const needs = neededBeyond(first, ran + credit) - credit;
  // What has reached its limit is being ended.
  return startedAt + Math.min(needs, Math.max(ran, (task.limitSeconds ?? Infinity) * 1000));
};

/** Times in one bucket differ by less than 41 percent. */
const bucketsPerDoubling = 2;

/** Which power of the root of two the time does not exceed, all below a second together: of where it takes longest, and of where it takes least. */
export const durationBuckets = (task: TaskRequest): string => {
  const longest = longestOf(task);
  if (!task.estimateOn) return bucketOf(longest);
  const least = Math.min(
    longest,
    ...Object.keys(task.estimateOn).map((place) => longestAt(task, place)),
    longestBy(task, task.estimate?.p90Seconds ?? Infinity),
  );
  return `${bucketOf(longest)} ${bucketOf(least)}`;
};

const bucketOf = (ms: number): string => (ms === Infinity ? '' : String(Math.max(0, Math.ceil(Math.log2(ms / 1000) * bucketsPerDoubling))));
