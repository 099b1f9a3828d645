import { expect, test } from 'vitest';
import type { ScheduleFigures } from '../../../shared/model/plan.ts';
import { compareFigures, type PolicyFigures } from './figures.ts';

const figures = (change: Partial<ScheduleFigures>): ScheduleFigures => ({
  jobs: 10,
  makespanSeconds: 100,
  utilization: {},
  missedDeadlines: 0,
  groups: [],
  ...change,
});
const tried: readonly PolicyFigures[] = [
  { policy: 'fifo', figures: figures({ meanWaitSeconds: 60, fairness: 0.5, utilization: { cores: 0.9, gpu: 0.5 } }) },
  { policy: 'priority', figures: figures({ meanWaitSeconds: 40, fairness: 0.9, utilization: { cores: 0.9, gpu: 0.5 } }) },
  { policy: 'fair', figures: figures({ meanWaitSeconds: 40.2, missedDeadlines: 2 }) },
];

test('the best of a column is marked, also when several are as good, and nobody where all are alike', () => {
  const cells = compareFigures(tried, 'fifo');
  const best = (name: 'meanWait' | 'fairness' | 'makespan' | 'missed') =>
    [...cells].filter(([, row]) => row[name].isBest).map(([policy]) => policy);
  expect(best('meanWait')).toEqual(['priority', 'fair']);
  expect(best('fairness')).toEqual(['priority']);
  expect(best('missed')).toEqual(['fifo', 'priority']);
  expect(best('makespan')).toEqual([]);
});

test('differences are against the policy in use, and more is better only where it is', () => {
  const cells = compareFigures(tried, 'fifo');
  expect(cells.get('priority')?.meanWait).toMatchObject({ value: 40, difference: -20, isBetter: true });
  expect(cells.get('priority')?.fairness).toMatchObject({ isBetter: true });
  expect(cells.get('fair')?.missed).toMatchObject({ difference: 2, isBetter: false });
  expect(cells.get('fifo')?.meanWait.difference).toBeUndefined();
  expect(cells.get('priority')?.makespan.difference).toBeUndefined();
});

test('a small part of a large figure is no difference, and without jobs nothing is compared', () => {
  const long = (policy: 'fifo' | 'fair', meanWaitSeconds: number): PolicyFigures => ({ policy, figures: figures({ meanWaitSeconds }) });
  const cells = compareFigures([long('fifo', 10_000), long('fair', 10_020)], 'fifo');
  expect(cells.get('fair')?.meanWait).toMatchObject({ difference: undefined, isBest: false });
  expect(compareFigures([{ policy: 'fifo', figures: figures({ jobs: 0 }) }], 'fifo').size).toBe(0);
});

test('bars are drawn to the largest of their column, and what was not measured has none', () => {
  const cells = compareFigures(tried, undefined);
  expect(cells.get('fifo')?.meanWait.part).toBe(1);
  expect(cells.get('priority')?.meanWait.part).toBeCloseTo(2 / 3);
  expect(cells.get('fair')?.fairness).toMatchObject({ value: undefined, part: 0, isBest: false, difference: undefined });
  expect(cells.get('fifo')?.busy.value).toBeCloseTo(0.7);
});
