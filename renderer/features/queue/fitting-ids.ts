import type { JobRow } from '../../../shared/model/job.ts';
import type { JobAction } from '../../actions.ts';
import { actionsFor } from '../job/job-words.ts';
import { idOf, isFolded } from './array-row.ts';

/**
 * The selected jobs that an action fits. Rows that are not known here may be in any state; the core decides on those. An action on an array
 * goes to those of its jobs that it fits; retrying and removing are for jobs alone.
 */
export const fittingIds = (action: JobAction, ids: ReadonlySet<number>, rows: ReadonlyMap<number, JobRow>): readonly number[] => {
  const known = new Map([...rows.values()].map((row) => [idOf(row), row]));
  return [...ids].filter((id) => {
    const row = known.get(id);
    return !row || (isFolded(row) ? kindsIn(row) : [row]).some((one) => actionsFor(one).includes(action));
  });
};

const kindsIn = ({ array, runtime, state }: Parameters<typeof isFolded>[0]) =>
  Object.keys(array?.counts ?? {})
    .filter((kind) => !endedKinds.has(kind))
    // Nothing but the kind counts.
    .map((kind) => ({ runtime, state: { ...state, kind } as JobRow['state'] }));

const endedKinds: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'timed-out', 'out-of-memory', 'lost']);
