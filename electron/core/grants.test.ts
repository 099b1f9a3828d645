import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import type { FoundDevice, Outcome } from './ports.ts';
import { createFakeBackend, createFakeSampler, gigabyte, type FakeAttempt, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const gpu = (number: number, more: Partial<FoundDevice> = {}): FoundDevice => ({
  key: `GPU-${number}`,
  kind: 'gpu',
  name: `GPU ${number}`,
  vendor: 'NVIDIA',
  uuid: `GPU-${number}`,
  pci: `0000:0${number}:00.0`,
  memoryTotalBytes: 24 * gigabyte,
  providers: [],
  ...more,
});

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };

const when = async (core: TestCore, id: number, isSo: (job: JobDetail) => boolean): Promise<JobDetail> => {
  for await (const job of await core.client.jobs.watchOne({ id })) if (isSo(job)) return job;
  throw new Error('the stream ended');
};

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (error: { data?: { reason?: unknown } }) => error.data?.reason,
  );

const asking = (count: number, memoryBytes?: number, more: object = {}) => ({
  resources: { device: { kind: 'gpu' as const, count, ...(memoryBytes !== undefined && { memoryBytes }) }, ...more },
});

describe('a job that asks for devices', () => {
  test('is given them with all that is known of them', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2)) });
    await core.submit(asking(1, 6 * gigabyte));
    const { run } = await core.command.started(1);
    expect(run.accelerators).toMatchObject([{ id: 'gpu0', uuid: 'GPU-1', vendor: 'NVIDIA' }]);
    expect(run.placement).toMatchObject({
      device: 'cpu',
      accelerators: [{ device: 'gpu0', deviceName: 'GPU 1', memoryBytes: 6 * gigabyte }],
    });
    expect(run.machine?.map(({ id }) => id)).toEqual(['cpu', 'gpu0', 'gpu1']);
  });

  test('keeps the devices between which it was given one, with when each was free and when the job would end there', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2)), now: () => 1_000_000 });
    await core.submit({ ...asking(1), expectedSeconds: 10 });
    await core.command.started(1);
    const [id = 0] = await core.submit({ ...asking(1), expectedSeconds: 10 });
    const { run } = await core.command.started(2);
    expect(run.placement.considered).toMatchObject([
      { device: 'gpu1', deviceName: 'GPU 2', freeAt: 1_000_000, p50Seconds: 10, finishesAt: 1_010_000 },
      { device: 'gpu0', deviceName: 'GPU 1', p50Seconds: 10 },
    ]);
    const chosen = async () => (await core.client.jobs.explain({ id })).candidates.map(({ device, isChosen }) => [device, isChosen]);
    const before = await chosen();
    expect(before).toEqual([
      ['gpu1', true],
      ['gpu0', false],
    ]);
    await core.client.jobs.cancel({ ids: [id] });
    expect((await core.ended(id)).state).toMatchObject({ kind: 'cancelled' });
    expect(await chosen()).toEqual(before);
  });

  test('is refused what this machine can never grant', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2, { memoryTotalBytes: 8 * gigabyte })) });
    const refusal = (count: number, memoryBytes?: number, more: object = {}) => reasonOf(core.submit(asking(count, memoryBytes, more)));
    expect(await refusal(3)).toEqual({ code: 'needs-device', values: { kind: 'gpu', need: 3, have: 2 } });
    expect(await refusal(1, 25 * gigabyte)).toEqual({
      code: 'needs-device-memory',
      values: { kind: 'gpu', needBytes: 25 * gigabyte, largestBytes: 24 * gigabyte },
    });
    expect(await refusal(2, 9 * gigabyte)).toMatchObject({ code: 'needs-device-memory', values: { largestBytes: 8 * gigabyte } });
    expect(await refusal(1, 9 * gigabyte, { on: ['gpu1'] })).toMatchObject({ code: 'needs-device-memory' });
    expect(await refusal(2, undefined, { on: ['gpu1'] })).toEqual({ code: 'needs-device', values: { kind: 'gpu', need: 2, have: 1 } });
    expect(await reasonOf(core.submit({ resources: { on: ['gpu1'] } }))).toEqual({
      code: 'device-not-asked',
      values: { device: 'gpu1', kind: 'gpu' },
    });
    expect(await refusal(1, undefined, { on: ['gpu7'] })).toEqual({
      code: 'device-unknown',
      values: { device: 'gpu7', known: 'cpu, gpu0, gpu1' },
    });
  });

  test('is refused when nothing is left beside what it rules out', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2)) });
    const refusal = (resources: object) => reasonOf(core.submit({ resources: { device: { kind: 'gpu' }, ...resources } }));
    expect(await refusal({ notOn: ['gpu0', 'gpu1'] })).toEqual({ code: 'all-ruled-out', values: { kind: 'gpu', ruledOut: 'gpu0, gpu1' } });
    expect(await refusal({ notOn: ['cpu'] })).toEqual({ code: 'all-ruled-out', values: { kind: 'cpu', ruledOut: 'cpu' } });
    expect(await refusal({ notOn: ['gpu1'], device: { kind: 'gpu', count: 2 } })).toMatchObject({
      code: 'needs-device',
      values: { have: 1 },
    });
    expect(await refusal({ notOn: ['gpu9'] })).toMatchObject({ code: 'device-unknown', values: { device: 'gpu9' } });
    await core.client.devices.split({ id: 'gpu1', name: 'half', memoryBytes: 4 * gigabyte });
    expect(await refusal({ on: ['half'], notOn: ['gpu1'] })).toEqual({
      code: 'device-ruled-out',
      values: { device: 'half', ruledOut: 'gpu1' },
    });
    await core.submit({ resources: { device: { kind: 'gpu' }, mayFallBack: true, notOn: ['gpu0', 'gpu1'] } });
    const { run } = await core.command.started(1);
    expect(run).toMatchObject({ placement: { device: 'cpu', fellBackFrom: 'gpu' } });
  });

  test('runs on the processor where it may and there is none, and says so', async () => {
    const core = await open();
    expect(await reasonOf(core.submit(asking(1)))).toEqual({ code: 'needs-device', values: { kind: 'gpu', need: 1, have: 0 } });
    const [id] = await core.submit(asking(1, undefined, { mayFallBack: true }));
    const { run, end } = await core.command.started(1);
    expect(run.accelerators).toBeUndefined();
    expect(run.placement).toMatchObject({ device: 'cpu', fellBackFrom: 'gpu' });
    end(success);
    expect((await core.ended(id!)).state).toMatchObject({ ranOn: { fellBackFrom: 'gpu' } });
  });

  test('holds them under the next core as well', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1)) });
    const [id] = await core.submit(asking(1));
    await core.command.started(1);
    await core.close();
    const command = createFakeBackend('command');
    const found = new Promise<FakeAttempt>((resolve) => {
      command.found.set('1.1', (attempt) => {
        resolve(attempt);
        return { kind: 'running', outcome: new Promise(() => {}) };
      });
    });
    const next = await open({ dataFolder: core.dataFolder, command, sampler: createFakeSampler(gpu(1)) });
    const [second] = await next.submit(asking(1, gigabyte));
    expect((await when(next, second!, ({ wait }) => wait !== undefined)).wait).toEqual({
      code: 'device-busy',
      values: { kind: 'gpu', need: 1, free: 0, total: 1, holders: [{ id, name: 'true' }] },
    });
    expect((await found).run.accelerators).toMatchObject([{ id: 'gpu0' }]);
    (await found).end(success);
    expect((await command.started(1)).run.jobId).toBe(second);
  });
});

describe('a device that is lost', () => {
  const lose = (core: TestCore, skip: () => void, ...left: FoundDevice[]): void => {
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: left });
    skip();
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: left });
  };

  test('sends work without side effects back in line, and it runs on another', async () => {
    let skippedMs = 0;
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2)), now: () => Date.now() + skippedMs });
    const model = join(core.dataFolder, 'model.onnx');
    writeFileSync(model, 'x');
    const [id] = await core.submit({ runtime: 'onnx', model: { path: model }, inputs: [], ...asking(1) });
    expect((await core.onnx.started(1)).run.accelerators).toMatchObject([{ id: 'gpu0' }]);
    lose(core, () => (skippedMs = 5000), gpu(2));
    const second = await core.onnx.started(2);
    expect(second.run.accelerators).toMatchObject([{ id: 'gpu1' }]);
    second.end(success);
    const { state, events } = await core.ended(id!);
    expect(state).toMatchObject({ kind: 'succeeded', attempt: 2 });
    expect(events.map((event) => event.state.kind)).toEqual([
      'pending',
      'starting',
      'running',
      'pending',
      'starting',
      'running',
      'succeeded',
    ]);
  });

  test('uses up a retry of a command that asked for some', async () => {
    let skippedMs = 0;
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2)), now: () => Date.now() + skippedMs });
    const [id] = await core.submit({ retries: 1, ...asking(1) });
    await core.command.started(1);
    lose(core, () => (skippedMs = 5000), gpu(2));
    await core.command.started(2);
    lose(core, () => (skippedMs = 10_000));
    expect(await core.ended(id!)).toMatchObject({
      state: { kind: 'failed', attempt: 2, reason: { code: 'device-lost', values: { device: 'gpu1' } } },
    });
  });
});

describe('a share of the processor', () => {
  test('binds and limits what runs on it', async () => {
    const core = await open({ cores: 4 });
    await core.client.devices.split({ id: 'cpu', name: 'left', coreIds: [0, 2], memoryBytes: 3 * gigabyte });
    await core.submit(
      { resources: { on: ['left'] } },
      { resources: { on: ['left'], memoryBytes: gigabyte } },
      { resources: { on: ['cpu'] } },
    );
    await core.command.started(3);
    const [unlimited, limited, beside] = core.command.attempts.map(({ run }) => run);
    expect(unlimited).toMatchObject({ placement: { device: 'left', coreIds: [0, 2] }, memoryLimitBytes: 3 * gigabyte });
    expect(limited).toMatchObject({ placement: { device: 'left', coreIds: [0, 2] }, memoryLimitBytes: gigabyte });
    expect(beside).toMatchObject({ placement: { device: 'cpu', coreIds: [1, 3] } });
    expect(beside).not.toHaveProperty('memoryLimitBytes');
  });

  test('refuses what it can never grant', async () => {
    const core = await open({ cores: 4 });
    await core.client.devices.split({ id: 'cpu', name: 'left', coreIds: [0], memoryBytes: gigabyte });
    expect(await reasonOf(core.submit({ resources: { on: ['left'], cores: 2 } }))).toEqual({
      code: 'needs-more-cores',
      values: { needCores: 2, totalCores: 1 },
    });
    expect(await reasonOf(core.submit({ resources: { on: ['left'], memoryBytes: 2 * gigabyte } }))).toEqual({
      code: 'needs-more-memory',
      values: { needBytes: 2 * gigabyte, totalBytes: gigabyte },
    });
  });
});

test('memory that was short for one moment starts the job once it is measured again', async () => {
  let skippedMs = 0;
  const core = await open({ now: () => Date.now() + skippedMs });
  const [blocker] = await core.submit({ resources: { cores: 2, memoryBytes: gigabyte } });
  const { end } = await core.command.started(1);
  const [id] = await core.submit({ resources: { memoryBytes: 8 * gigabyte } });
  await when(core, id!, ({ wait }) => wait?.code === 'cores-busy');
  // Nobody but the look at the start sees it: by the next sample it is gone.
  skippedMs = 1000;
  core.machine.usedBytes = 12 * gigabyte;
  end(success);
  await core.ended(blocker!);
  expect((await when(core, id!, ({ wait }) => wait !== undefined)).wait).toMatchObject({ code: 'memory-foreign' });
  core.machine.usedBytes = gigabyte;
  expect((await core.command.started(2)).run.jobId).toBe(id);
});
