import { expect, test } from 'vitest';
import type { PlannedRun } from '../../../shared/model/plan.ts';
import { deviceOf } from '../devices/test-devices.ts';
import { extentOf, horizonOf, joinRuns, keyOf, rowsOf } from './plan-rows.ts';

const run = (id: number, change: Partial<PlannedRun> = {}): PlannedRun => ({
  job: { id, name: `job-${id}` },
  group: 'lab',
  kind: 'planned',
  devices: ['cpu'],
  cores: 1,
  startsAt: 0,
  endsAt: 60_000,
  ...change,
});
const devices = [deviceOf('cpu', { cores: 4 }), deviceOf('left', { parent: 'cpu', cores: 2 }), deviceOf('gpu0'), deviceOf('gpu1')];

test('every device has its row, a processor as tall as its cores; what takes several devices stands in each', () => {
  const rows = rowsOf([run(1, { cores: 3 }), run(2, { devices: ['gpu0', 'gpu1'] }), run(3, { devices: ['gpu0'] })], devices);
  expect(rows.map(({ key, size, scale, bars }) => [key, size, scale, bars.map((bar) => bar.label)])).toEqual([
    ['cpu', 4, 4, ['job-1']],
    ['left', 2, 2, []],
    ['gpu0', undefined, 2, ['job-2', 'job-3']],
    ['gpu1', undefined, 1, ['job-2']],
  ]);
});

test('a job that runs now keeps its key when its times change, and its earlier runs have their own', () => {
  const running = run(1, { kind: 'running' });
  expect(keyOf(running)).toBe(keyOf({ ...running, startsAt: 5, endsAt: 99 }));
  expect(keyOf(running)).toBe(keyOf(run(1)));
  expect(keyOf(run(1, { kind: 'ended' }))).not.toBe(keyOf(running));
  expect(keyOf(run(1, { part: 2 }))).not.toBe(keyOf(run(1, { part: 3 })));
});

test('what has ended has no tail and no deadline to keep', () => {
  const [row] = rowsOf([run(1, { kind: 'ended', endsAtLatest: 9000, deadline: 5000 })], devices);
  expect(row?.bars[0]).toMatchObject({ tense: 'past', latest: undefined, flag: undefined });
});

test('a device that takes no work has something to say, so it is not folded away', () => {
  const rows = rowsOf([], [deviceOf('gpu0', { state: 'drained' }), deviceOf('gpu1')]);
  expect(rows.map(({ isUsed }) => isUsed)).toEqual([true, false]);
});

test('a first look reaches to the end of the first runs, not of thousands', () => {
  const many = Array.from({ length: 500 }, (_, index) => run(index + 1, { startsAt: index * 1000, endsAt: index * 1000 + 500 }));
  expect(horizonOf(many, 0)).toBe(39_500);
  expect(horizonOf([], 7)).toBe(7);
});

test('all that is known can be looked at, up to the latest end and the last deadline', () => {
  const { from, to } = extentOf([run(1, { startsAt: -1000 }), run(2, { endsAtLatest: 5000, deadline: 9000 })], 0);
  expect(from).toBeLessThanOrEqual(-1000);
  expect(to).toBeGreaterThanOrEqual(9000);
});

test('a run that history has ended and the plan still has running is drawn once, and earlier runs of the same job stay', () => {
  const ended = (id: number, startsAt: number, endsAt: number) => run(id, { kind: 'ended', startsAt, endsAt });
  const past = [ended(1, 0, 10_000), ended(1, 50_000, 90_000), ended(2, 60_000, 95_000)];
  const keys = (from: number | undefined) => joinRuns(past, [run(1, { kind: 'running', startsAt: 50_000 })], from).map(keyOf);
  expect(keys(undefined)).toEqual(['1.0.0', '2.0.60000', '1.0']);
  // The preview was made after 80 s, while both of them ran; only one of them is in it.
  expect(keys(80_000)).toEqual(['1.0.0', '2.0.60000', '1.0']);
  expect(keys(55_000)).toEqual(['1.0.0', '1.0']);
});
