import { expect, test } from 'vitest';
import { cutCrop } from './cut-crop.ts';
import type { Picture } from './picture.ts';

/** Red grows to the right, green downwards. */
const slope: Picture = {
  width: 100,
  height: 80,
  pixels: Uint8Array.from({ length: 100 * 80 * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return [2 * (pixel % 100), 3 * Math.floor(pixel / 100), 7][index % 3] ?? 0;
  }),
};
const at = (picture: Picture, x: number, y: number): number[] => [
  ...picture.pixels.subarray(3 * (y * picture.width + x), 3 * (y * picture.width + x) + 3),
];

test('an upright part is cut as it is', () => {
  const crop = cutCrop(slope, [[10, 20], [50, 20], [50, 40], [10, 40]], 40, 20); // prettier-ignore
  expect(at(crop, 0, 0)).toEqual([21, 62, 7]);
  expect(at(crop, 39, 19)).toEqual([99, 119, 7]);
});

test('a part cut with its corners moved on by a quarter is turned', () => {
  const crop = cutCrop(slope, [[50, 20], [50, 40], [10, 40], [10, 20]], 20, 40); // prettier-ignore
  expect(at(crop, 0, 0)).toEqual([99, 62, 7]);
  expect(at(crop, 19, 39)).toEqual([21, 119, 7]);
});

test('what is made smaller is the mean of what it covers', () => {
  const stripes: Picture = { ...slope, pixels: slope.pixels.map((_, index) => (Math.floor(index / 3) % 2 === 0 ? 0 : 200)) };
  const crop = cutCrop(stripes, [[-0.5, 0], [79.5, 0], [79.5, 40], [-0.5, 40]], 20, 10); // prettier-ignore
  expect(new Set(crop.pixels.filter((_, index) => index % 3 === 0))).toEqual(new Set([100]));
});

test('beyond the border the border goes on', () => {
  const crop = cutCrop(slope, [[-50, -50], [-10, -50], [-10, -10], [-50, -10]], 4, 4); // prettier-ignore
  expect(at(crop, 3, 3)).toEqual([0, 0, 7]);
});
