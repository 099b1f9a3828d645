import { placeOf } from '../../grant-place.ts';
import type { PlannedRun } from '../../../../shared/model/plan.ts';
import type { Estimate, Grant, TaskRequest } from '../../scheduler-port.ts';

type EndsFrom = NonNullable<PlannedRun['endsFrom']>;
export type Quantile = keyof Estimate;

/** How long tasks take, as far as that is known. */
export interface RunLengths {
  /** In all, of one that is placed like this and has run for so long already; undefined when nobody knows. */
  of(task: TaskRequest, grant: Grant, ranSeconds: number, quantile: Quantile): number | undefined;
  /** What that rests on. */
  basisOf(task: TaskRequest, grant: Grant): EndsFrom | undefined;
}

/** Where doubling begins. */
const leastSeconds = 0.001;

/**
 * What a task's own estimate says, for the device that it has; else the median of those of its group; else its time limit. One that has
 * outlasted its median is taken to end at its P90; one that has outlasted that too, at twice of it, and so on, as the scheduler itself thinks.
 */
export const createRunLengths = (tasks: Iterable<TaskRequest>): RunLengths => {
  const ofGroups = mediansByGroup(tasks);

  const estimateOf = (task: TaskRequest, grant: Grant): { estimate: Estimate; from: EndsFrom } | undefined => {
    const own = task.estimateOn?.[placeOf(grant)] ?? task.estimate;
    if (own) return { estimate: own, from: 'prediction' };
    const group = ofGroups.get(task.group);
    if (group) return { estimate: group, from: 'group' };
    const { limitSeconds } = task;
    return limitSeconds === undefined ? undefined : { estimate: { p50Seconds: limitSeconds, p90Seconds: limitSeconds }, from: 'limit' };
  };

  return {
    of(task, grant, ranSeconds, quantile) {
      const found = estimateOf(task, grant);
      if (!found) return undefined;
      const { p50Seconds, p90Seconds } = found.estimate;
      let seconds = quantile === 'p50Seconds' ? p50Seconds : p90Seconds;
      if (ranSeconds > 0 && seconds <= ranSeconds) seconds = p90Seconds;
      while (ranSeconds > 0 && seconds <= ranSeconds) seconds = Math.max(leastSeconds, 2 * seconds);
      return Math.min(seconds, task.limitSeconds ?? Infinity);
    },
    basisOf: (task, grant) => estimateOf(task, grant)?.from,
  };
};

const mediansByGroup = (tasks: Iterable<TaskRequest>): Map<string, Estimate> => {
  const known = new Map<string, Estimate[]>();
  for (const { group, estimate } of tasks) {
    if (!estimate) continue;
    const list = known.get(group) ?? [];
    known.set(group, list);
    list.push(estimate);
  }
  return new Map(
    [...known].map(([group, list]) => [
      group,
      { p50Seconds: median(list.map((one) => one.p50Seconds)), p90Seconds: median(list.map((one) => one.p90Seconds)) },
    ]),
  );
};

const median = (values: readonly number[]): number => {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = Math.floor(ordered.length / 2);
  return ordered.length % 2 === 1 ? (ordered[middle] ?? 0) : ((ordered[middle - 1] ?? 0) + (ordered[middle] ?? 0)) / 2;
};
