import { describe, expect, test } from 'vitest';
import { openSystemFolder } from '../sysfs/system-folder.ts';
import { isSuccess } from './nvml-codes.ts';
import { parseCapabilityMinor } from './nvml-facts.ts';
import type { NvmlLibrary } from './nvml-library.ts';
import { createNvmlReader } from './nvml-reader.ts';

const nowhere = openSystemFolder('/nowhere');

/** A library with some devices, whose calls a test makes fail with a code. */
const createTestNvml = (...uuids: string[]) => {
  const failing = new Map<string, number>();
  const log = { inits: 0, shutdowns: 0 };
  /** Undefined for a failure that concerns the field alone; throws for larger ones as the real library's binding does. */
  const answer = <Answer>(call: string, device: bigint | undefined, value: Answer): Answer | undefined =>
    isSuccess(failing.get(`${call} ${device}`) ?? failing.get(call) ?? 0) ? value : undefined;
  const library: NvmlLibrary = {
    init: () => {
      log.inits += 1;
      answer('init', undefined, undefined);
    },
    shutdown: () => void (log.shutdowns += 1),
    driverVersion: () => answer('driver', undefined, '550.54.15'),
    cudaVersion: () => answer('cuda', undefined, 12_040),
    deviceCount: () => answer('count', undefined, uuids.length) ?? 0,
    device: (index) => answer('device', BigInt(index), BigInt(index)),
    migDevice: () => undefined,
    text: (field, device) => answer(field, device, field === 'nvmlDeviceGetUUID' ? (uuids[Number(device)] ?? '') : 'NVIDIA T4'),
    number: (field, device) => answer(field, device, field === 'nvmlDeviceGetMaxMigDeviceCount' ? 0 : 5000),
    selected: (field, device) => answer(field, device, 60),
    big: (field, device) => answer(field, device, 0n),
    busAddress: (device) => answer('pci', device, `0000:0${device}:00.0`),
    memory: (device) => answer('memory', device, { totalBytes: 1000, freeBytes: 0 }),
    utilization: (device) => answer('utilization', device, { gpu: 50, memory: 20 }),
    uncorrectedErrors: (device) => answer('ecc', device, 0),
    processes: (device) => answer('processes', device, [{ pid: 42, memoryBytes: 7 }]) ?? [],
    unload: () => undefined,
  };
  return { library, failing, log };
};

describe('devices', () => {
  test('a device that is full has all its memory used', () => {
    const reader = createNvmlReader(createTestNvml('GPU-a').library, nowhere);
    expect(reader.discover()).toMatchObject([{ key: 'GPU-a', pci: '0000:00:00.0', runtime: 'CUDA 12.4', memoryTotalBytes: 1000 }]);
    expect(reader.sample().get('GPU-a')).toMatchObject({ memoryUsedBytes: 1000, utilization: 50 });
  });

  test('without a uuid it is known by its address', () => {
    const { library, failing } = createTestNvml('GPU-a');
    failing.set('nvmlDeviceGetUUID', 3);
    const [found] = createNvmlReader(library, nowhere).discover();
    expect(found?.key).toBe('0000:00:00.0');
    expect(found).not.toHaveProperty('uuid');
  });

  test.each([3, 4, 13, 999])('code %i on one field takes that field alone', (code) => {
    const { library, failing } = createTestNvml('GPU-a');
    const reader = createNvmlReader(library, nowhere);
    failing.set('nvmlDeviceGetPowerUsage', code);
    reader.discover();
    const reading = reader.sample().get('GPU-a');
    expect(reading).not.toHaveProperty('powerW');
    expect(reading).toMatchObject({ utilization: 50, temperatureC: 60 });
  });
});

describe('a lost device', () => {
  test('has an error of its own, stays listed, and is back when it answers', () => {
    const { library, failing } = createTestNvml('GPU-a', 'GPU-b');
    const reader = createNvmlReader(library, nowhere);
    reader.discover();
    for (const call of ['device 1', 'utilization 1', 'processes 1']) failing.set(call, 15);
    expect(reader.discover().map(({ key }) => key)).toEqual(['GPU-a', 'GPU-b']);
    const readings = reader.sample();
    expect(readings.get('GPU-a')).toMatchObject({ utilization: 50 });
    expect(readings.get('GPU-b')).toEqual({ error: expect.stringContaining('lost') });
    expect(reader.processes().get('GPU-b')).toEqual([]);
    failing.clear();
    expect(reader.discover().map(({ key }) => key)).toEqual(['GPU-a', 'GPU-b']);
    expect(reader.sample().get('GPU-b')).toMatchObject({ utilization: 50 });
  });

  test('that was never known is not listed', () => {
    const { library, failing } = createTestNvml('GPU-a', 'GPU-b');
    failing.set('device 1', 15);
    expect(
      createNvmlReader(library, nowhere)
        .discover()
        .map(({ key }) => key),
    ).toEqual(['GPU-a']);
  });
});

describe('the driver', () => {
  test('that was never loaded means no devices', () => {
    const { library, failing } = createTestNvml('GPU-a');
    failing.set('init', 9);
    const reader = createNvmlReader(library, nowhere);
    expect(reader.discover()).toEqual([]);
    failing.clear();
    expect(reader.discover()).toHaveLength(1);
  });

  test.each([1, 9])('that goes away (code %i) is a failure, and NVML starts anew when it is back', (code) => {
    const { library, failing, log } = createTestNvml('GPU-a');
    const reader = createNvmlReader(library, nowhere);
    reader.discover();
    failing.set('utilization', code);
    expect(() => reader.sample()).toThrow(/driver/);
    failing.set('init', code);
    expect(() => reader.discover()).toThrow(/driver/);
    expect(() => reader.sample()).toThrow(/driver/);
    failing.clear();
    expect(reader.discover()).toHaveLength(1);
    expect(reader.sample().get('GPU-a')).toMatchObject({ utilization: 50 });
    expect(log).toEqual({ inits: 3, shutdowns: 1 });
  });
});

test('the guard of a partition is read from procfs', () => {
  expect(parseCapabilityMinor('DeviceFileMinor: 30\nDeviceFileMode: 292\nDeviceFileModify: 1\n')).toBe(30);
  expect(parseCapabilityMinor('')).toBeUndefined();
});
