import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryPoints } from './arbitrary-points.ts';
import { inSteps, jobPointsMost, thinJobPoints, type Point } from './points.ts';

const weightOf = (points: readonly Point[]): number => points.reduce((sum, { weight }) => sum + weight, 0);
const sumOf = (points: readonly Point[]): number => points.reduce((sum, { mean, weight }) => sum + mean * weight, 0);
const close = (value: number, to: number): void => expect(Math.abs(value - to)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(to)));

describe('coarser points', () => {
  const steps = fc.constantFrom(10_000, 60_000, 3_600_000);

  test('keep the number of measurements, their sum and the highest of them', () => {
    fc.assert(
      fc.property(arbitraryPoints(), steps, (points, step) => {
        const merged = inSteps(points, step);
        expect(weightOf(merged)).toBe(weightOf(points));
        close(sumOf(merged), sumOf(points));
        if (points.length > 0) expect(Math.max(...merged.map(({ max }) => max))).toBe(Math.max(...points.map(({ max }) => max)));
      }),
    );
  });

  test('are the same whether they were made at once or from finer ones', () => {
    fc.assert(
      fc.property(arbitraryPoints(), (points) => {
        const [direct, twice] = [inSteps(points, 60_000), inSteps(inSteps(points, 10_000), 60_000)];
        expect(twice.map(({ at, weight, max }) => ({ at, weight, max }))).toEqual(
          direct.map(({ at, weight, max }) => ({ at, weight, max })),
        );
        for (const [index, { mean }] of twice.entries()) close(mean, direct[index]?.mean ?? Number.NaN);
      }),
    );
  });

  test('are not made for a stretch in which nothing was measured', () => {
    fc.assert(
      fc.property(arbitraryPoints(), steps, (points, step) => {
        const measured = new Set(points.map(({ at }) => Math.floor(at / step) * step));
        expect(inSteps(points, step).map(({ at }) => at)).toEqual([...measured]);
      }),
    );
  });
});

describe('points of a job', () => {
  const every = (seconds: number, count: number): Point[] =>
    Array.from({ length: count }, (_, index) => ({ at: index * seconds * 1000, weight: 1, mean: index, max: index }));

  test('are seconds for an hour and then 10 seconds', () => {
    const { stepMs, points } = thinJobPoints(every(1, 2 * 3600));
    expect(stepMs).toBe(10_000);
    expect(points).toHaveLength(3600 + 360);
    expect(points[3599]?.at).toBe(3_599_000);
    expect(points[3601]?.at).toBe(3_610_000);
  });

  test('are never more than 5,000, however long it runs and however often they are thinned', () => {
    let points: Point[] = [];
    for (let hour = 0; hour < 100; hour += 1) {
      const more = every(1, 3600).map((point) => ({ ...point, at: point.at + hour * 3_600_000 }));
      ({ points } = thinJobPoints([...points, ...more]));
      expect(points.length).toBeLessThanOrEqual(jobPointsMost);
    }
    expect(weightOf(points)).toBe(100 * 3600);
    expect(points.slice(0, 3600).every(({ weight }) => weight === 1)).toBe(true);
  });

  test('lose no measurement', () => {
    fc.assert(
      fc.property(arbitraryPoints({ maxLength: 300, maxGapSeconds: 600 }), (points) => {
        expect(weightOf(thinJobPoints(points).points)).toBe(weightOf(points));
      }),
    );
  });
});
