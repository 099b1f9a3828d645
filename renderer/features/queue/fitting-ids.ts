import { isEndedKind } from '../../../shared/model/ended-kinds.ts';
import type { JobRow } from '../../../shared/model/job.ts';
import type { JobAction } from '../../actions.ts';
import { actionsFor } from '../job/job-words.ts';
import { idOf, isFolded, type Folded } from './array-row.ts';

/**
 * The selected jobs that an action fits. Rows that are not known here may be in any state; the core decides on those. An action on an array
 * goes to those of its jobs that it fits; it is removed as a whole, and run again for those without success, or as a whole.
 */
export const fittingIds = (action: JobAction, ids: ReadonlySet<number>, rows: ReadonlyMap<number, JobRow>): readonly number[] => {
  const known = new Map([...rows.values()].map((row) => [idOf(row), row]));
  return [...ids].filter((id) => {
    const row = known.get(id);
    return !row || (isFolded(row) ? fitsArray(action, row) : actionsFor(row).includes(action));
  });
};

const fitsArray = (action: JobAction, row: Folded): boolean => {
  const kinds = Object.keys(row.array.counts);
  const unfinished = kinds.filter((kind) => !isEndedKind(kind));
  if (action === 'remove') return unfinished.length === 0;
  if (action === 'retry') return unfinished.length === 0 || kinds.some((kind) => isEndedKind(kind) && kind !== 'succeeded');
  // Nothing but the kind counts.
  return unfinished.some((kind) => actionsFor({ runtime: row.runtime, state: { ...row.state, kind } as JobRow['state'] }).includes(action));
};
