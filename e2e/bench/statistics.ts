import { seeded } from '../tools/seeded.ts';

/** The value below which a share of the values lies; between two of them it is interpolated. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

const resamples = 2000;
const seed = 20_261_122;

/** The 90 % interval of the median, from seeded resamples of the values (percentile bootstrap). */
export const medianInterval = (values: readonly number[]): [low: number, high: number] => {
  const random = seeded(seed);
  const pick = (): number => values[Math.floor(random() * values.length)] ?? Number.NaN;
  const medians = Array.from({ length: resamples }, () => median(values.map(pick)));
  return [quantile(medians, 0.05), quantile(medians, 0.95)];
};
