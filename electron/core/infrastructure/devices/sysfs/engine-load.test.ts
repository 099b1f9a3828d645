import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DrmUsage, EngineTime } from './drm-usage.ts';
import { engineLoad, type ClientReading } from './engine-load.ts';

const time = (busyNs: number, capacity = 1): EngineTime => ({ kind: 'time', busyNs, capacity });
const cycles = (busy: number, total: number, capacity = 1): EngineTime => ({ kind: 'cycles', busy, total, capacity });
const reading = (at: number, clients: Record<string, Record<string, EngineTime>>): ClientReading => ({
  at,
  clients: new Map(
    Object.entries(clients).map(([id, engines]): [string, DrmUsage] => [id, { driver: 'xe', engines: new Map(Object.entries(engines)) }]),
  ),
});

test('the busiest engine counts, with all its clients', () => {
  const before = reading(0, { '1': { render: time(0), copy: time(0) }, '2': { render: time(0) } });
  const after = reading(1000, { '1': { render: time(2e8), copy: time(4e8) }, '2': { render: time(3e8) } });
  expect(engineLoad(before, after)).toBeCloseTo(50);
});

test('an engine of several units is full when all are', () => {
  const before = reading(0, { '1': { ccs: cycles(0, 0, 4) } });
  expect(engineLoad(before, reading(1000, { '1': { ccs: cycles(1e6, 1e6, 4) } }))).toBe(25);
});

test('nobody there is no load, which is not the same as not to know', () => {
  expect(engineLoad(reading(0, {}), reading(1000, {}))).toBe(0);
  expect(engineLoad(undefined, reading(1000, {}))).toBeUndefined();
  expect(engineLoad(reading(0, {}), reading(1000, { '1': { render: time(5e8) } }))).toBeUndefined();
  expect(engineLoad(reading(1000, {}), reading(1000, {}))).toBeUndefined();
});

test('whatever the counters do, a load lies between 0 and 100', () => {
  const count = fc.nat({ max: 2 ** 31 });
  const engine = fc.oneof(
    fc.record({ kind: fc.constant('time' as const), busyNs: count, capacity: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('cycles' as const), busy: count, total: count, capacity: fc.integer({ min: 1, max: 4 }) }),
  );
  const clients = fc.dictionary(fc.constantFrom('1', '2', '3'), fc.dictionary(fc.constantFrom('render', 'copy'), engine));
  fc.assert(
    fc.property(clients, clients, fc.integer({ min: -10, max: 5000 }), (one, other, ms) => {
      const load = engineLoad(reading(0, one), reading(ms, other));
      if (load !== undefined) expect(load >= 0 && load <= 100).toBe(true);
    }),
  );
});
