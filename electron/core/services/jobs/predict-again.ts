import { placeOf } from '../../grant-place.ts';
import type { Estimate } from '../../scheduler-port.ts';
import type { ExecutorOptions } from './execution.ts';
import { isPart, taskOfEntry, type JobEntry } from './job-entry.ts';
import { grantOf } from './placement.ts';

/** Where an end is off by less, what the scheduler does by itself is enough: what outruns its P90 is thought to need twice that. */
const leastChange = 2;

/**
 * The worker of an attempt is certain, and its work has not begun: where another one was predicted, or the scheduler goes by another one,
 * what is known of runs with such a worker holds from now on. A part of a divided job is predicted without its start-up.
 */
export const predictAgain = (
  { runTimes, table, apply }: Pick<ExecutorOptions, 'runTimes' | 'table' | 'apply'>,
  entry: JobEntry,
  isWarm: boolean,
): void => {
  const { state } = entry;
  if (isPart(entry) || state.kind !== 'starting' || !state.predicted) return;
  const isRight = state.predicted.warm === isWarm;
  const predicted = isRight ? state.predicted : runTimes.predict(entry, state, isWarm);
  if (!predicted) return;
  if (!isRight) {
    // It reaches the journal with the beginning of the work.
    entry.state = { ...state, predicted };
    table.changed(entry.id);
  }
  const { p50Seconds, p90Seconds } = predicted;
  const { estimate, estimateOn } = entry.estimates ?? {};
  if (isClose(estimateOn?.[placeOf(grantOf(state.placement))] ?? estimate, p90Seconds)) return;
  apply({ kind: 'estimated', estimates: [{ task: taskOfEntry(entry), estimate: { p50Seconds, p90Seconds } }] });
};

const isClose = (known: Estimate | undefined, p90Seconds: number): boolean =>
  known !== undefined && Math.max(known.p90Seconds / p90Seconds, p90Seconds / known.p90Seconds) < leastChange;
