import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convexHull, cornersOf, grow, smallestRectangle, type Point, type Rectangle } from './rectangle.ts';

const coordinate = fc.integer({ min: -500, max: 500 });
const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 });
const rectangle = fc.record({
  center: fc.tuple(coordinate, coordinate),
  width: fc.double({ min: 20, max: 300, noNaN: true }),
  height: fc.double({ min: 2, max: 15, noNaN: true }),
  angle: fc.double({ min: -0.78, max: 0.78, noNaN: true }),
});

const isInside = ([x, y]: Point, { center, width, height, angle }: Rectangle): boolean => {
  const [dx, dy] = [x - center[0], y - center[1]];
  const along = dx * Math.cos(angle) + dy * Math.sin(angle);
  const across = dy * Math.cos(angle) - dx * Math.sin(angle);
  return Math.abs(along) <= width / 2 + 1e-6 && Math.abs(across) <= height / 2 + 1e-6;
};

describe('the smallest rectangle', () => {
  test('holds every point and is never larger than the upright box', () => {
    fc.assert(
      fc.property(points, (all) => {
        const found = smallestRectangle(all);
        expect(all.every((point) => isInside(point, found))).toBe(true);
        const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
        const upright = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
        expect(found.width * found.height).toBeLessThanOrEqual(upright + 1e-6);
      }),
    );
  });

  test('around the corners of a rectangle is that rectangle', () => {
    fc.assert(
      fc.property(rectangle, (given) => {
        const found = smallestRectangle(cornersOf(given));
        expect(found.width).toBeCloseTo(given.width, 4);
        expect(found.height).toBeCloseTo(given.height, 4);
        expect(found.angle).toBeCloseTo(given.angle, 4);
        expect(found.center[0]).toBeCloseTo(given.center[0], 4);
        expect(found.center[1]).toBeCloseTo(given.center[1], 4);
      }),
    );
  });

  test('keeps its middle and moves every side when it grows', () => {
    fc.assert(
      fc.property(rectangle, fc.double({ min: 0.5, max: 20, noNaN: true }), (given, distance) => {
        const grown = grow(given, distance);
        expect(cornersOf(given).every((corner) => isInside(corner, grown))).toBe(true);
        expect(grown).toEqual({ ...given, width: given.width + 2 * distance, height: given.height + 2 * distance });
      }),
    );
  });
});

test('corners run clockwise from the top left', () => {
  expect(cornersOf({ center: [10, 20], width: 8, height: 4, angle: 0 })).toEqual([
    [6, 18],
    [14, 18],
    [14, 22],
    [6, 22],
  ]);
});

test('a convex hull turns one way only and leaves no point outside', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 60 }), (all) => {
      const hull = convexHull(all);
      const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
      const sides = hull.map((from, index) => [from, hull[(index + 1) % hull.length] ?? from] as const);
      if (hull.length < 3) return;
      expect(sides.every(([from, to]) => all.every((point) => turn(from, to, point) >= 0))).toBe(true);
    }),
  );
});
