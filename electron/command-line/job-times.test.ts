import { expect, test } from 'vitest';
import type { JobDetail, JobState } from '../../shared/model/job.ts';
import { jobTimes } from './job-times.ts';

const placement = { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 };
const waits = (since: number): JobState => ({ kind: 'pending', since });
const runs = (attempt: number, startedAt: number): JobState => ({ kind: 'running', attempt, startedAt, placement });
const eventsOf = (...states: [number, JobState][]): JobDetail['events'] =>
  states.map(([at, state], index) => ({ revision: index + 1, at, state }));

test('a job that has not begun has no times', () => {
  expect(jobTimes({ events: eventsOf([0, waits(0)]), state: waits(0) })).toEqual({});
});

test('what it ran before it was preempted it did not wait', () => {
  const by = { id: 2, name: 'urgent' };
  const preempted: JobState = { kind: 'preempted', attempt: 1, startedAt: 1000, placement, since: 52_000, preemptedBy: by };
  const events = eventsOf([0, waits(0)], [1000, runs(1, 1000)], [52_000, preempted], [52_000, waits(52_000)], [57_000, runs(2, 57_000)]);
  expect(jobTimes({ events, state: runs(2, 57_000) })).toEqual({ waitSeconds: 6 });
});

test('what it was held it waited, and what it ran is that of its latest attempt', () => {
  const ended: JobState = { kind: 'succeeded', attempt: 1, startedAt: 9000, endedAt: 9500 };
  const events = eventsOf([0, waits(0)], [2000, { kind: 'held', since: 2000 }], [8000, waits(8000)], [9000, runs(1, 9000)], [9500, ended]);
  expect(jobTimes({ events, state: ended })).toEqual({ waitSeconds: 9, runSeconds: 0.5 });
});
