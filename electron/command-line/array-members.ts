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
