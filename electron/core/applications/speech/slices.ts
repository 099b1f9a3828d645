/** More slices than this no screen shows. */
const mostSlices = 1000;

export const sliceCount = (windows: number): number => Math.max(1, Math.min(mostSlices, windows));

/** The loudest absolute sample in each of equal slices. */
export const peaksOf = (samples: Float32Array, slices: number): number[] =>
  eachSlice(samples.length, slices, (start, end) => {
    let peak = 0;
    for (let index = start; index < end; index += 1) peak = Math.max(peak, Math.abs(samples[index] ?? 0));
    return round(peak);
  });

/** The mean value in each of equal slices. */
export const meansOf = (values: Float32Array, slices: number): number[] =>
  eachSlice(values.length, slices, (start, end) => {
    let sum = 0;
    for (let index = start; index < end; index += 1) sum += values[index] ?? 0;
    return round(sum / (end - start));
  });

/** Every slice holds at least one value. */
const eachSlice = (length: number, slices: number, measure: (start: number, end: number) => number): number[] =>
  Array.from({ length: slices }, (_, slice) => {
    const start = Math.min(length - 1, Math.floor((slice * length) / slices));
    return measure(start, Math.max(start + 1, Math.floor(((slice + 1) * length) / slices)));
  });

/** Four places are finer than a pixel, and keep the message small. */
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
