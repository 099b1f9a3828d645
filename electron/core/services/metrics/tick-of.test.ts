import { expect, test } from 'vitest';
import type { DeviceState } from '../../../../shared/contract/devices.ts';
import { createJobCores } from './job-cores.ts';
import { tickOf } from './tick-of.ts';

const device = (given: Partial<DeviceState> & Pick<DeviceState, 'id' | 'kind'>): DeviceState => ({
  name: given.id,
  providers: [],
  state: 'ready',
  processes: [],
  granted: { cores: 0, memoryBytes: 0 },
  reserveBytes: 0,
  overcommit: 1,
  jobs: [],
  ...given,
});

test('a moment holds devices, groups and jobs, and nothing that was not measured', () => {
  const job = { id: 7, name: 'train', group: 'night' };
  const devices = [
    device({
      id: 'cpu',
      kind: 'cpu',
      cores: 8,
      utilization: 25,
      memory: { totalBytes: 64e9, usedBytes: 20e9 },
      granted: { cores: 3, memoryBytes: 5e9 },
      jobs: [
        { ...job, cores: 2, memoryBytes: 4e9, usedBytes: 1e9 },
        { id: 8, name: 'other', group: 'day', cores: 1, memoryBytes: 1e9 },
      ],
    }),
    // Held whole, so its load is the job's.
    device({ id: 'gpu0', kind: 'gpu', utilization: 80, memory: { totalBytes: 24e9 }, jobs: [{ ...job, cores: 0, usedBytes: 3e9 }] }),
    // Shared by memory, so its load may be anybody's.
    device({ id: 'gpu1', kind: 'gpu', utilization: 10, jobs: [{ ...job, cores: 0, memoryBytes: 2e9, usedBytes: 1e9 }] }),
    device({ id: 'npu0', kind: 'npu' }),
    device({ id: 'gpu2', kind: 'gpu', state: 'unhealthy', utilization: 100, temperatureC: 90 }),
  ];
  expect(tickOf(5000, devices, new Map([[7, 1.5]]))).toEqual({
    at: 5000,
    readings: [
      {
        subject: 'device:cpu',
        values: {
          utilization: 25,
          memoryUsedBytes: 20e9,
          memoryTotalBytes: 64e9,
          grantedMemoryBytes: 5e9,
          cores: 8,
          grantedCores: 3,
          coresUsed: 2,
        },
      },
      { subject: 'device:gpu0', values: { utilization: 80, memoryTotalBytes: 24e9, grantedMemoryBytes: 0 } },
      { subject: 'device:gpu1', values: { utilization: 10 } },
      { subject: 'device:npu0', values: {} },
      { subject: 'device:gpu2', values: {} },
      { subject: 'group:night', values: { grantedCores: 2, grantedMemoryBytes: 4e9, grantedDeviceMemoryBytes: 26e9 } },
      { subject: 'group:day', values: { grantedCores: 1, grantedMemoryBytes: 1e9 } },
      { subject: 'job:7', values: { memoryUsedBytes: 1e9, deviceMemoryUsedBytes: 4e9, utilization: 80, coresUsed: 1.5 } },
      { subject: 'job:8', values: {} },
    ],
  });
});

test('cores that a job uses are the processor time since the last look, never less than none', () => {
  const cores = createJobCores();
  expect(cores.since(1000, new Map([[7, 10]]))).toEqual(new Map());
  expect(
    cores.since(
      3000,
      new Map([
        [7, 13],
        [8, 1],
      ]),
    ),
  ).toEqual(new Map([[7, 1.5]]));
  expect(
    cores.since(
      4000,
      new Map([
        [7, 12],
        [8, 1],
      ]),
    ),
  ).toEqual(
    new Map([
      [7, 0],
      [8, 0],
    ]),
  );
});
