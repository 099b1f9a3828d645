import type { Expected } from './predictor.ts';

/**
 * What a job takes that several devices share, from what each of them would take for all of it: as they divide it while they run, all end at
 * one time, and who would begin later than that does nothing. Pure; needs at least one.
 */
export const together = (alone: readonly Expected[]): Expected => {
  const [fastest] = alone.toSorted((a, b) => a.p50 - b.p50);
  if (!fastest) throw new Error('a divided job has no devices');
  const { from, samples } = fastest;
  return { p50: endOf(alone, ({ p50 }) => p50), p90: endOf(alone, ({ p90 }) => p90), from, samples };
};

/** The end T at which the parts of the job, (T − start-up) ÷ time for its work, add up to all of it. */
const endOf = (alone: readonly Expected[], amountOf: (one: Expected) => number): number => {
  const devices = alone
    .map((one) => ({ startUp: one.startUp ?? 0, work: Math.max(leastWork, amountOf(one) - (one.startUp ?? 0)) }))
    .toSorted((a, b) => a.startUp - b.startUp);
  let [rate, wasted] = [0, 0];
  for (const { startUp, work } of devices) {
    if (rate > 0 && startUp >= (1 + wasted) / rate) break;
    rate += 1 / work;
    wasted += startUp / work;
  }
  return (1 + wasted) / rate;
};

/** Seconds; what was measured in milliseconds may come out as nothing. */
const leastWork = 0.001;
