import { createByteReader, createByteWriter } from './pack-integers.ts';
import type { Point } from './points.ts';

const secondMs = 1000;

/**
 * Points as bytes, column by column as differences: times that follow each other regularly, weights and values that stay the same
 * take next to nothing. Times are whole seconds from `baseMs` on; means are rounded.
 */
export const packPoints = (points: readonly Point[], baseMs: number): Uint8Array => {
  const writer = createByteWriter();
  writer.integer(points.length);
  writer.integers(differences(differences(points.map(({ at }) => Math.floor((at - baseMs) / secondMs)))));
  writer.integers(differences(points.map(({ weight }) => weight)));
  const means = points.map(({ mean }) => Math.round(mean));
  writer.integers(differences(means));
  writer.integers(points.map(({ max }, index) => max - (means[index] ?? 0)));
  return writer.bytes();
};

export const unpackPoints = (bytes: Uint8Array, baseMs: number): Point[] => {
  const reader = createByteReader(bytes);
  const count = reader.integer();
  const seconds = sums(sums(reader.integers(count)));
  const weights = sums(reader.integers(count));
  const means = sums(reader.integers(count));
  return reader.integers(count).map((above, index) => {
    const mean = means[index] ?? 0;
    return { at: baseMs + (seconds[index] ?? 0) * secondMs, weight: weights[index] ?? 0, mean, max: mean + above };
  });
};

const differences = (values: readonly number[]): number[] => values.map((value, index) => value - (values[index - 1] ?? 0));

const sums = (values: readonly number[]): number[] => {
  let sum = 0;
  return values.map((value) => (sum += value));
};
