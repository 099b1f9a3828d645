import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duesOf, stepWeight } from './group-shares.ts';
import { groupOf } from './test-groups.ts';

test('what is due follows the weights, in parts of parts', () => {
  const dues = duesOf([
    groupOf('lab', { weight: 3, sharePercent: 70 }),
    groupOf('lab/alice', { weight: 2 }),
    groupOf('lab/bob', { weight: 1 }),
    groupOf('nightly', { weight: 1, sharePercent: 10 }),
  ]);
  expect([...dues].map(([name, { duePercent }]) => [name, Math.round(duePercent)])).toEqual([
    ['lab', 75],
    ['lab/alice', 50],
    ['lab/bob', 25],
    ['nightly', 25],
  ]);
  expect(dues.get('lab')?.overPoints).toBeCloseTo(-5);
  expect(dues.get('nightly')?.overPoints).toBeCloseTo(-15);
});

test('what is due to the groups of the first level is the whole machine', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 }), (weights) => {
      const dues = duesOf(weights.map((weight, index) => groupOf(`group-${index}`, { weight })));
      expect([...dues.values()].reduce((sum, { duePercent }) => sum + duePercent, 0)).toBeCloseTo(100, 6);
    }),
  );
});

test('a weight is stepped up and down and never comes to nothing', () => {
  expect([1, 2, 2.5, 0.25].map((weight) => stepWeight(weight, 1))).toEqual([2, 3, 3, 0.5]);
  expect([3, 2.5, 1, 0.5].map((weight) => stepWeight(weight, -1))).toEqual([2, 2, 0.5, 0.25]);
});
