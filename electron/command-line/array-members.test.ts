import { expect, test } from 'vitest';
import type { JobRow, JobState } from '../../shared/model/job.ts';
import { foremost } from './array-members.ts';
import type { Core } from './core-client.ts';

const ended: JobState = { kind: 'succeeded', attempt: 1, startedAt: 0, endedAt: 1 };
const waits: JobState = { kind: 'pending', since: 0 };
const held: JobState = { kind: 'held', since: 0 };

/** A core with one array, number 100, whose jobs stand like this. */
const coreWith = (states: readonly (readonly [JobState, position?: number])[]): Core => {
  const rows = states.map(
    ([state, position], index) => ({ id: 101 + index, state, ...(position !== undefined && { position }) }) as JobRow,
  );
  const jobs = {
    array: () => Promise.resolve({ size: rows.length }),
    list: ({ offset, limit }: { offset: number; limit: number }) => Promise.resolve({ rows: rows.slice(offset, offset + limit) }),
  };
  // As much of a core as is asked.
  return { client: { jobs } } as unknown as Core;
};

test('the job that stands for an array is the first of it in line, wherever its index is', async () => {
  expect(await foremost(coreWith([[ended], [held], [waits, 9], [waits, 4], [waits, 12]]), 100)).toBe(104);
  const many = Array.from({ length: 1200 }, (_, index): [JobState, number] => [waits, 2000 - index]);
  expect(await foremost(coreWith(many), 100)).toBe(1300);
});

test('else the first that has not ended, else the first', async () => {
  expect(await foremost(coreWith([[ended], [held], [held]]), 100)).toBe(102);
  expect(await foremost(coreWith([[ended], [ended]]), 100)).toBe(101);
});
