import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRegions } from './find-regions.ts';

const draw = (rows: readonly string[]) => ({
  values: rows.flatMap((row) => [...row].map((mark) => (mark === '#' ? 0.9 : 0.1))),
  width: rows[0]?.length ?? 0,
  height: rows.length,
});
const regionsOf = (...rows: string[]) => {
  const { values, width, height } = draw(rows);
  return findRegions(values, width, height, 0.3);
};

test('pixels that touch at a corner hang together, others do not', () => {
  const regions = regionsOf('##...#', '..#..#', '......', '#.....');
  expect(regions.map(({ pixels }) => pixels)).toEqual([3, 2, 1]);
});

test('a region is told by both ends of each of its rows', () => {
  const [region] = regionsOf('.###.', '..#..');
  expect(region?.ends).toEqual([
    [1, 0],
    [3, 0],
    [2, 1],
  ]);
});

test('a threshold itself is not above it', () => {
  expect(findRegions([0.3, 0.31], 2, 1, 0.3).map(({ ends }) => ends)).toEqual([[[1, 0]]]);
});

test('every pixel above the threshold is in exactly one region, and no region touches another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.boolean(), { minLength: 1, maxLength: 120 }), (width, marks) => {
      const height = Math.ceil(marks.length / width);
      const values = Array.from({ length: width * height }, (_, index) => (marks[index] === true ? 1 : 0));
      const regions = findRegions(values, width, height, 0.5);
      expect(regions.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(marks.filter(Boolean).length);
      // Painting one region away must leave the number of the others as it was.
      const [first] = regions;
      if (first === undefined) return;
      const rest = values.slice();
      const stack = first.ends.map(([x, y]) => y * width + x);
      for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
        if (rest[index] !== 1) continue;
        rest[index] = 0;
        const [x, y] = [index % width, Math.floor(index / width)];
        for (const [dx, dy] of [-1, 0, 1].flatMap((a) => [-1, 0, 1].map((b) => [a, b] as const))) {
          if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height) stack.push((y + dy) * width + x + dx);
        }
      }
      expect(rest.filter((value) => value === 1)).toHaveLength(marks.filter(Boolean).length - first.pixels);
      expect(findRegions(rest, width, height, 0.5)).toEqual(regions.slice(1));
    }),
  );
});
