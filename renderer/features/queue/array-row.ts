import type { JobRow, JobState } from '../../../shared/model/job.ts';
import type { Words } from '../../words.tsx';
import { isEnded, markOf, type Mark } from '../job/job-words.ts';

/** A row that stands for all jobs of an array. */
export type Folded = JobRow & { array: NonNullable<JobRow['array']> & { counts: Record<string, number> } };

/** Whether a row stands for all jobs of an array. */
export const isFolded = (row: JobRow): row is Folded => row.array?.counts !== undefined;

/** By which number a row is acted on: that of an array stands for all of its jobs. */
export const idOf = (row: JobRow): number => (isFolded(row) ? row.array.id : row.id);

/** "sweep ×100". */
export const nameOf = (row: JobRow): string => (isFolded(row) ? `${arrayName(row)} ×${row.array.size}` : row.name);

/** The name that the jobs of an array have in common. */
export const arrayName = ({ name }: JobRow): string => name.replace(/ \[\d+\]$/, '');

const told = ['done', 'failed', 'cancelled', 'running', 'paused', 'waiting', 'held'] as const;

/** "37 done · 4 running · 59 waiting"; what starts counts as running. */
export const countsText = (row: Folded, words: Words): string => {
  const counts = countsByMark(row);
  counts.set('running', (counts.get('running') ?? 0) + (counts.get('starting') ?? 0));
  return told
    .filter((mark) => counts.get(mark))
    .map((mark) => words.text(`array.${mark}`, { count: counts.get(mark) ?? 0 }))
    .join(' · ');
};

/** Which part of an array has ended, from 0 to 1. */
export const endedPart = (row: Folded): number => {
  const counts = countsByMark(row);
  return (['done', 'failed', 'cancelled'] as const).reduce((sum, mark) => sum + (counts.get(mark) ?? 0), 0) / row.array.size;
};

/** Whether a row stands for an array of which nothing is left to be done. */
export const isEndedArray = (row: JobRow): row is Folded => isFolded(row) && isEnded(row.state);

/** The state of a row as a whole: of an array that has ended the worst that became of any of its jobs, else what the first of it is. */
export const kindOf = (row: JobRow): JobState['kind'] => {
  if (!isEndedArray(row)) return row.state.kind;
  const counts = countsByMark(row);
  if (counts.get('failed')) return 'failed';
  return counts.get('cancelled') ? 'cancelled' : 'succeeded';
};

const countsByMark = ({ array }: Folded): Map<Mark, number> => {
  const counts = new Map<Mark, number>();
  for (const [kind, count] of Object.entries(array.counts)) {
    // The core counts by kinds of state.
    const mark = markOf({ kind: kind as JobState['kind'] });
    counts.set(mark, (counts.get(mark) ?? 0) + count);
  }
  return counts;
};
