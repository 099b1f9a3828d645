import { describe, expect, test } from 'vitest';
import { median, medianInterval, quantile } from './statistics.ts';

describe('quantiles', () => {
  test('the median of an even number of values lies between the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test('the ends are the least and the greatest value', () => {
    expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1)]).toEqual([1, 3]);
  });
});

describe('the interval of a median', () => {
  test('is the same for the same values, and holds the median', () => {
    const values = [1.02, 0.97, 1.01, 0.99, 1.05, 0.96, 1];
    const [low, high] = medianInterval(values);
    expect(medianInterval(values)).toEqual([low, high]);
    expect(low).toBeLessThanOrEqual(median(values));
    expect(high).toBeGreaterThanOrEqual(median(values));
    expect(low).toBeGreaterThanOrEqual(Math.min(...values));
    expect(high).toBeLessThanOrEqual(Math.max(...values));
  });

  test('is a point when all values are the same', () => {
    expect(medianInterval([2, 2, 2])).toEqual([2, 2]);
  });
});
