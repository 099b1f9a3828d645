import type { JobRow, JobState } from '../../../shared/model/job.ts';
import type { Words } from '../../words.tsx';
import { markOf, type Mark } from '../job/job-words.ts';

type Folded = JobRow & { array: NonNullable<JobRow['array']> & { counts: Record<string, number> } };

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

const countsByMark = ({ array }: Folded): Map<Mark, number> => {
  const counts = new Map<Mark, number>();
  for (const [kind, count] of Object.entries(array.counts)) {
    // The core counts by kinds of state.
    const mark = markOf({ kind: kind as JobState['kind'] });
    counts.set(mark, (counts.get(mark) ?? 0) + count);
  }
  return counts;
};
