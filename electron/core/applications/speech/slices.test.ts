import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meansOf, peaksOf, sliceCount } from './slices.ts';

test('there are as many slices as windows, but no more than 1,000', () => {
  expect([0, 1, 999, 5000].map(sliceCount)).toEqual([1, 1, 999, 1000]);
});

test('slices give the loudest sample and the mean probability', () => {
  expect(peaksOf(Float32Array.of(0.1, -0.5, 0.25, 0), 2)).toEqual([0.5, 0.25]);
  expect(meansOf(Float32Array.of(0.5, 1, 0.25, 0.25), 2)).toEqual([0.75, 0.25]);
});

test('no peak is lost, also when there are more slices than samples', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, noNaN: true, min: -1, max: 1 }), fc.integer({ min: 1, max: 50 }), (samples, slices) => {
      const peaks = peaksOf(samples, slices);
      expect(peaks).toHaveLength(slices);
      expect(Math.max(...peaks)).toBeCloseTo(Math.max(...samples.map(Math.abs)), 4);
    }),
  );
});
