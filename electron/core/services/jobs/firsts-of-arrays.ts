import { isEnded } from '../../../../shared/model/job.ts';
import { memberOf } from './arrays.ts';
import type { JobEntry } from './job-entry.ts';

/** Whether a job stands for itself, or is the first unfinished one of its array that this was asked about. */
export const firstsOfArrays = (): ((entry: JobEntry) => boolean) => {
  const seen = new Set<number>();
  return ({ spec, state }) => {
    const id = isEnded(state) ? undefined : memberOf(spec)?.id;
    if (id === undefined) return true;
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst;
  };
};
