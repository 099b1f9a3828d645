import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resample } from './resample.ts';

const tone = (hertz: number, rate: number, seconds = 0.5): Float32Array =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, index) => Math.sin((2 * Math.PI * hertz * index) / rate));

/** Loudness of the middle, where the ends play no part. */
const loudness = (samples: Float32Array): number => {
  const middle = samples.subarray(samples.length >> 2, (3 * samples.length) >> 2);
  return Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length);
};

test.each([8000, 11_025, 22_050, 32_000, 44_056, 44_100, 48_000, 96_000])(
  'a tone at %i samples a second is the same tone at 16 kHz',
  (rate) => {
    const given = resample(tone(440, rate), rate, 16_000);
    const wanted = tone(440, 16_000);
    expect(Math.abs(given.length - wanted.length)).toBeLessThanOrEqual(1);
    const from = 1000;
    const error = Math.max(...given.subarray(from, -from).map((value, index) => Math.abs(value - (wanted[from + index] ?? 0))));
    expect(error).toBeLessThan(0.003);
  },
);

test.each([
  [48_000, 10_000],
  [44_100, 12_000],
  [96_000, 20_000],
])('of %i samples a second, %i Hz does not fold back into what is heard', (rate, hertz) => {
  expect(loudness(resample(tone(hertz, rate), rate, 16_000))).toBeLessThan(0.001);
});

test('the same rate is left alone, and steady sound stays as loud', () => {
  const samples = tone(440, 16_000);
  expect(resample(samples, 16_000, 16_000)).toBe(samples);
  fc.assert(
    fc.property(fc.integer({ min: 4000, max: 96_000 }), (rate) => {
      const steady = resample(new Float32Array(rate >> 1).fill(0.5), rate, 16_000);
      expect(steady[4000]).toBeCloseTo(0.5, 4);
    }),
    { numRuns: 20 },
  );
});

test('a sound of one sample is still a sound', () => {
  expect(resample(Float32Array.of(0.5), 48_000, 16_000)).toHaveLength(1);
});
