import { expect, test } from 'vitest';
import { bandOf, byStretch, holesIn, mean, sampleAt, seriesOf } from './series.ts';

const samples = [
  { at: 1000, load: 5 },
  { at: 2000, load: undefined },
  { at: 3000, load: 7 },
  { at: 9000, load: 9 },
];

test('missing samples break the line, and a value that was not read is missing too', () => {
  expect(seriesOf(samples, [({ load }) => load])).toEqual({ times: [1, 2, 3, 3.001, 9], lines: [[5, null, 7, null, 9]] });
});

test('a hole lies between two samples that are too far apart', () =>
  expect(holesIn(samples, ({ load }) => load)).toEqual([{ from: 3000, to: 9000 }]));

test('samples without a value are one hole, which stays open while none comes', () => {
  const lost = [1, 2, 3, 4, 5, 6, 7].map((second) => ({ at: second * 1000, load: second <= 2 ? 50 : undefined }));
  expect(holesIn(lost, ({ load }) => load)).toEqual([{ from: 2000, to: 7000, isOpen: true }]);
  expect(holesIn([...lost, { at: 8000, load: 9 }], ({ load }) => load)).toEqual([{ from: 2000, to: 8000 }]);
  expect(holesIn(lost.slice(2), ({ load }) => load)).toEqual([]);
});

test('coarser samples have a hole only where more than one of them is missing', () => {
  const minutes = [{ at: 0 }, { at: 60_000 }, { at: 240_000 }];
  expect(holesIn(minutes, ({ at }) => at, 60_000)).toEqual([{ from: 60_000, to: 240_000 }]);
  expect(sampleAt(minutes, 100_000, 60_000)?.at).toBe(60_000);
});

test('the crosshair reads the nearest sample, and none in a hole', () => {
  expect(sampleAt(samples, 2400)?.at).toBe(2000);
  expect(sampleAt(samples, 8000)?.at).toBe(9000);
  expect(sampleAt(samples, 6000)).toBeUndefined();
  expect(sampleAt([], 1)).toBeUndefined();
});

test('the table has a row for each stretch of time, the latest first', () => {
  const rows = byStretch([{ at: 59_000 }, { at: 60_000 }, { at: 61_000 }], 60_000);
  expect(rows.map(({ at, samples: inside }) => [at, inside.length])).toEqual([
    [60_000, 2],
    [0, 1],
  ]);
});

test('the mean leaves out what was not read', () => {
  expect(mean([1, undefined, 3])).toBe(2);
  expect(mean([undefined])).toBeUndefined();
});

test('load bands change at 60 and 85 percent', () => expect([0, 59.9, 60, 84.9, 85, 100].map(bandOf)).toEqual([1, 1, 2, 2, 3, 3]));
