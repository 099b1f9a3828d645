import { memberOf } from './arrays.ts';
import type { JobEntry } from './job-entry.ts';

/** A list in which an array is one row: that of the first of its jobs that the list has. */
export interface Folding {
  /** Whether this job, the next in the list, has a row. */
  isShown(entry: JobEntry): boolean;
  /** Arrays that have a row. */
  readonly shown: ReadonlySet<number>;
}

export const createFolding = (): Folding => {
  const shown = new Set<number>();
  return {
    shown,
    isShown: ({ spec }) => {
      const id = memberOf(spec)?.id;
      if (id === undefined) return true;
      const isFirst = !shown.has(id);
      shown.add(id);
      return isFirst;
    },
  };
};
