import { expect, test } from 'vitest';
import type { JobSpec, SplitRequest } from '../../../../../shared/model/job.ts';
import type { DeviceCapacity } from '../../../scheduler-port.ts';
import { partsOf } from './parts-of.ts';

const capacity = (id: string, kind: DeviceCapacity['kind'], more: Partial<DeviceCapacity> = {}): DeviceCapacity => ({
  id,
  kind,
  name: id,
  cores: 0,
  foreign: [],
  ...more,
});
const machine = {
  capacity: {
    devices: [
      capacity('cpu', 'cpu', { cores: 2 }),
      capacity('left', 'cpu', { cores: 3, parent: 'cpu' }),
      capacity('gpu0', 'gpu'),
      capacity('gpu1', 'gpu', { unusable: { code: 'device-gone', values: {} } }),
      capacity('fpga0', 'fpga'),
    ],
  },
  devices: [],
  capabilityOf: () => undefined,
};
const divided = (over: SplitRequest['over'], cores = 1): JobSpec => ({
  runtime: 'application',
  application: 'digits',
  files: [{ path: '/a.png' }],
  group: 'default',
  priority: 0,
  resources: { cores },
  after: [],
  afterAny: [],
  afterNotOk: [],
  retries: 0,
  split: { over, scheme: 'static' },
});
const devicesOf = (spec: JobSpec): string[] => partsOf(spec, machine).map(({ device }) => device);

test('each core of a processor or share that the job’s cores fit on is a part, each other device is one, and no session runs on an FPGA', () => {
  expect(devicesOf(divided('all'))).toEqual(['gpu0', 'cpu', 'cpu', 'left', 'left', 'left']);
  expect(devicesOf(divided('all', 2))).toEqual(['gpu0', 'cpu', 'left']);
});

test('who is named takes part, also while it cannot: then its part waits', () => {
  expect(devicesOf(divided(['left', 'gpu1']))).toEqual(['gpu1', 'left', 'left', 'left']);
});

test('speeds are those that were measured, a core’s its part of the whole, and all alike where one was not measured', () => {
  const figures = new Map([
    ['cpu', { gflops: 100, threads: 5 }],
    ['gpu0', { gflops: 1000, threads: 1 }],
  ]);
  const speeds = (over: SplitRequest['over']): number[] =>
    partsOf(divided(over), { ...machine, capabilityOf: (id) => figures.get(id) }).map(({ speed }) => speed);
  // A share was not measured itself: its cores are as fast as the others.
  expect(speeds(['cpu', 'left', 'gpu0'])).toEqual([1000, 20, 20, 20, 20, 20]);
  expect(speeds(['cpu', 'gpu1'])).toEqual([1, 1, 1]);
});
