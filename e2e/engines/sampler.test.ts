import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { treeOf } from '../../electron/core/lib/process-tree.ts';
import { repository } from '../switchyard.ts';
import { buildFakeNvml, fakeGpu, fakeUuid, type FakeNvml } from '../fixtures/nvml/fake-nvml.ts';
import { isSampler, samplerEntry, watchSampler, type WatchedSampler } from '../fixtures/nvml/watch-sampler.ts';

const canBuild = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

const soon = { interval: 50 };
let watched: WatchedSampler | undefined;
let fake: FakeNvml;

const start = async (state: Parameters<FakeNvml['write']>[0], nvml = fake): Promise<WatchedSampler> => {
  nvml.write(state);
  watched = watchSampler(nvml.environment);
  // A core waits for the first look only for some seconds; here it is waited for, however long a full machine takes.
  await expect.poll(() => watched?.hasLooked('nvml'), soon).toBe(true);
  return watched;
};

beforeAll(async () => {
  if (canBuild) fake = await buildFakeNvml();
  return () => (canBuild ? fake.remove() : undefined);
});
afterEach(async () => {
  await watched?.close();
  watched = undefined;
});

describe.skipIf(!canBuild)('the built sampler on a library that answers like NVML', () => {
  test('tells what each GPU is, how it is, and who uses it', async () => {
    const mig = { name: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', uuid: 'MIG-1', memory_total: 10 ** 10, memory_used: 10 ** 9 };
    const sampler = await start({
      gpus: [fakeGpu(0, { memory_used: 80 * 2 ** 30 }), { ...fakeGpu(1, { persistence: 0, throttle: 0x44, ecc: 3 }), mig: [mig] }],
      processes: [
        { gpu: 0, pid: process.pid, bytes: 2 ** 30 },
        { gpu: 0, pid: process.pid, bytes: 2 ** 30, kind: 'graphics' },
        { gpu: 0, pid: 999_999, kind: 'mps' },
        { gpu: 1, place: 0, pid: 999_998, bytes: 5 },
      ],
    });
    const common = { kind: 'gpu', vendor: 'NVIDIA', driver: '550.54.15', runtime: 'CUDA 12.4', providers: [] };
    const gpu = { ...common, name: 'NVIDIA H100 80GB HBM3', memoryTotalBytes: 80 * 2 ** 30, powerLimitW: 700 };
    expect(sampler.devices('nvml')).toEqual([
      {
        ...gpu,
        key: fakeUuid(0),
        uuid: fakeUuid(0),
        pci: '0000:3b:00.0',
        nodes: ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm'],
      },
      {
        ...gpu,
        key: fakeUuid(1),
        uuid: fakeUuid(1),
        pci: '0000:3c:00.0',
        nodes: ['/dev/nvidia1', '/dev/nvidiactl', '/dev/nvidia-uvm'],
        advice: ['persistence-mode-off'],
      },
      {
        ...common,
        key: 'MIG-1',
        parentKey: fakeUuid(1),
        name: mig.name,
        uuid: 'MIG-1',
        pci: '0000:3c:00.0',
        memoryTotalBytes: 10 ** 10,
        nodes: ['/dev/nvidia1', '/dev/nvidiactl', '/dev/nvidia-uvm'],
      },
    ]);
    await expect
      .poll(() => sampler.reading(fakeUuid(0)), soon)
      .toEqual({
        utilization: 10,
        // Not one byte of it is free.
        memoryUsedBytes: 80 * 2 ** 30,
        memoryUtilization: 5,
        powerW: 123.456,
        energyJ: 987_654.321,
        temperatureC: 41,
        frequencyMhz: 1980,
        memoryFrequencyMhz: 2619,
        throttled: [],
        eccErrors: 0,
        fanPercent: 30,
      });
    expect(sampler.reading(fakeUuid(1))).toMatchObject({ utilization: 11, eccErrors: 3, throttled: ['power cap', 'heat (hardware)'] });
    expect(sampler.reading('MIG-1')).toEqual({ memoryUsedBytes: 10 ** 9 });
    await expect
      .poll(() => sampler.processes(fakeUuid(0)), soon)
      .toEqual([{ pid: process.pid, memoryBytes: 2 ** 30, name: expect.any(String) }, { pid: 999_999 }]);
    expect(sampler.processes('MIG-1')).toEqual([{ pid: 999_998, memoryBytes: 5 }]);
    expect(sampler.failures).toEqual([]);
  });

  test('finds none of none and sixteen of sixteen, and those that come later', async () => {
    const sampler = await start({ gpus: [] });
    expect(sampler.devices('nvml')).toEqual([]);
    await sampler.close();
    const full = await start({ gpus: Array.from({ length: 16 }, (_, index) => fakeGpu(index)) });
    expect(full.devices('nvml').map(({ key }) => key)).toEqual(Array.from({ length: 16 }, (_, index) => fakeUuid(index)));
    await expect.poll(() => full.reading(fakeUuid(15)), soon).toMatchObject({ utilization: 25 });
    fake.write({ gpus: Array.from({ length: 17 }, (_, index) => fakeGpu(index)) });
    await expect.poll(() => full.devices('nvml').length, soon).toBe(17);
    expect(full.failures).toEqual([]);
  });

  test('lacks one field where one call fails, and has it again when it works', async () => {
    const sampler = await start({ gpus: [fakeGpu(0)], fail: [{ call: 'nvmlDeviceGetTemperature', code: 999 }] });
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 10 });
    expect(sampler.reading(fakeUuid(0))).not.toHaveProperty('temperatureC');
    fake.write({ gpus: [fakeGpu(0)] });
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toHaveProperty('temperatureC', 41);
  });

  test('tells the loss of one GPU as an error of that GPU alone, and its return', async () => {
    const gpus = [fakeGpu(0), fakeGpu(1)];
    const sampler = await start({ gpus });
    const lost = ['nvmlDeviceGetHandleByIndex_v2', 'nvmlDeviceGetUtilizationRates', 'nvmlDeviceGetUUID'];
    fake.write({ gpus, fail: lost.map((call) => ({ call, gpu: 1, code: 15 })) });
    await expect.poll(() => sampler.reading(fakeUuid(1)), soon).toEqual({ error: expect.stringContaining('the GPU is lost') });
    const ticks = sampler.ticks();
    // Longer than from one look at the devices to the next.
    await expect.poll(() => sampler.ticks(), soon).toBeGreaterThan(ticks + 6);
    expect(sampler.devices('nvml')).toHaveLength(2);
    expect(sampler.reading(fakeUuid(0))).toMatchObject({ utilization: 10 });
    fake.write({ gpus });
    await expect.poll(() => sampler.reading(fakeUuid(1)), soon).toMatchObject({ utilization: 11 });
    expect(sampler.failures).toEqual([]);
  });

  test('tells that the driver has gone, and starts NVML anew when it is back', async () => {
    const gpus = [fakeGpu(0)];
    const sampler = await start({ gpus });
    const pid = sampler.pid();
    fake.write({
      gpus: [],
      fail: ['nvmlInit_v2', 'nvmlDeviceGetCount_v2', 'nvmlDeviceGetUtilizationRates'].map((call) => ({ call, code: 9 })),
    });
    await expect
      .poll(() => sampler.failure('nvml'), soon)
      .toEqual({ kind: 'error', detail: expect.stringMatching(/the NVIDIA driver is not loaded|lost/) });
    fake.write({ gpus });
    await expect.poll(() => sampler.failure('nvml'), soon).toBeUndefined();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 10 });
    expect(sampler.pid()).toBe(pid);
  });

  test('goes on while the driver hangs, says so after three seconds, and is back when it answers', async () => {
    const gpus = [fakeGpu(0)];
    const sampler = await start({ gpus });
    const pid = sampler.pid();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toBeDefined();
    fake.write({ gpus, hang: [{ call: 'nvmlDeviceGetPowerUsage' }] });
    await expect.poll(() => sampler.failure('nvml')?.kind, soon).toBe('silent');
    const [told] = sampler.failures;
    expect(told).toMatchObject({ probe: 'nvml', kind: 'silent' });
    // More where the tick that would have told it came late.
    expect(told?.kind === 'silent' && told.seconds).toBeGreaterThanOrEqual(3);
    const ticks = sampler.ticks();
    await expect.poll(() => sampler.ticks(), soon).toBeGreaterThan(ticks + 2);
    fake.write({ gpus: [fakeGpu(0, { utilization: 77 })] });
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 77 });
    expect(sampler.failure('nvml')).toBeUndefined();
    expect(sampler.pid()).toBe(pid);
  });

  test('is ended in the middle of a call that hangs', async () => {
    const gpus = [fakeGpu(0)];
    const sampler = await start({ gpus });
    fake.write({ gpus, hang: [{ call: 'nvmlDeviceGetPowerUsage' }] });
    await expect.poll(() => sampler.failure('nvml'), soon).toBeDefined();
    const pid = sampler.pid() ?? 0;
    expect(pid).toBeGreaterThan(0);
    await sampler.close();
    await expect.poll(() => isSampler(pid), soon).toBe(false);
  });

  test.each([
    ['crashes in the driver', 'SIGABRT', () => fake.write({ gpus: [fakeGpu(0)], crash: [{ call: 'nvmlDeviceGetMemoryInfo' }] })],
    ['is killed', 'SIGKILL', () => watched?.kill()],
  ])('that %s is started again, and its devices count as failed until then', async (_, signal, end) => {
    const sampler = await start({ gpus: [fakeGpu(0)] });
    const pid = sampler.pid();
    end();
    await expect
      .poll(() => sampler.failure('nvml'), soon)
      .toEqual({ kind: 'error', detail: `the process that reads the devices ended by ${signal}` });
    fake.write({ gpus: [fakeGpu(0, { utilization: 55 })] });
    await expect.poll(() => sampler.failure('nvml'), soon).toBeUndefined();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 55 });
    expect(sampler.pid()).not.toBe(pid);
  });

  test('lists processes every second while they are watched', async () => {
    const gpus = [fakeGpu(0)];
    const sampler = await start({ gpus });
    await expect.poll(() => sampler.processes(fakeUuid(0)), soon).toEqual([]);
    // On a full machine ticks come late, and lists by the clock; still several ticks pass between two lists.
    await expect.poll(() => sampler.ticksSinceList(), soon).toBeGreaterThanOrEqual(2);
    sampler.sampler.watchProcesses(true);
    fake.write({ gpus, processes: [{ gpu: 0, pid: 999_999, bytes: 1 }] });
    await expect.poll(() => sampler.processes(fakeUuid(0)), soon).toHaveLength(1);
    const before = { ticks: sampler.ticks(), lists: sampler.lists() };
    await expect.poll(() => sampler.ticks(), soon).toBeGreaterThanOrEqual(before.ticks + 4);
    expect(sampler.lists() - before.lists).toBeGreaterThanOrEqual(sampler.ticks() - before.ticks - 1);
  });

  test('of a driver of long ago tells what that driver can', async () => {
    const old = await buildFakeNvml({ isOld: true });
    try {
      const sampler = await start({ gpus: [fakeGpu(0)], processes: [{ gpu: 0, pid: 999_999, bytes: 7 }] }, old);
      await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 10, powerW: 123.456 });
      for (const field of ['energyJ', 'throttled', 'eccErrors']) expect(sampler.reading(fakeUuid(0))).not.toHaveProperty(field);
      await expect.poll(() => sampler.processes(fakeUuid(0)), soon).toEqual([{ pid: 999_999, memoryBytes: 7 }]);
    } finally {
      old.remove();
    }
  });

  test('ends with its core, also with one that is killed', async () => {
    fake.write({ gpus: [fakeGpu(0)] });
    const source = join(repository, 'electron', 'core');
    const script = `
      import { createSampler } from ${JSON.stringify(join(source, 'infrastructure/devices/sampler/sampler-link.ts'))};
      import { createLifetime } from ${JSON.stringify(join(source, 'lib/lifetime.ts'))};
      const sampler = createSampler({ entry: ${JSON.stringify(samplerEntry)}, lifetime: createLifetime() });
      sampler.onReport((report) => report.kind === 'readings' && process.stdout.write('measured'));
      setInterval(() => undefined, 1000);`;
    const core = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...fake.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => core.stdout.once('data', resolve));
    const pid = treeOf(core.pid ?? 0).find(isSampler) ?? 0;
    expect(pid).toBeGreaterThan(0);
    core.kill('SIGKILL');
    await expect.poll(() => isSampler(pid), soon).toBe(false);
  });
});
