import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeNvidiaSmi, fakeSmiRow, type FakeNvidiaSmi } from '../fixtures/nvml/fake-nvidia-smi.ts';
import { fakeUuid } from '../fixtures/nvml/fake-nvml.ts';
import { watchSampler, type WatchedSampler } from '../fixtures/nvml/watch-sampler.ts';

const soon = { interval: 50 };
let fake: FakeNvidiaSmi;
let watched: WatchedSampler | undefined;

const start = async (): Promise<WatchedSampler> => {
  watched = watchSampler(fake.environment);
  await expect.poll(() => watched?.hasLooked('nvidia-smi'), soon).toBe(true);
  return watched;
};

beforeEach(() => {
  fake = createFakeNvidiaSmi();
});
afterEach(async () => {
  await watched?.close();
  watched = undefined;
  fake.remove();
});

describe.skipIf(process.platform !== 'linux')('the built sampler where NVML cannot be loaded but nvidia-smi is there', () => {
  test('tells devices, readings and processes from two programs that are started once', async () => {
    fake.write('gpus', [fakeSmiRow(0, 2), fakeSmiRow(1, 2, { 'power.draw': '[N/A]' })]);
    fake.write('processes', [{ gpu_uuid: fakeUuid(1), pid: 4242, used_gpu_memory: 100, process_name: '/usr/bin/python3' }]);
    const sampler = await start();
    // Where NVML takes long to be found missing, the first look finds nothing.
    await expect
      .poll(() => sampler.devices('nvidia-smi'), soon)
      .toMatchObject([
        { key: fakeUuid(0), pci: '0000:3b:00.0', memoryTotalBytes: 49_140 * 2 ** 20, powerLimitW: 300 },
        { key: fakeUuid(1), pci: '0000:3c:00.0' },
      ]);
    await expect
      .poll(() => sampler.reading(fakeUuid(0)), soon)
      .toMatchObject({ utilization: 20, powerW: 55.5, throttled: ['power cap'], memoryUsedBytes: 1140 * 2 ** 20 });
    expect(sampler.reading(fakeUuid(1))).not.toHaveProperty('powerW');
    await expect.poll(() => sampler.processes(fakeUuid(1)), soon).toEqual([{ pid: 4242, memoryBytes: 100 * 2 ** 20, name: 'python3' }]);
    fake.write('gpus', [fakeSmiRow(0, 2, { 'utilization.gpu': 99 }), fakeSmiRow(1, 2)]);
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 99 });
    expect(fake.starts().map(({ kind }) => kind)).toEqual(['gpus', 'processes']);
    expect(sampler.failures).toEqual([]);
  });

  test('leaves out a field that this nvidia-smi does not know', async () => {
    const { 'clocks_throttle_reasons.active': _, ...row } = fakeSmiRow(0, 1);
    fake.write('gpus', [row]);
    const sampler = await start();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 20 });
    expect(sampler.reading(fakeUuid(0))).not.toHaveProperty('throttled');
    expect(sampler.failures).toEqual([]);
  });

  test('finds nothing where the program finds nothing', async () => {
    const sampler = await start();
    expect(sampler.devices('nvidia-smi')).toEqual([]);
    expect(sampler.failures).toEqual([]);
  });

  test('tells the last words of a program that ends, and starts it again', async () => {
    fake.write('gpus', [fakeSmiRow(0, 1)]);
    const sampler = await start();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toBeDefined();
    fake.complain('Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost.');
    await expect
      .poll(() => sampler.failure('nvidia-smi'), soon)
      .toEqual({
        kind: 'error',
        detail: 'nvidia-smi ended with exit code 9: Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost.',
      });
    fake.complain(undefined);
    fake.write('gpus', [fakeSmiRow(0, 1, { 'utilization.gpu': 66 })]);
    await expect.poll(() => sampler.failure('nvidia-smi'), soon).toBeUndefined();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toMatchObject({ utilization: 66 });
  });

  test('says that a program which writes nothing any more is silent, and hears it again', async () => {
    fake.write('gpus', [fakeSmiRow(0, 1)]);
    const sampler = await start();
    await expect.poll(() => sampler.reading(fakeUuid(0)), soon).toBeDefined();
    fake.hang(true);
    await expect.poll(() => sampler.failure('nvidia-smi')?.kind, soon).toBe('silent');
    fake.hang(false);
    await expect.poll(() => sampler.failure('nvidia-smi'), soon).toBeUndefined();
  });
});
