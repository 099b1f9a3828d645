import { expect, test } from 'vitest';
import { countersOf } from './portable-reader.ts';

test("Node's times become counters of each core and of all", () => {
  const times = { user: 10, nice: 1, sys: 5, irq: 4, idle: 80 };
  expect(countersOf([{ times }, { times: { ...times, idle: 180 } }])).toEqual({
    all: { busy: 40, total: 300 },
    cores: new Map([
      [0, { busy: 20, total: 100 }],
      [1, { busy: 20, total: 200 }],
    ]),
  });
});

test('a system that lists no cores has no counters', () => {
  expect(countersOf([])).toBeUndefined();
});
