import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobRequest } from '../../shared/model/job.ts';
import type { FoundDevice, Outcome } from './ports.ts';
import { createFakeSampler, gigabyte, openTestCore, removeFolder, type TestCore } from './test-core.ts';

/* What jobs hold of a device's memory is learned, shown, and granted to those that ask for that, through the front door. */

const gpu: FoundDevice = { key: 'GPU-1', kind: 'gpu', name: 'Test GPU', uuid: 'GPU-1', memoryTotalBytes: 24 * gigabyte, providers: [] };
const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };

let core: TestCore;
beforeEach(async () => {
  core = await openTestCore({ cores: 4, sampler: createFakeSampler(gpu) });
});
afterEach(async () => {
  await core.close();
  await removeFolder(core);
  expect(core.bugs).toEqual([]);
});

type DeviceRequest = NonNullable<NonNullable<JobRequest['resources']>['device']>;
const train = (device: Omit<DeviceRequest, 'kind'> = {}, command = ['train']): Partial<JobRequest> => ({
  command,
  resources: { device: { kind: 'gpu', ...device } },
});
const learned = train({ learnedMemory: true });

const processes = (...list: { pid: number; memoryBytes: number }[]): void =>
  core.sampler.report({ kind: 'processes', at: Date.now(), processes: [['GPU-1', list]] });

/** Runs one job that holds so much of the device. */
const run = async (request: Partial<JobRequest>, memoryBytes: number): Promise<number> => {
  const count = core.command.attempts.length + 1;
  const [id = 0] = await core.submit(request);
  const attempt = await core.command.started(count);
  attempt.sink.running([100 + count]);
  processes({ pid: 100 + count, memoryBytes });
  attempt.end(success);
  await core.ended(id);
  return id;
};
const demandOf = async (request: Partial<JobRequest>) => {
  const [id = 0] = await core.submit(request);
  const { demand } = await core.client.jobs.get({ id });
  await core.client.jobs.cancel({ ids: [id] });
  return demand;
};

test('a job that asks for what was learned has the device alone while nobody has seen such work, then the peak and a margin', async () => {
  expect(await demandOf(learned)).toMatchObject({ device: { kind: 'gpu', count: 1 }, deviceMemoryFrom: 'unknown' });
  await run(learned, 4 * gigabyte);
  await run(learned, 3 * gigabyte);
  const demand = await demandOf(learned);
  expect(demand).toMatchObject({ device: { kind: 'gpu', count: 1 }, deviceMemoryFrom: 'measured' });
  expect(demand.device?.memoryBytes).toBeGreaterThanOrEqual(4.4 * gigabyte);
  expect(demand.device?.memoryBytes).toBeLessThan(4.5 * gigabyte);
  // Other work teaches nothing about it.
  expect(await demandOf({ ...learned, command: ['other'] })).toMatchObject({ deviceMemoryFrom: 'unknown' });
});

test('what was learned is known to the next core, and never more is asked for than there is', async () => {
  await run(train(), 23.5 * gigabyte);
  await core.close();
  core = await openTestCore({ dataFolder: core.dataFolder, cores: 4, sampler: createFakeSampler(gpu) });
  expect((await demandOf(learned)).device?.memoryBytes).toBe(24 * gigabyte);
});

test('a job that asks for the device alone has it alone, and is told what such work held and how good that was predicted', async () => {
  for (let count = 0; count < 3; count += 1) await run(train(), 4 * gigabyte);
  const id = await run(train(), 5 * gigabyte);
  const job = await core.client.jobs.get({ id });
  expect(job.demand.device).toEqual({ kind: 'gpu', count: 1 });
  expect(job.prediction?.deviceMemory).toEqual({ p50Bytes: 4 * gigabyte, p90Bytes: 8 * gigabyte, from: 'repeats', samples: 3 });
  expect(job.predictionQuality?.deviceMemory).toEqual({ predicted: 3, mape: expect.closeTo(0.2 / 3), p90Coverage: 1 });
  const { predictions } = await core.client.predictions.list();
  expect(predictions).toMatchObject([{ family: 'train', device: 'gpu0', deviceMemory: { predicted: 3 } }]);
});

test('two that fit by what they held before run on one device, and holding more ends neither, but counts', async () => {
  await run(learned, 8 * gigabyte);
  const before = core.command.attempts.length;
  const ids = await core.submit(learned, learned);
  await core.command.started(before + 2);
  core.command.attempts.slice(before).forEach(({ sink }, index) => sink.running([501 + index]));
  processes({ pid: 501, memoryBytes: 12 * gigabyte }, { pid: 502, memoryBytes: 8 * gigabyte });
  const [waiting = 0] = await core.submit(train({ memoryBytes: 4 * gigabyte }));
  for await (const job of await core.client.jobs.watchOne({ id: waiting })) {
    if (job.wait?.code !== 'device-memory') continue;
    expect(job.wait.values.freeBytes).toBeLessThan(4 * gigabyte);
    break;
  }
  expect((await core.client.jobs.get({ id: ids[0] ?? 0 })).state.kind).toBe('running');
  core.command.attempts.slice(before).forEach(({ end }) => end(success));
  for (const id of ids) expect((await core.ended(id)).state.kind).toBe('succeeded');
  processes();
  expect((await demandOf(learned)).device?.memoryBytes).toBeGreaterThan(13 * gigabyte);
  await core.client.jobs.cancel({ ids: [waiting] });
});
