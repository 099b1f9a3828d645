import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grantableBytes } from './capacity.ts';
import { checkMemorySettings, checkSplit, type Changeable } from './check-change.ts';
import { divide, type Share } from './divide.ts';

const cpu: Changeable = {
  device: { id: 'cpu', kind: 'cpu', name: 'CPU', cores: 8, memoryTotalBytes: 1000, providers: [] },
  isShare: false,
  isPartitioned: false,
  shares: [],
  reserveBytes: 100,
  overcommit: 1,
};

test('what a control group does not allow is not given away, although there are more cores', () => {
  const limited = { ...cpu, device: { ...cpu.device, cores: 2, coreIds: [4, 5, 6, 7] } };
  expect(checkSplit(limited, { coreIds: [4, 7] })).toBeUndefined();
  expect(checkSplit(limited, { coreIds: [4, 5, 6] })).toMatchObject({ code: 'split-too-large' });
  expect(checkSplit(limited, { coreIds: [0] })).toMatchObject({ values: { wanted: 'core 0', left: 'cores 4-7' } });
});

test('a processor gives the cores that it has by their numbers, whatever these are', () => {
  const numa = [
    { node: 0, coreIds: [0, 2] },
    { node: 1, coreIds: [9, 11] },
  ];
  const odd = { ...cpu, device: { ...cpu.device, cores: 4, topology: { numaNodes: numa } } };
  expect(checkSplit(odd, { coreIds: [9, 11] })).toBeUndefined();
  expect(checkSplit(odd, { coreIds: [1] })).toMatchObject({ values: { left: 'cores 0,2,9,11' } });
});

const step = fc.oneof(
  fc.record({
    coreIds: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 }),
    memoryBytes: fc.integer({ min: 1, max: 600 }),
  }),
  fc.record({ coreIds: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 }) }),
  fc.record({ reserveBytes: fc.integer({ min: 0, max: 1200 }) }),
  fc.record({ overcommit: fc.double({ min: 1, max: 3, noNaN: true }) }),
);

test('whatever is asked for in whatever order, what is accepted fits: no core twice, no memory that is not there', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let target = cpu;
      for (const [index, wanted] of steps.entries()) {
        if ('coreIds' in wanted) {
          const share: Share = { id: `s${index}`, ...wanted };
          if (!checkSplit(target, wanted)) target = { ...target, shares: [...target.shares, share] };
        } else if (!checkMemorySettings(target, wanted)) target = { ...target, ...wanted };
      }
      const [rest, ...shares] = divide(target.device, target.shares);
      const cores = [rest, ...shares].flatMap(({ coreIds = [] }) => coreIds);
      expect(new Set(cores).size).toBe(cores.length);
      expect(target.shares.length === 0 ? 8 : cores.length).toBe(8);
      const { reserveBytes, overcommit, shares: given } = target;
      const shared = given.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
      expect(shared).toBeLessThanOrEqual(grantableBytes({ totalBytes: 1000, foreignBytes: 0, reserveBytes, overcommit }));
    }),
  );
});
