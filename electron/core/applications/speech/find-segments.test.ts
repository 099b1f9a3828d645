import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSegments } from './find-segments.ts';

const size = 512;
/** Runs of windows of the same probability. */
const windows = (...runs: [count: number, probability: number][]): number[] =>
  runs.flatMap(([count, probability]) => Array.from({ length: count }, () => probability));
const spans = (probabilities: readonly number[]) =>
  findSegments(probabilities, size, probabilities.length * size).map(({ start, end }) => [start, end]);

describe('speech', () => {
  test('is what stays above the threshold, padded by 30 ms on both sides', () => {
    expect(findSegments(windows([20, 0], [20, 0.75], [20, 0]), size, 60 * size)).toEqual([
      { start: 20 * size - 480, end: 40 * size + 480, score: (20 * 0.75) / 22 },
    ]);
  });

  test('shorter than 250 ms is a noise', () => {
    expect(spans(windows([20, 0], [7, 0.9], [20, 0]))).toEqual([]);
    expect(spans(windows([20, 0], [8, 0.9], [20, 0]))).toHaveLength(1);
  });

  test('goes on through a pause shorter than 100 ms', () => {
    expect(spans(windows([10, 0.9], [4, 0], [10, 0.9]))).toHaveLength(1);
    expect(spans(windows([10, 0.9], [5, 0], [10, 0.9]))).toHaveLength(2);
  });

  test('goes on while the model is in doubt, but does not begin so', () => {
    expect(spans(windows([10, 0.9], [20, 0.4], [10, 0]))).toEqual([[0, 30 * size + 480]]);
    expect(spans(windows([20, 0.4]))).toEqual([]);
  });

  test('at the very end of the sound ends with it', () => {
    expect(spans(windows([10, 0], [10, 0.9]))).toEqual([[10 * size - 480, 20 * size]]);
  });
});

test('segments are in order, apart from each other and within the sound, whatever was heard', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true }))), (runs) => {
      const probabilities = windows(...runs);
      const total = probabilities.length * size - (probabilities.length > 0 ? 100 : 0);
      const found = findSegments(probabilities, size, total);
      let last = 0;
      for (const { start, end, score } of found) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(score).toBeGreaterThan(0);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(total);
    }),
  );
});
