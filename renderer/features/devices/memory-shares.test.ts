import { expect, test } from 'vitest';
import type { DeviceState } from '../../../shared/contract/devices.ts';
import { memoryShares } from './memory-shares.ts';

const job = (id: number, usedBytes?: number) => ({
  id,
  name: `j${id}`,
  group: 'g',
  cores: 1,
  memoryBytes: 10,
  ...(usedBytes === undefined ? {} : { usedBytes }),
});
const device = (used: number, ours: number, jobs: DeviceState['jobs']): DeviceState => ({
  id: 'cpu',
  kind: 'cpu',
  name: 'CPU',
  cores: 2,
  memory: { totalBytes: 100, usedBytes: used },
  providers: [],
  state: 'ready',
  processes: [],
  overcommit: 1,
  granted: { cores: 0, memoryBytes: 0 },
  reserveBytes: 10,
  sample: { at: 0, memoryOursBytes: ours },
  jobs,
});
const sum = (shares: ReturnType<typeof memoryShares>): number =>
  shares
    ? shares.jobs.reduce((all, { bytes }) => all + bytes, 0) + shares.oursBytes + shares.othersBytes + shares.keptBytes + shares.freeBytes
    : NaN;

test('memory is parted in jobs, ours, others, kept free and free', () => {
  const shares = memoryShares(device(60, 40, [job(1, 30), job(2)]));
  expect(shares).toMatchObject({ oursBytes: 10, othersBytes: 20, keptBytes: 10, freeBytes: 30 });
  expect(shares?.jobs).toEqual([{ id: 1, name: 'j1', group: 'g', bytes: 30 }]);
});

test.each([
  [60, 40, 30],
  [95, 10, 30],
  [100, 200, 300],
  [0, 0, 0],
])('with %d used, %d ours and a job of %d the shares add up to the whole', (used, ours, held) => {
  expect(sum(memoryShares(device(used, ours, [job(1, held)])))).toBeCloseTo(100);
});

test('what was not measured is not drawn', () => {
  expect(memoryShares({ ...device(1, 1, []), memory: { totalBytes: 100 } })).toBeUndefined();
  const { memory: _, ...without } = device(1, 1, []);
  expect(memoryShares(without)).toBeUndefined();
});
