import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDivision, type DynamicScheme } from './dynamic.ts';
import { simulateSplit, splitSchemes } from './simulate-split.ts';
import { longestFirst, proportionalCounts } from './static.ts';

const sizesOf = (scheme: DynamicScheme, items: number, devices: number): number[] => {
  const division = createDivision({ scheme, items, speeds: Array.from({ length: devices }, () => 1) });
  const sizes: number[] = [];
  for (let device = 0; division.left > 0; device = (device + 1) % devices) sizes.push(division.next(device));
  return sizes;
};
const repeated = (...pairs: [number, number][]): number[] => pairs.flatMap(([size, times]) => Array.from({ length: times }, () => size));

describe('1,000 items on four equal devices', () => {
  test('guided chunks are those of its paper', () => {
    expect(sizesOf('guided', 1000, 4)).toEqual([250, 188, 141, 106, 79, 59, 45, 33, 25, 19, 14, 11, 8, 6, 4, 3, 3, 2, 1, 1, 1, 1]);
  });
  test('factoring halves what is left with every batch', () => {
    expect(sizesOf('factoring', 1000, 4)).toEqual(repeated([125, 4], [63, 4], [31, 4], [16, 4], [8, 4], [4, 4], [2, 4], [1, 4]));
  });
  test('trapezoid falls in equal steps', () => {
    expect(sizesOf('trapezoid', 1000, 4)).toEqual([125, 117, 109, 101, 93, 85, 77, 69, 61, 53, 45, 37, 28]);
  });
  test('adaptive looks at each device with a small chunk first, and then takes an eighth of what is left, as factoring does', () => {
    const division = createDivision({ scheme: 'adaptive', items: 1000, speeds: [1, 1, 1, 1] });
    const take = (device: number): number => {
      const items = division.next(device);
      division.finished(device, items, items);
      return items;
    };
    expect([0, 1, 2, 3].map(take)).toEqual([8, 8, 8, 8]);
    expect([0, 1, 2, 3].map(take)).toEqual([121, 106, 93, 81]);
  });
});

const speeds = fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 });

describe('static shares', () => {
  test('add up, and none is a whole item away from its exact share', () => {
    fc.assert(
      fc.property(fc.nat(5000), speeds, (items, weights) => {
        const counts = proportionalCounts(items, weights);
        const total = weights.reduce((all, weight) => all + weight, 0);
        expect(counts.reduce((all, count) => all + count, 0)).toBe(items);
        counts.forEach((count, index) => expect(Math.abs(count - (items * (weights[index] ?? 0)) / total)).toBeLessThan(1 + 1e-9));
      }),
    );
  });
});

describe('static shares of devices that take time to start', () => {
  test('leave out who would start too late, and let the others end together', () => {
    expect(proportionalCounts(20, [10, 10], [1, 0])).toEqual([5, 15]);
    expect(proportionalCounts(20, [10, 10, 100], [0, 0, 1])).toEqual([10, 10, 0]);
    expect(proportionalCounts(0, [1, 1], [3, 2])).toEqual([0, 0]);
  });

  test('add up, and none is a whole item away from what would let all end at one time', () => {
    const devices = fc.array(
      fc.record({ speed: fc.double({ min: 0.1, max: 100, noNaN: true }), startUp: fc.double({ min: 0, max: 50, noNaN: true }) }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.nat(5000), devices, (items, given) => {
        const counts = proportionalCounts(
          items,
          given.map(({ speed }) => speed),
          given.map(({ startUp }) => startUp),
        );
        expect(counts.reduce((all, count) => all + count, 0)).toBe(items);
        const shareAt = (end: number, { speed, startUp }: (typeof given)[number]): number => speed * Math.max(0, end - startUp);
        const doneBy = (end: number): number => given.reduce((all, device) => all + shareAt(end, device), 0);
        let [early, late] = [0, 50 + 5000 / 0.1];
        for (let step = 0; step < 100; step += 1) {
          const middle = (early + late) / 2;
          if (doneBy(middle) < items) early = middle;
          else late = middle;
        }
        counts.forEach((count, index) => expect(Math.abs(count - shareAt(late, given[index]!))).toBeLessThan(1 + 1e-6));
      }),
    );
  });

  test('count for items of unlike size too', () => {
    // Two seconds are as much as two items of mean size, 4.8.
    expect(longestFirst([3, 3, 2, 2, 2], [1, 1], [2, 0])).toEqual([
      [2, 4],
      [0, 1, 3],
    ]);
  });
});

describe('every scheme', () => {
  test('does every item once, on one device at a time, and is never shorter than the ideal', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...splitSchemes),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 300 }),
        speeds,
        fc.double({ min: 0, max: 5, noNaN: true }),
        (scheme, costs, rates, overhead) => {
          const { chunks, makespan, ideal } = simulateSplit({ scheme, costs, speeds: rates, overhead });
          expect(chunks.reduce((all, { items }) => all + items, 0)).toBe(costs.length);
          expect(makespan).toBeGreaterThanOrEqual(ideal * (1 - 1e-9));
          for (const index of rates.keys()) {
            const own = chunks.filter(({ device }) => device === index);
            own.slice(1).forEach(({ start }, at) => expect(start).toBeGreaterThanOrEqual(own[at]?.end ?? 0));
          }
        },
      ),
    );
  });

  test('a dynamic scheme ends within its longest chunk of the ideal and its overheads', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('self', 'guided', 'trapezoid', 'factoring', 'weighted', 'adaptive'),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 300 }),
        speeds,
        (scheme, costs, rates) => {
          const { chunks, makespan, ideal } = simulateSplit({ scheme, costs, speeds: rates, overhead: 0 });
          expect(makespan).toBeLessThanOrEqual(ideal + Math.max(...chunks.map(({ start, end }) => end - start)) + 1e-9);
        },
      ),
    );
  });

  test('what a device lost is handed out again, so that every item is done once whatever fails', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('self', 'guided', 'trapezoid', 'factoring', 'weighted', 'adaptive'),
        fc.nat(500),
        fc.array(fc.boolean(), { maxLength: 50 }),
        (scheme, items, failures) => {
          const division = createDivision({ scheme, items, speeds: [3, 2, 1] });
          const fails = [...failures];
          let done = 0;
          for (let device = 0; division.left > 0; device = (device + 1) % 3) {
            const chunk = division.next(device);
            if (fails.pop()) division.lost(chunk);
            else done += chunk;
          }
          expect(done).toBe(items);
        },
      ),
    );
  });

  test('adaptive learns who is fast: on devices four times apart it comes close to weighted factoring that was told', () => {
    const costs = Array.from({ length: 1000 }, () => 1);
    const run = (scheme: 'weighted' | 'adaptive') => simulateSplit({ scheme, costs, speeds: [4, 1, 1, 1], overhead: 0.01 });
    expect(run('adaptive').makespan).toBeLessThan(1.1 * run('weighted').makespan);
  });

  test('adaptive chunks grow with the overhead, and overhead stays a small part', () => {
    const costs = Array.from({ length: 10_000 }, () => 0.01);
    const { chunks, makespan } = simulateSplit({ scheme: 'adaptive', costs, speeds: [1, 1], overhead: 0.05 });
    expect((chunks.length * 0.05) / (2 * makespan)).toBeLessThan(0.1);
  });
});
