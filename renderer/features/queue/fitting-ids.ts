import type { JobRow } from '../../../shared/model/job.ts';
import type { JobAction } from '../../actions.ts';
import { actionsFor } from '../job/job-words.ts';

/** The selected jobs that an action fits. Rows that are not known here may be in any state; the core decides on those. */
export const fittingIds = (action: JobAction, ids: ReadonlySet<number>, rows: ReadonlyMap<number, JobRow>): readonly number[] => {
  const known = new Map([...rows.values()].map((row) => [row.id, row]));
  return [...ids].filter((id) => {
    const row = known.get(id);
    return !row || actionsFor(row).includes(action);
  });
};
