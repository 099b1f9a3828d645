import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { askAgain } from '../../ask-again.ts';
import type { Connection } from '../../connection.ts';
import { keyOf } from './plan-rows.ts';

/** What ran of late, kept up to date while somebody looks. */
export interface PastStore extends StoreApi<{ runs: readonly PlannedRun[] }> {
  watch: () => () => void;
}

const pauseMs = 2_000;
/** A day is the most that a plan is looked at in. */
const reachMs = 86_400_000;
/** The latest of them; what lies further back is too narrow to be seen. */
const mostRuns = 2000;
/** An end is written down a moment after it was. */
const overlapMs = 30_000;

export const createPastStore = (connection: Connection): PastStore => {
  const store = createStore<{ runs: readonly PlannedRun[] }>(() => ({ runs: [] }));
  let askedTo = 0;
  const ask = async () => {
    const to = Date.now();
    const from = Math.max(to - reachMs, askedTo - overlapMs);
    const { runs } = await connection.api.scheduler.history({ from, to, limit: mostRuns });
    askedTo = to;
    if (runs.length > 0) store.setState(({ runs: known }) => ({ runs: mergeRuns(known, runs, to - reachMs) }));
  };
  // A core that does not answer leaves the past as it was; the strip says so.
  return { ...store, watch: () => askAgain(() => ask().catch(() => {}), pauseMs) };
};

/** The same list while nothing is new, so that nothing is drawn again. */
const mergeRuns = (known: readonly PlannedRun[], found: readonly PlannedRun[], oldest: number): readonly PlannedRun[] => {
  const keys = new Set(known.map(keyOf));
  const more = found.filter((run) => !keys.has(keyOf(run)));
  if (more.length === 0) return known;
  return [...more, ...known]
    .filter(({ endsAt }) => (endsAt ?? 0) > oldest)
    .toSorted((one, other) => (other.endsAt ?? 0) - (one.endsAt ?? 0))
    .slice(0, mostRuns);
};
