import { leadOf, taskOfEntry, type JobEntry } from '../job-entry.ts';

/** The line of tasks as a line of jobs: of a divided job that waits one part stands for all of them, and of one that runs none. */
export interface DividedLine {
  /** Tasks in line that stand for no job of their own. */
  readonly hidden: number;
  /** Tasks from a place in the line of jobs on. */
  slice(offset: number, limit: number): string[];
}

/** The line is walked from its head in pieces of this many tasks; a list shows its head. */
const walked = 500;

export const createDividedLine = (
  tasks: (offset: number, limit: number) => string[],
  started: ReadonlySet<JobEntry>,
  divided: Iterable<JobEntry>,
): DividedLine => {
  const hidden = new Set<string>();
  for (const job of divided) {
    const lead = started.has(job) ? undefined : leadOf(job);
    for (const entry of job.parts ?? []) if (entry.part.isInLine && entry !== lead) hidden.add(taskOfEntry(entry));
  }
  return {
    hidden: hidden.size,
    slice: (offset, limit) => {
      if (hidden.size === 0) return tasks(offset, limit);
      const found: string[] = [];
      for (let from = 0; found.length < offset + limit; from += walked) {
        const piece = tasks(from, walked);
        found.push(...piece.filter((task) => !hidden.has(task)));
        if (piece.length < walked) break;
      }
      return found.slice(offset, offset + limit);
    },
  };
};
