import { expect, test } from 'vitest';
import { nameJobs, type StatOf } from './our-processes.ts';

/** pid → [parent, session] */
const system: Record<number, [number, number]> = {
  100: [50, 100],
  101: [100, 100],
  102: [101, 100],
  // Its parent has ended; it was taken in by init and kept its session.
  103: [1, 100],
  200: [50, 50],
  201: [200, 50],
  300: [1, 300],
  // Numbers that were used again while they were read.
  400: [401, 9],
  401: [400, 9],
};
const statOf: StatOf = (pid) => system[pid] && { parent: system[pid][0], session: system[pid][1] };
const jobs = [
  { id: 7, rootProcesses: [100] },
  { id: 8, rootProcesses: [200] },
];
const process = (pid: number) => ({ pid, memoryBytes: 1 });

test('a process belongs to the job of whose tree or session it is', () => {
  const named = nameJobs([100, 102, 103, 201].map(process), jobs, statOf);
  expect(named.map(({ pid, jobId }) => [pid, jobId])).toEqual([
    [100, 7],
    [102, 7],
    [103, 7],
    [201, 8],
  ]);
});

test('a process that came from elsewhere, is gone or cannot be followed belongs to none', () => {
  const named = nameJobs([300, 400, 999].map(process), jobs, statOf);
  expect(named).toEqual([300, 400, 999].map(process));
});

test('a job that has ended names no process any more', () => {
  expect(nameJobs([{ pid: 102, memoryBytes: 1, jobId: 7 }], [], statOf)).toEqual([process(102)]);
});
