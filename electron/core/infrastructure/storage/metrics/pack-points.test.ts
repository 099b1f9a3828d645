import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryPoints } from './arbitrary-points.ts';
import { packPoints, unpackPoints } from './pack-points.ts';

test('points are read as they were written', () => {
  fc.assert(
    fc.property(arbitraryPoints(), fc.constantFrom(0, 1_800_000_000_000), (points, base) => {
      expect(unpackPoints(packPoints(points, base), base)).toEqual(points);
    }),
  );
});

test('an hour of minutes in which nothing changes takes a few bytes', () => {
  const points = Array.from({ length: 60 }, (_, minute) => ({ at: minute * 60_000, weight: 60, mean: 123_456, max: 123_456 }));
  expect(packPoints(points, 0).length).toBeLessThan(24);
});
