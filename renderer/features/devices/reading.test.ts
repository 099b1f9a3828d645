import { expect, test } from 'vitest';
import { deviceOf } from './test-devices.ts';
import { mergeReadings, readingOf, readingOfSample, readingsOf } from './reading.ts';

const at = (...seconds: number[]) => seconds.map((second) => ({ at: second * 1000 }));
const keptMs = 900_000;

test('a new reading goes to the end', () => expect(mergeReadings(at(1, 2), at(3), keptMs)).toEqual(at(1, 2, 3)));

test('history that comes after the first live readings is put before them, each moment once', () =>
  expect(mergeReadings(at(5, 6), at(3, 4, 5), keptMs)).toEqual(at(3, 4, 5, 6)));

test('what is older than the window is forgotten', () => expect(mergeReadings(at(1, 500), at(1000), keptMs)).toEqual(at(500, 1000)));

test('a device is read at the moment of the sample it came with, and what it lacks stays absent', () => {
  const gpu = deviceOf('gpu0', { utilization: 40, memory: { totalBytes: 10, usedBytes: 4 } });
  expect(readingOf(gpu, 7)).toMatchObject({ at: 7, utilization: 40, memoryUsedBytes: 4, powerW: undefined });
});

test('the used disk is known only where both its size and what is free were read', () => {
  expect(readingOfSample({ at: 1, diskTotalBytes: 10, diskFreeBytes: 4 }).diskUsedBytes).toBe(6);
  expect(readingOfSample({ at: 1, diskTotalBytes: 10 }).diskUsedBytes).toBeUndefined();
});

test('series of several quantities become readings; a quantity that lacks a moment is absent then', () => {
  const readings = readingsOf([
    {
      quantity: 'utilization',
      points: [
        { at: 2, mean: 5, max: 9 },
        { at: 1, mean: 4, max: 4 },
      ],
    },
    { quantity: 'powerW', points: [{ at: 2, mean: 100, max: 120 }] },
  ]);
  expect(readings).toEqual([
    { at: 1, utilization: 4, most: { utilization: 4 } },
    { at: 2, utilization: 5, powerW: 100, most: { utilization: 9, powerW: 120 } },
  ]);
});
