import { describe, expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { FoundDevice } from './ports.ts';
import { createFakeBackend, createFakeSampler, gigabyte, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const gpu = (number: number, more: Partial<FoundDevice> = {}): FoundDevice => ({
  key: `GPU-${number}`,
  kind: 'gpu',
  name: 'Test GPU',
  uuid: `GPU-${number}`,
  pci: `0000:0${number}:00.0`,
  memoryTotalBytes: 24 * gigabyte,
  providers: [],
  ...more,
});
const npu: FoundDevice = { key: 'NPU', kind: 'npu', name: 'Test NPU', providers: [] };

const reading = (core: TestCore, key: string, memoryUsedBytes: number): void =>
  core.sampler.report({ kind: 'readings', at: Date.now(), readings: [[key, { utilization: 41, memoryUsedBytes }]] });

const processes = (core: TestCore, key: string, ...list: { pid: number; memoryBytes: number; name?: string }[]): void =>
  core.sampler.report({ kind: 'processes', at: Date.now(), processes: [[key, list]] });

const all = async (core: TestCore): Promise<DeviceState[]> => (await core.client.devices.list()).devices;
const one = async (core: TestCore, id: string): Promise<DeviceState> => {
  const found = (await all(core)).find((device) => device.id === id);
  if (!found) throw new Error(`no device ${id}`);
  return found;
};
const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (error: { data?: { reason?: unknown } }) => error.data?.reason,
  );
const onGpu = (memoryBytes: number) => ({ resources: { device: { kind: 'gpu' as const, memoryBytes } } });
/** Resolves with the job once it is so. */
const whenJob = async (core: TestCore, id: number, isSo: (job: { state: { kind: string }; wait?: { code: string } }) => boolean) => {
  for await (const job of await core.client.jobs.watchOne({ id })) if (isSo(job)) return job;
  throw new Error('the stream ended');
};

describe('the list of devices', () => {
  test('shows what was found, what was measured and who is there; unknown is absent', async () => {
    const core = await open({ sampler: createFakeSampler(npu, gpu(2), gpu(1)) });
    reading(core, 'GPU-1', 6 * gigabyte);
    processes(core, 'GPU-1', { pid: 11, memoryBytes: gigabyte }, { pid: 12, memoryBytes: 5 * gigabyte, name: 'python' });
    const devices = await all(core);
    expect(devices.map(({ id, pci }) => [id, pci])).toEqual([
      ['cpu', undefined],
      ['gpu0', '0000:01:00.0'],
      ['gpu1', '0000:02:00.0'],
      ['npu0', undefined],
    ]);
    expect(devices[1]).toEqual({
      id: 'gpu0',
      kind: 'gpu',
      name: 'Test GPU',
      uuid: 'GPU-1',
      pci: '0000:01:00.0',
      providers: [],
      state: 'ready',
      utilization: 41,
      memory: { totalBytes: 24 * gigabyte, usedBytes: 6 * gigabyte },
      processes: [
        { pid: 12, memoryBytes: 5 * gigabyte, name: 'python' },
        { pid: 11, memoryBytes: gigabyte },
      ],
      jobs: [],
      granted: { cores: 0, memoryBytes: 0 },
      reserveBytes: 0,
      overcommit: 1,
    });
    expect(devices[2]?.memory).toEqual({ totalBytes: 24 * gigabyte });
    expect(devices[3]).not.toHaveProperty('memory');
  });

  test('gives a device its id for ever: across cores, and when it comes back after another has come', async () => {
    const first = await open({ sampler: createFakeSampler(gpu(1), gpu(2)) });
    await first.close();
    const next = await open({ dataFolder: first.dataFolder, sampler: createFakeSampler(gpu(2)) });
    expect((await all(next)).map(({ id, uuid }) => [id, uuid])).toEqual([
      ['cpu', undefined],
      ['gpu1', 'GPU-2'],
    ]);
    next.sampler.report({ kind: 'devices', probe: 'fake', devices: [gpu(0), gpu(1), gpu(2)] });
    expect((await all(next)).slice(1).map(({ id, uuid }) => [id, uuid])).toEqual([
      ['gpu0', 'GPU-1'],
      ['gpu1', 'GPU-2'],
      ['gpu2', 'GPU-0'],
    ]);
  });

  test('takes in what is found later, at once', async () => {
    const core = await open();
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: [gpu(1)] });
    expect((await all(core)).map(({ id }) => id)).toEqual(['cpu', 'gpu0']);
    const [id] = await core.submit({ resources: { device: { kind: 'gpu' } } });
    expect((await core.command.started(1)).run.placement.accelerators).toEqual([{ device: 'gpu0', deviceName: 'Test GPU' }]);
    expect(await one(core, 'gpu0')).toMatchObject({ granted: { memoryBytes: 24 * gigabyte }, jobs: [{ id }] });
    await core.client.jobs.cancel({ ids: [id!] });
  });

  test('names partitions of the hardware after their device, which itself is given no work', async () => {
    const partition = gpu(9, { key: 'MIG-1', parentKey: 'GPU-1', memoryTotalBytes: 5 * gigabyte });
    const core = await open({ sampler: createFakeSampler(partition, gpu(1)) });
    expect((await all(core)).map(({ id, parent }) => [id, parent])).toEqual([
      ['cpu', undefined],
      ['gpu0', undefined],
      ['gpu0-mig0', 'gpu0'],
    ]);
    const [id] = await core.submit(onGpu(gigabyte));
    const { run } = await core.command.started(1);
    expect(run.placement.accelerators).toEqual([{ device: 'gpu0-mig0', deviceName: 'Test GPU', memoryBytes: gigabyte }]);
    expect(await reasonOf(core.client.devices.split({ id: 'gpu0', name: 'half', memoryBytes: gigabyte }))).toEqual({
      code: 'split-not-possible',
      values: { device: 'gpu0', by: 'memory' },
    });
    await core.client.jobs.cancel({ ids: [id!] });
  });

  test('asks for lists of processes every second only while somebody looks', async () => {
    const core = await open();
    const stop = new AbortController();
    const stream = await core.client.devices.watch({ processes: true }, { signal: stop.signal });
    await stream.next();
    expect(core.sampler.isWatched).toBe(true);
    const plain = await core.client.devices.watch({}, { signal: stop.signal });
    await plain.next();
    await stream.return?.();
    expect(core.sampler.isWatched).toBe(false);
    stop.abort();
  });
});

describe('a device that is in trouble', () => {
  test('is unhealthy with the reason, and ready again when it answers, without a restart', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1), gpu(2)) });
    const states = async () => (await all(core)).slice(1).map(({ state, reason }) => [state, reason?.code]);
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: [gpu(2)] });
    core.sampler.report({ kind: 'readings', at: Date.now(), readings: [['GPU-2', { error: 'the GPU has fallen off the bus' }]] });
    expect(await states()).toEqual([
      ['unhealthy', 'device-gone'],
      ['unhealthy', 'device-error'],
    ]);
    expect((await one(core, 'gpu1')).sentence).toBe(
      'It answers with an error (the GPU has fallen off the bus). It is used again by itself once that is over.',
    );
    core.sampler.report({ kind: 'failed', probe: 'fake', reason: { kind: 'silent', seconds: 5 } });
    expect(await states()).toEqual([
      ['unhealthy', 'device-silent'],
      ['unhealthy', 'device-silent'],
    ]);
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: [gpu(1), gpu(2)] });
    reading(core, 'GPU-2', gigabyte);
    expect(await states()).toEqual([
      ['ready', undefined],
      ['ready', undefined],
    ]);
  });

  test('shows no measurement that is not current', async () => {
    const core = await open({ sampler: createFakeSampler(gpu(1)) });
    core.sampler.report({ kind: 'readings', at: Date.now() - 10_000, readings: [['GPU-1', { utilization: 50 }]] });
    expect(await one(core, 'gpu0')).not.toHaveProperty('utilization');
  });

  test('loses its jobs when it stays away, each with the reason, and takes new ones when it is back', async () => {
    let skippedMs = 0;
    const core = await open({ sampler: createFakeSampler(gpu(1)), now: () => Date.now() + skippedMs });
    const [id] = await core.submit(onGpu(gigabyte));
    await core.command.started(1);
    const gone = { kind: 'devices', probe: 'fake', devices: [] } as const;
    core.sampler.report({ ...gone, devices: [] });
    expect((await core.client.jobs.get({ id: id! })).state.kind).toBe('running');
    skippedMs = 5000;
    core.sampler.report({ ...gone, devices: [] });
    expect(await core.ended(id!)).toMatchObject({
      state: { kind: 'failed', reason: { code: 'device-lost', values: { device: 'gpu0', why: { code: 'device-gone' } } } },
    });
    const [next] = await core.submit(onGpu(gigabyte));
    expect(await whenJob(core, next!, ({ wait }) => wait !== undefined)).toMatchObject({ wait: { code: 'device-unusable' } });
    core.sampler.report({ ...gone, devices: [gpu(1)] });
    // Until it is measured nobody knows whether its memory is free.
    expect(await whenJob(core, next!, ({ wait }) => wait?.code === 'device-memory')).toMatchObject({ wait: { values: { freeBytes: 0 } } });
    reading(core, 'GPU-1', 0);
    await core.command.started(2);
    await core.client.jobs.cancel({ ids: [next!] });
  });

  test('keeps its jobs while it is only silent', async () => {
    let skippedMs = 0;
    const core = await open({ sampler: createFakeSampler(gpu(1)), now: () => Date.now() + skippedMs });
    const [id] = await core.submit(onGpu(gigabyte));
    await core.command.started(1);
    for (const seconds of [5, 60]) {
      core.sampler.report({ kind: 'failed', probe: 'fake', reason: { kind: 'silent', seconds } });
      skippedMs = 60_000;
    }
    expect((await core.client.jobs.get({ id: id! })).state.kind).toBe('running');
    await core.client.jobs.cancel({ ids: [id!] });
  });
});

describe('memory of a device', () => {
  test('that other programs hold is waited for, by name and number, and what our own jobs hold is theirs', async () => {
    const core = await open({ cores: 4, sampler: createFakeSampler(gpu(1)) });
    reading(core, 'GPU-1', 18 * gigabyte);
    processes(core, 'GPU-1', { pid: 4321, memoryBytes: 18 * gigabyte, name: 'python' });
    const [first] = await core.submit({ name: 'train-resnet', ...onGpu(4 * gigabyte) });
    const attempt = await core.command.started(1);
    attempt.sink.running([77]);
    const [second] = await core.submit(onGpu(5 * gigabyte));
    expect(await whenJob(core, second!, ({ wait }) => wait?.code === 'device-memory')).toMatchObject({
      sentence:
        'Waits for 5.0 GB on gpu0, where 2.0 GB is free; train-resnet running there; not ours and holding memory: python 4321 (18.0 GB).',
    });
    // Until the next list of processes nobody can say whose the new memory is, so the list is asked for.
    reading(core, 'GPU-1', 22 * gigabyte);
    expect(core.sampler.isWatched).toBe(true);
    processes(core, 'GPU-1', { pid: 77, memoryBytes: 4 * gigabyte }, { pid: 4321, memoryBytes: 18 * gigabyte, name: 'python' });
    reading(core, 'GPU-1', 22 * gigabyte);
    expect(core.sampler.isWatched).toBe(false);
    expect(await one(core, 'gpu0')).toMatchObject({
      processes: [{ pid: 4321 }, { pid: 77, jobId: first }],
      jobs: [{ id: first, name: 'train-resnet', memoryBytes: 4 * gigabyte, usedBytes: 4 * gigabyte }],
      granted: { memoryBytes: 4 * gigabyte },
    });
    // The other program ends.
    reading(core, 'GPU-1', 4 * gigabyte);
    processes(core, 'GPU-1', { pid: 77, memoryBytes: 4 * gigabyte });
    await core.command.started(2);
    await core.client.jobs.cancel({ ids: [first!, second!] });
  });

  test('is asked about by name at once while a job waits, and only where a driver lists its processes', async () => {
    const core = await open({ cores: 4, sampler: createFakeSampler(gpu(1), gpu(2)) });
    reading(core, 'GPU-1', gigabyte);
    processes(core, 'GPU-1', { pid: 4321, memoryBytes: gigabyte, name: 'python' });
    reading(core, 'GPU-1', 20 * gigabyte);
    expect(core.sampler.isWatched).toBe(false);
    const { resources } = onGpu(10 * gigabyte);
    const [id] = await core.submit({ resources: { ...resources, on: ['gpu0'] } });
    await whenJob(core, id!, ({ wait }) => wait?.code === 'device-memory');
    reading(core, 'GPU-1', 20 * gigabyte);
    expect(core.sampler.isWatched).toBe(true);
    processes(core, 'GPU-1', { pid: 4322, memoryBytes: 20 * gigabyte, name: 'blender' });
    reading(core, 'GPU-1', 20 * gigabyte);
    expect(core.sampler.isWatched).toBe(false);
    expect((await core.client.jobs.get({ id: id! })).sentence).toContain('blender 4322 (20.0 GB)');
    // Nobody has ever listed who uses this one.
    reading(core, 'GPU-2', 20 * gigabyte);
    expect(core.sampler.isWatched).toBe(false);
    await core.client.jobs.cancel({ ids: [id!] });
  });

  test('beyond what a job was granted ends that job alone', async () => {
    const core = await open({ cores: 4, sampler: createFakeSampler(gpu(1)) });
    const [greedy, modest] = await core.submit(onGpu(2 * gigabyte), onGpu(2 * gigabyte));
    await core.command.started(2);
    core.command.attempts.forEach(({ sink }, index) => sink.running([77 + index]));
    processes(core, 'GPU-1', { pid: 77, memoryBytes: 3 * gigabyte }, { pid: 78, memoryBytes: 2 * gigabyte });
    expect(await core.ended(greedy!)).toMatchObject({
      state: { reason: { code: 'device-memory-limit', values: { device: 'gpu0', limitBytes: 2 * gigabyte, usedBytes: 3 * gigabyte } } },
    });
    expect((await core.client.jobs.get({ id: modest! })).state.kind).toBe('running');
    await core.client.jobs.cancel({ ids: [modest!] });
  });

  test('kept in reserve is not granted, and granted more than once when asked', async () => {
    const core = await open({ cores: 4, sampler: createFakeSampler(gpu(1)) });
    await core.client.devices.reserve({ id: 'gpu0', bytes: 20 * gigabyte });
    const [id] = await core.submit(onGpu(8 * gigabyte));
    expect(await whenJob(core, id!, ({ wait }) => wait !== undefined)).toMatchObject({ wait: { values: { freeBytes: 4 * gigabyte } } });
    await core.client.devices.overcommit({ id: 'gpu0', ratio: 2 });
    await core.command.started(1);
    expect(await one(core, 'gpu0')).toMatchObject({ reserveBytes: 20 * gigabyte, overcommit: 2 });
    expect(await reasonOf(core.client.devices.reserve({ id: 'gpu0', bytes: 25 * gigabyte }))).toEqual({
      code: 'split-too-large',
      values: { device: 'gpu0', wanted: '25.0 GB', left: '24.0 GB' },
    });
    await core.client.jobs.cancel({ ids: [id!] });
  });
});

describe('a drained device', () => {
  test('keeps its jobs and gets no new ones until it is undrained; the next core remembers', async () => {
    const command = createFakeBackend('command');
    const core = await open({ command, sampler: createFakeSampler(gpu(1)) });
    const [first] = await core.submit(onGpu(gigabyte));
    const attempt = await command.started(1);
    await core.client.devices.drain({ id: 'gpu0', note: 'new fan' });
    expect(await one(core, 'gpu0')).toMatchObject({
      state: 'drained',
      reason: { code: 'device-drained', values: { note: 'new fan' } },
      sentence: 'Drained by hand: new fan. Undrain it to give it work again.',
    });
    expect((await core.client.jobs.get({ id: first! })).state.kind).toBe('running');
    const [second] = await core.submit(onGpu(gigabyte));
    expect(await whenJob(core, second!, ({ wait }) => wait !== undefined)).toMatchObject({ wait: { code: 'device-unusable' } });
    attempt.end({ kind: 'succeeded', artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } });
    await core.ended(first!);
    await core.close();

    const next = await open({ dataFolder: core.dataFolder, sampler: createFakeSampler(gpu(1)) });
    expect((await one(next, 'gpu0')).state).toBe('drained');
    await next.client.devices.undrain({ id: 'gpu0' });
    await next.command.started(1);
    expect((await one(next, 'gpu0')).state).toBe('ready');
    await next.client.jobs.cancel({ ids: [second!] });
  });
});

describe('the processor', () => {
  test('starts nothing while it is drained, and grants the machine’s memory without what a person keeps back', async () => {
    const core = await open();
    await core.client.devices.drain({ id: 'cpu' });
    const [id] = await core.submit({});
    expect(await whenJob(core, id!, ({ wait }) => wait !== undefined)).toMatchObject({
      wait: { code: 'device-unusable', values: { devices: ['cpu'], why: { code: 'device-drained' } } },
    });
    await core.client.devices.undrain({ id: 'cpu' });
    await core.command.started(1);
    await core.client.devices.reserve({ id: 'cpu', bytes: 14 * gigabyte });
    const [second] = await core.submit({ resources: { memoryBytes: gigabyte } });
    expect(await whenJob(core, second!, ({ wait }) => wait?.code.startsWith('memory') === true)).toMatchObject({
      wait: { values: { needBytes: gigabyte } },
    });
    await core.client.devices.reserve({ id: 'cpu', bytes: 0 });
    await core.command.started(2);
    await core.client.jobs.cancel({ ids: [id!, second!] });
  });
});

describe('shares', () => {
  test('of a processor have their own cores and memory; what is left of it has the rest', async () => {
    const core = await open({ cores: 4 });
    await core.client.devices.split({ id: 'cpu', name: 'side', coreIds: [3, 1], memoryBytes: 4 * gigabyte });
    expect(await all(core)).toMatchObject([
      { id: 'cpu', cores: 2, coreIds: [0, 2] },
      { id: 'side', parent: 'cpu', cores: 2, coreIds: [1, 3], memory: { totalBytes: 4 * gigabyte } },
    ]);
    const [id] = await core.submit({ resources: { cores: 2, on: ['side'] } });
    const { run } = await core.command.started(1);
    expect(run.placement).toMatchObject({ device: 'side', coreIds: [1, 3] });
    expect(await reasonOf(core.client.devices.join({ id: 'side' }))).toMatchObject({ code: 'device-in-use', values: { device: 'side' } });
    await core.client.jobs.cancel({ ids: [id!] });
    await core.client.devices.join({ id: 'side' });
    expect((await all(core)).map((device) => [device.id, device.cores])).toEqual([['cpu', 4]]);
  });

  test('may take every core of a processor, which then has none to run on', async () => {
    const core = await open({ cores: 2 });
    await core.client.devices.split({ id: 'cpu', name: 'all', coreIds: [0, 1] });
    const [cpu, share] = await all(core);
    expect(cpu).not.toHaveProperty('cores');
    expect(share).toMatchObject({ id: 'all', cores: 2 });
    const [id] = await core.submit({});
    expect((await core.command.started(1)).run.placement.device).toBe('all');
    await core.client.jobs.cancel({ ids: [id!] });
  });

  test('of a device have part of its memory, and its trouble; they outlive the core and are gone with their device', async () => {
    const first = await open({ sampler: createFakeSampler(gpu(1)) });
    await first.client.devices.split({ id: 'gpu0', name: 'half', memoryBytes: 12 * gigabyte });
    await first.client.devices.drain({ id: 'half' });
    await first.close();
    const core = await open({ dataFolder: first.dataFolder, sampler: createFakeSampler(gpu(1)) });
    expect(await one(core, 'half')).toMatchObject({
      parent: 'gpu0',
      uuid: 'GPU-1',
      state: 'drained',
      memory: { totalBytes: 12 * gigabyte },
    });
    await core.client.devices.undrain({ id: 'half' });
    core.sampler.report({ kind: 'devices', probe: 'fake', devices: [] });
    expect(await one(core, 'half')).toMatchObject({ state: 'unhealthy', reason: { code: 'device-gone' } });
    await core.close();
    const without = await open({ dataFolder: first.dataFolder });
    expect((await all(without)).map(({ id }) => id)).toEqual(['cpu']);
  });

  test('are refused in words when they cannot be', async () => {
    const core = await open({ cores: 4, sampler: createFakeSampler(gpu(1), npu) });
    const { devices } = core.client;
    await devices.split({ id: 'gpu0', name: 'half', memoryBytes: 12 * gigabyte });
    await devices.split({ id: 'cpu', name: 'side', coreIds: [1] });
    const refusals = await Promise.all([
      reasonOf(devices.split({ id: 'gpu7', name: 'x', memoryBytes: 1 })),
      reasonOf(devices.split({ id: 'gpu0', name: 'x', memoryBytes: 13 * gigabyte })),
      reasonOf(devices.split({ id: 'gpu0', name: 'half', memoryBytes: gigabyte })),
      reasonOf(devices.split({ id: 'gpu0', name: 'x', coreIds: [0] })),
      reasonOf(devices.split({ id: 'half', name: 'x', memoryBytes: gigabyte })),
      reasonOf(devices.split({ id: 'npu0', name: 'x', memoryBytes: gigabyte })),
      reasonOf(devices.split({ id: 'cpu', name: 'x', coreIds: [0, 1] })),
      reasonOf(devices.split({ id: 'cpu', name: 'x', coreIds: [9] })),
      reasonOf(devices.split({ id: 'cpu', name: 'x', memoryBytes: gigabyte })),
      reasonOf(devices.join({ id: 'gpu0' })),
      reasonOf(devices.overcommit({ id: 'half', ratio: 2 })),
      reasonOf(devices.reserve({ id: 'npu0', bytes: gigabyte })),
      reasonOf(devices.reserve({ id: 'gpu0', bytes: 13 * gigabyte })),
    ]);
    expect(refusals).toEqual([
      { code: 'device-unknown', values: { device: 'gpu7', known: 'cpu, side, gpu0, half, npu0' } },
      { code: 'split-too-large', values: { device: 'gpu0', wanted: '13.0 GB', left: '12.0 GB' } },
      { code: 'split-name-taken', values: { name: 'half' } },
      { code: 'split-not-possible', values: { device: 'gpu0', by: 'cores' } },
      { code: 'split-not-possible', values: { device: 'half', by: 'memory' } },
      { code: 'split-not-possible', values: { device: 'npu0', by: 'memory' } },
      { code: 'split-too-large', values: { device: 'cpu', wanted: 'cores 0-1', left: 'cores 0,2-3' } },
      { code: 'split-too-large', values: { device: 'cpu', wanted: 'core 9', left: 'cores 0,2-3' } },
      { code: 'split-not-possible', values: { device: 'cpu', by: 'memory' } },
      { code: 'not-a-share', values: { device: 'gpu0' } },
      { code: 'input-invalid', values: { detail: 'half is a share of gpu0; set it there.' } },
      { code: 'input-invalid', values: { detail: 'npu0 has no memory of its own.' } },
      { code: 'split-too-large', values: { device: 'gpu0', wanted: '13.0 GB', left: '12.0 GB' } },
    ]);
    const [id] = await core.submit({ resources: { device: { kind: 'gpu', memoryBytes: gigabyte }, on: ['gpu0'] } });
    await core.command.started(1);
    expect(await reasonOf(devices.split({ id: 'gpu0', name: 'x', memoryBytes: gigabyte }))).toMatchObject({ code: 'device-in-use' });
    await core.client.jobs.cancel({ ids: [id!] });
  });
});
