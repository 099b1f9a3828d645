import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentsBetween, type CoreTimes, type CpuCounters } from './cpu-counters.ts';

const counters = (...cores: CoreTimes[]): CpuCounters => ({
  all: { busy: cores.reduce((sum, core) => sum + core.busy, 0), total: cores.reduce((sum, core) => sum + core.total, 0) },
  cores: new Map(cores.entries()),
});

test('percentages come from what changed', () => {
  const before = counters({ busy: 1000, total: 9000 }, { busy: 0, total: 9000 });
  const after = counters({ busy: 1100, total: 9100 }, { busy: 25, total: 9100 });
  expect(percentsBetween(before, after)).toEqual({ cpuPercent: 62.5, corePercents: [100, 25] });
});

test('where no time has passed there is nothing to tell', () => {
  const same = counters({ busy: 1, total: 2 });
  expect(percentsBetween(same, same)).toEqual({});
});

test('when a core was switched on or off the cores are left out once', () => {
  const two = counters({ busy: 0, total: 10 }, { busy: 0, total: 10 });
  const one: CpuCounters = { all: { busy: 5, total: 40 }, cores: new Map([[0, { busy: 5, total: 20 }]]) };
  expect(percentsBetween(two, one)).toEqual({ cpuPercent: 25 });
  const other: CpuCounters = {
    all: { busy: 5, total: 40 },
    cores: new Map([
      [0, { busy: 5, total: 20 }],
      [2, { busy: 5, total: 20 }],
    ]),
  };
  expect(percentsBetween(two, other)).toEqual({ cpuPercent: 25 });
});

test('whatever the counters do, a percentage lies between 0 and 100', () => {
  const time = fc.record({ busy: fc.integer({ min: 0, max: 2 ** 40 }), total: fc.integer({ min: 0, max: 2 ** 40 }) });
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 4 }), fc.array(time, { minLength: 1, maxLength: 4 }), (before, after) => {
      const { cpuPercent = 0, corePercents = [] } = percentsBetween(counters(...before), counters(...after));
      for (const percent of [cpuPercent, ...corePercents]) expect(percent >= 0 && percent <= 100).toBe(true);
    }),
  );
});
