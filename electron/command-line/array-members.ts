import type { JobRow } from '../../shared/model/job.ts';
import { failureOfCall, type Core } from './core-client.ts';

/** Whether a call was refused because no job has the number; it may be that of an array. */
export const isUnknownJob = (error: unknown): boolean => {
  const problem = failureOfCall(error)?.problem;
  return problem?.kind === 'reason' && problem.reason.code === 'job-unknown';
};

/** The numbers of an array's jobs follow its own. */
export const arrayMembers = async ({ client }: Core, id: number): Promise<number[]> => {
  const { size } = await client.jobs.array({ id });
  return Array.from({ length: size }, (_, place) => id + 1 + place);
};

/** The job that stands for an array: the first in line, else the first that has not ended, else the first. */
export const foremost = async ({ client }: Core, id: number): Promise<number> => {
  const { size } = await client.jobs.array({ id });
  let found: JobRow | undefined;
  for (let offset = 0; offset < size; offset += pageRows) {
    for (const row of (await client.jobs.list({ array: id, offset, limit: pageRows })).rows)
      if (!found || isBefore(row, found)) found = row;
  }
  return found?.id ?? id + 1;
};

const pageRows = 500;

const isBefore = (a: JobRow, b: JobRow): boolean => rankOf(a) < rankOf(b);

/** Places in line, then what has none of them and has not ended. */
const rankOf = ({ position, state }: JobRow): number => position ?? ('endedAt' in state ? Infinity : Number.MAX_SAFE_INTEGER);
