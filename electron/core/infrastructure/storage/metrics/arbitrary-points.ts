import fc from 'fast-check';
import type { Point } from './points.ts';

/** Measurements of whole seconds in the order of time, with gaps. */
export const arbitraryPoints = (options: { maxLength?: number; maxGapSeconds?: number } = {}): fc.Arbitrary<Point[]> =>
  fc
    .array(
      fc.record({
        gap: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: options.maxGapSeconds ?? 5000 })),
        weight: fc.integer({ min: 1, max: 60 }),
        mean: fc.integer({ min: -500, max: 2 ** 40 }),
        above: fc.integer({ min: 0, max: 2 ** 20 }),
      }),
      { maxLength: options.maxLength ?? 100 },
    )
    .map((steps) => {
      let at = 1_800_000_000_000;
      return steps.map(({ gap, weight, mean, above }) => ({ at: (at += gap * 1000), weight, mean, max: mean + above }));
    });
