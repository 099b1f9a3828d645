import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparable, utilizationOf, type Used } from './utilization.ts';

const part: fc.Arbitrary<Used> = fc
  .record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    total: fc.integer({ min: 1, max: 2 ** 40 }),
    seconds: fc.integer({ min: 1, max: 30 * 86_400 }),
  })
  .map(({ share, total, seconds }) => ({ used: share * total, total, seconds }));
const parts = fc.array(part, { minLength: 1, maxLength: 20 });
const ratioOf = (given: readonly Used[]): number => utilizationOf(given)?.ratio ?? Number.NaN;
const alike = (value: number, to: number): void => expect(Math.abs(value - to)).toBeLessThan(1e-9 * Math.max(1, to));

test('a large idle device outweighs a small busy one', () => {
  const parts = [
    { used: 1, total: 1, seconds: 60 },
    { used: 0, total: 99, seconds: 60 },
  ];
  // The mean of the percentages would be 50.
  expect(utilizationOf(parts)).toEqual({ used: 60, total: 6000, ratio: 0.01 });
});

test('nothing measured is nothing, not 0', () => {
  expect(utilizationOf([])).toBeUndefined();
  expect(utilizationOf([{ used: 0, total: 8, seconds: 0 }])).toBeUndefined();
});

describe('whatever was measured', () => {
  test('lies between none and all, and between the least and the most used part', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const ratio = ratioOf(given);
        const ratios = given.map(({ used, total }) => used / total);
        expect(ratio).toBeGreaterThanOrEqual(Math.min(...ratios) - 1e-9);
        expect(ratio).toBeLessThanOrEqual(Math.max(...ratios) + 1e-9);
        expect(ratio).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test('is the same in any order and cut into any stretches of time', () => {
    fc.assert(
      fc.property(parts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (given, cut) => {
        const pieces = given.flatMap((one) => [
          { ...one, seconds: one.seconds * cut },
          { ...one, seconds: one.seconds * (1 - cut) },
        ]);
        alike(ratioOf(pieces.toReversed()), ratioOf(given));
      }),
    );
  });

  test('does not depend on the unit of the resource', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom(1000, 1024, 0.001), (given, unit) => {
        const scaled = given.map((one) => ({ ...one, used: one.used * unit, total: one.total * unit }));
        alike(ratioOf(scaled), ratioOf(given));
      }),
    );
  });

  test('of two halves joined is between the two', () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const [a, b, both] = [ratioOf(left), ratioOf(right), ratioOf([...left, ...right])];
        expect(both).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-9);
        expect(both).toBeLessThanOrEqual(Math.max(a, b) + 1e-9);
      }),
    );
  });
});

describe('busy time of several devices', () => {
  const busy = (name: string, used: number, gflops?: number) => ({ name, used, total: 1, seconds: 60, gflops });
  const ratioOf = (devices: Parameters<typeof comparable>[0]): number | undefined => {
    const parts = comparable(devices);
    return parts && utilizationOf(parts)?.ratio;
  };

  test('of one name counts alike, measured or not', () => {
    expect(ratioOf([busy('A', 1), busy('A', 0)])).toBe(0.5);
    expect(ratioOf([busy('A', 1, 300), busy('A', 0, 100)])).toBe(0.5);
  });

  test('of unlike devices counts by what they can do', () => {
    expect(ratioOf([busy('A', 1, 300), busy('B', 0, 100)])).toBeCloseTo(0.75);
    expect(ratioOf([busy('A', 0, 300), busy('B', 1, 100)])).toBeCloseTo(0.25);
    // As many device-seconds as there were.
    expect(comparable([busy('A', 1, 300), busy('B', 0, 100)])?.reduce((sum, { total }) => sum + total, 0)).toBeCloseTo(2);
  });

  test('is not told where one of unlike devices was never measured', () => {
    expect(ratioOf([busy('A', 1, 300), busy('B', 0)])).toBeUndefined();
  });
});
