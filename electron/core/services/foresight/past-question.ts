import type { SchedulerSnapshot } from '../../scheduler-port.ts';
import type { ComparisonQuestion } from './compare-policies.ts';
import type { PastRun } from './past-runs.ts';

/**
 * A stretch of the past as it could be played again, on the machine and with the groups of `present`: what ran when it began goes on as it
 * did, what waited then waits, the rest comes when it came; each takes as long as it took, and the policy knows of it what was predicted
 * then. What groups had used before is not known any more. Pure.
 */
export const pastQuestion = (
  runs: readonly PastRun[],
  from: number,
  present: SchedulerSnapshot,
): Pick<ComparisonQuestion, 'snapshot' | 'tookSeconds'> => {
  const ranBefore = runs.filter(({ startedAt }) => startedAt < from);
  const others = runs.filter(({ startedAt }) => startedAt >= from);
  const at = ranBefore.length > 0 ? from : Math.max(from, Math.min(...others.map(({ task }) => task.enqueuedAt)));
  const played = new Set(others.map(({ task }) => task.id));
  return {
    snapshot: {
      ...present,
      at: Number.isFinite(at) ? at : from,
      isPaused: false,
      use: { seconds: 0, typicalSeconds: 60, ends: 0, groups: {} },
      running: ranBefore.map(({ task, grant, startedAt }) => ({ task: { ...task, after: [] }, grant, startedAt })),
      // What they waited for before had ended, or is not known.
      waiting: others.map(({ task }) => ({ ...task, after: task.after.filter((one) => played.has(one.task)) })),
      unavailable: {},
      remembered: {},
    },
    tookSeconds: new Map(runs.map(({ task, startedAt, endedAt }) => [task.id, (endedAt - startedAt) / 1000])),
  };
};
