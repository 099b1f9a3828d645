/** Zero crossings of the sinc on each side: 16 keep what would fold back below -70 dB. */
const crossings = 16;
/** The pass band ends a little below half the lower rate, where the window needs room to fall. */
const passBand = 0.92;
/** Rates without a common measure share this many filters; the error in time is below 1 µs at 8 kHz. */
const mostPhases = 1024;

/** The same sound at another rate, through a windowed-sinc low-pass, so that nothing folds back. */
export const resample = (samples: Float32Array, from: number, to: number): Float32Array => {
  if (from === to) return samples;
  const phases = Math.min(to / greatestCommonDivisor(from, to), mostPhases);
  const cutoff = passBand * Math.min(1, to / from);
  const reach = Math.ceil(crossings / cutoff);
  const filters = Array.from({ length: phases }, (_, phase) => filterFor(phase / phases, cutoff, reach));
  const output = new Float32Array(Math.max(1, Math.round((samples.length * to) / from)));
  for (let index = 0; index < output.length; index += 1) {
    const position = (index * from) / to;
    const rounded = Math.round((position % 1) * phases);
    // A fraction that rounds up to one belongs to the next sample.
    const center = Math.floor(position) + (rounded === phases ? 1 : 0);
    output[index] = convolve(samples, filters[rounded % phases] ?? samples, center - reach + 1);
  }
  return output;
};

const convolve = (samples: Float32Array, filter: Float32Array, start: number): number => {
  const first = Math.max(0, -start);
  const last = Math.min(filter.length, samples.length - start);
  let sum = 0;
  for (let tap = first; tap < last; tap += 1) sum += (samples[start + tap] ?? 0) * (filter[tap] ?? 0);
  return sum;
};

/** The taps around a place that lies `fraction` of a sample after its centre; they add up to 1, so that loudness stays. */
const filterFor = (fraction: number, cutoff: number, reach: number): Float32Array => {
  const taps = Float64Array.from({ length: 2 * reach }, (_, tap) => {
    const distance = tap - reach + 1 - fraction;
    return sinc(distance * cutoff) * blackman(distance / reach);
  });
  const sum = taps.reduce((total, value) => total + value, 0);
  return Float32Array.from(taps, (value) => value / sum);
};

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const blackman = (x: number): number => (Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x));

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
