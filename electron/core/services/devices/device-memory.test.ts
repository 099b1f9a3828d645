import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunningJob } from './device-jobs.ts';
import { findExcess, foreignBytesOf, holdersOf } from './device-memory.ts';
import type { KnownDevice } from './known-devices.ts';

const list = fc.array(
  fc.record(
    { pid: fc.integer({ min: 1, max: 99_999 }), memoryBytes: fc.integer({ min: 0, max: 2 ** 36 }), jobId: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: ['pid'] },
  ),
  { maxLength: 8 },
);
const sum = (processes: readonly { memoryBytes?: number }[]): number => processes.reduce((so, { memoryBytes = 0 }) => so + memoryBytes, 0);

describe('memory of other programs', () => {
  test('is what is used beyond ours, at least what is listed and at most what is used', () => {
    const processes = [
      { pid: 1, memoryBytes: 6, jobId: 1 },
      { pid: 2, memoryBytes: 4 },
    ];
    expect(foreignBytesOf(11, processes)).toBe(5);
    // One of ours has ended since the list was made: what is left is not taken for ours.
    expect(foreignBytesOf(4, processes)).toBe(4);
    // The other program has ended since.
    expect(foreignBytesOf(0, processes)).toBe(0);
    expect(foreignBytesOf(undefined, processes)).toBe(4);
  });

  test('never goes below nothing nor above what is used, and grows with what is used', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 2 ** 37 }), fc.integer({ min: 0, max: 2 ** 37 }), (processes, used, more) => {
        const foreign = foreignBytesOf(used, processes);
        expect(foreign).toBeGreaterThanOrEqual(0);
        expect(foreign).toBeLessThanOrEqual(used);
        expect(foreignBytesOf(used + more, processes)).toBeGreaterThanOrEqual(foreign);
        // Nothing that is used is lost: it is ours, as far as it is listed, or theirs.
        const ours = sum(processes.filter(({ jobId }) => jobId !== undefined));
        expect(foreign + ours).toBeGreaterThanOrEqual(used);
      }),
    );
  });

  test('is named by its holders, the largest first, without ours and those that hold nothing', () => {
    const processes = [{ pid: 1, memoryBytes: 1, name: 'a' }, { pid: 2, memoryBytes: 9, jobId: 1 }, { pid: 3 }, { pid: 4, memoryBytes: 5 }];
    expect(holdersOf(processes)).toEqual([
      { pid: 4, name: 'pid', bytes: 5 },
      { pid: 1, name: 'a', bytes: 1 },
    ]);
  });
});

describe('more than was granted', () => {
  const device: KnownDevice = {
    key: 'k',
    device: { id: 'gpu0', kind: 'gpu', name: 'GPU', memoryTotalBytes: 100, providers: [] },
    isShare: false,
    isPartitioned: false,
    shares: [{ key: 'share/half', id: 'half', memoryBytes: 50 }],
    reserveBytes: 0,
    overcommit: 1,
  };
  const job = (id: number, ...granted: [device: string, memoryBytes?: number][]): RunningJob => ({
    id,
    name: 'job',
    group: 'default',
    rootProcesses: [],
    placement: {
      device: 'cpu',
      deviceName: 'CPU',
      cores: 1,
      memoryBytes: 1,
      accelerators: granted.map(([one, memoryBytes]) => ({
        device: one,
        deviceName: 'GPU',
        ...(memoryBytes !== undefined && { memoryBytes }),
      })),
    },
  });
  const held = (jobId: number, ...bytes: number[]) => bytes.map((memoryBytes, index) => ({ pid: 10 * jobId + index, memoryBytes, jobId }));

  test('is found over all processes of a job, and over a device with its shares', () => {
    expect(findExcess(device, held(1, 20, 21), [job(1, ['half', 40])])).toEqual([
      { jobId: 1, device: 'half', usedBytes: 41, beyondBytes: 1 },
    ]);
    expect(findExcess(device, held(1, 20, 21), [job(1, ['gpu0', 20], ['half', 21])])).toEqual([]);
  });

  test('is not possible for who has the device whole, and no matter on a device that a job was not granted', () => {
    expect(findExcess(device, held(1, 99), [job(1, ['gpu0'])])).toEqual([]);
    expect(findExcess(device, held(1, 99), [job(1, ['gpu1', 1])])).toEqual([]);
    expect(findExcess(device, held(2, 99), [job(1, ['gpu0', 1])])).toEqual([]);
  });
});
