import { expect, test } from 'vitest';
import { areaPath, curvePath, formatPosition, leastSureFirst, polygonPoints, segmentAt, timeTicks, wavePath } from './result-geometry.ts';

test('a box is drawn through its corners', () =>
  expect(
    polygonPoints([
      [0, 0],
      [10, 1],
      [10, 5],
      [0, 4],
    ]),
  ).toBe('0,0 10,1 10,5 0,4'));

test('the least sure come first and equals keep their order', () =>
  expect(leastSureFirst([{ score: 0.9 }, { score: 0.4 }, { score: 0.9 }, { score: 0.5 }])).toEqual([1, 3, 0, 2]));

test('a wave reaches as far as its peaks, and silence still shows', () =>
  expect(wavePath([0.5, 0, 2])).toBe('M0.5 0.5V1.5M1.5 0.98V1.02M2.5 0V2'));

test('a curve runs through the middle of each slice, and its area stands on the axis', () => {
  expect(curvePath([0, 1, 0.25])).toBe('M0.5 1L1.5 0L2.5 0.75');
  expect(areaPath([0, 1])).toBe('M0.5 1L1.5 0V1H0.5Z');
  expect(areaPath([])).toBe('');
});

test('ticks are round and few', () => {
  expect(timeTicks(7.6, 6)).toEqual([0, 2, 4, 6]);
  expect(timeTicks(192, 6)).toEqual([0, 60, 120, 180]);
  expect(timeTicks(0.6, 6)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
});

test.each([
  [0, '0:00.0'],
  [57.64, '0:57.6'],
  [59.97, '1:00.0'],
  [3725, '1:02:05.0'],
])('%d s is the position %s', (seconds, text) => expect(formatPosition(seconds)).toBe(text));

test('a moment between two segments is in none', () => {
  const segments = [
    { startSeconds: 1, endSeconds: 2 },
    { startSeconds: 3, endSeconds: 4 },
  ];
  expect([0.5, 1, 1.99, 2, 3.5].map((at) => segmentAt(segments, at))).toEqual([undefined, 0, 0, undefined, 1]);
});
