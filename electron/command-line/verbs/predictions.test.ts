import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobDetail } from '../../../shared/model/job.ts';
import type { Prediction } from '../../../shared/model/prediction.ts';
import { startTestCore, type TestCore } from '../test-core.ts';
import { runCommand } from '../test-run.ts';

let core: TestCore;
beforeEach(async () => {
  core = await startTestCore();
});
afterEach(() => core.close());

const run = (...words: string[]) => runCommand(['--data', core.dataFolder, ...words]);
const quality = { family: 'python3 train.py', device: 'cpu', runs: 40, predicted: 39, mape: 0.124, p90Coverage: 0.897 };
const prediction: Prediction = { p50Seconds: 12, p90Seconds: 20, from: 'repeats', samples: 7 };

test('how good predictions have been, by kind of work and device', async () => {
  core.predictions.push(quality);
  const { exitCode, stdout } = await run('predictions');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^cpu +40 +39 +12 % +90 % +python3 train\.py$/m);
  expect(JSON.parse((await run('predictions', '--json')).stdout)).toEqual({ predictions: [quality] });
});

test('runs in a warm worker and in one that was started are told apart, and what memory was off by', async () => {
  const memory = { predicted: 3, mape: 0.031, p90Coverage: 1 };
  core.predictions.push({ ...quality, warm: true, memory }, { ...quality, warm: false, deviceMemory: memory });
  const { stdout } = await run('predictions');
  expect(stdout).toMatch(/^cpu +warm +40 +39 +12 % +90 % +3 % +python3 train\.py$/m);
  expect(stdout).toMatch(/^cpu +started +40 +39 +12 % +90 % +3 % +python3 train\.py$/m);
});

test('status says what memory a job should need and how good such predictions have been', async () => {
  const memory = { p50Bytes: 3e8, p90Bytes: 4e8, from: 'repeats' as const, samples: 7 };
  await jobWith({ prediction: { ...prediction, memory }, predictionQuality: quality });
  const { stdout } = await run('status', '1');
  expect(stdout).toContain('Should need up to about 300 MB of memory');
  expect(stdout).toContain('on cpu the time was off by 12 % on average in 39 predictions');
});

test('nothing to tell is said, and a word too many is refused', async () => {
  expect((await run('predictions')).stdout).toBe('Nothing has been predicted yet: a job must have run before.\n');
  expect((await run('predictions', 'gpu0')).exitCode).toBe(2);
});

const jobWith = async (change: Partial<JobDetail>): Promise<void> => {
  await run('add', '--', 'train');
  core.end(1, change);
};

test('status of a waiting job says how long it should take', async () => {
  await jobWith({ prediction });
  expect((await run('status', '1')).stdout).toContain(
    'Should take about 12 s (nine of ten within 20 s), from 7 runs of the same command.\n',
  );
  expect(JSON.parse((await run('status', '1', '--json')).stdout)).toMatchObject({ prediction });
});

test('status of a running job says that it is late, in the list too', async () => {
  const placement = { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 1 };
  await jobWith({
    state: { kind: 'running', attempt: 1, startedAt: Date.now() - 3_600_000, placement, predicted: prediction },
    prediction,
  });
  for (const words of [['status', '1'], ['status']])
    expect((await run(...words)).stdout).toContain('Late by 1 h: nine of ten end within 20 s.');
});

test('status of an ended job says what was predicted', async () => {
  await jobWith({ state: { kind: 'succeeded', attempt: 1, startedAt: 1000, endedAt: 14_000, predicted: prediction }, prediction });
  expect((await run('status', '1')).stdout).toContain('Took 13 s; 12 s were predicted.\n');
});

test('memory of a device may be what such work held before', async () => {
  await run('add', '--device', 'gpu:2', '--device-memory', 'auto', '--', 'train');
  const { spec } = JSON.parse((await run('status', '1', '--json')).stdout) as JobDetail;
  expect(spec.resources.device).toEqual({ kind: 'gpu', count: 2, learnedMemory: true });
  expect((await run('add', '--device', 'gpu', '--device-memory', 'much', '--', 'train')).exitCode).toBe(2);
});

test('how long a job should run can be said', async () => {
  await run('add', '--expect', '15m', '--', 'train');
  const { spec } = JSON.parse((await run('status', '1', '--json')).stdout) as JobDetail;
  expect(spec.expectedSeconds).toBe(900);
});

test('a deadline and a time to begin at are given as people write them', async () => {
  await run('add', '--deadline', '2199-12-01T18:00', '--begin', '2199-12-01 09:00', '--', 'train');
  const { spec } = JSON.parse((await run('status', '1', '--json')).stdout) as JobDetail;
  expect(spec).toMatchObject({ deadlineAt: new Date(2199, 11, 1, 18).getTime(), notBeforeAt: new Date(2199, 11, 1, 9).getTime() });
  const { exitCode, stderr } = await run('add', '--deadline', 'soon', '--', 'train');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--deadline soon is not a point in time to come.')]);
});

test('hours are a part of the day, and of which days', async () => {
  await run('add', '--hours', '22:00-6:00,weekdays', '--', 'train');
  const { spec } = JSON.parse((await run('status', '1', '--json')).stdout) as JobDetail;
  expect(spec.hours).toEqual({ from: '22:00', to: '06:00', repeats: 'weekdays' });
  const { exitCode, stderr } = await run('add', '--hours', '22:00-22:00', '--', 'train');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--hours 22:00-22:00 is no part of the day.')]);
});
