import { median } from './averages.ts';
import { valueIn } from './value-in.ts';

/** Tells when a device takes another time than it used to for the same work. */
export interface DriftWatch {
  /** By how much it has, now that the latest prediction for it was off by `residual` (logarithms of actual / predicted); else undefined. */
  shiftOf(device: string, residual: number): number | undefined;
}

const watched = 20;
/** A tenth: what is less the medians of repeats follow by themselves. */
const leastDrift = Math.log(1.1);
/** The standard error of the median of normal residuals, in terms of their median absolute deviation. */
const errorOfMedian = (1.2533 * 1.4826) / Math.sqrt(watched);
const errorsForDrift = 3;

/** The latest residuals lie to one side, all of a device together. The median tells, because run times have one long tail. */
export const createDriftWatch = (): DriftWatch => {
  const residuals = new Map<string, number[]>();
  return {
    shiftOf(device, residual) {
      const latest = valueIn(residuals, device, (): number[] => []);
      latest.push(residual);
      if (latest.length > watched) latest.shift();
      if (latest.length < watched) return undefined;
      const centre = median(latest);
      const deviation = median(latest.map((one) => Math.abs(one - centre)));
      if (Math.abs(centre) <= Math.max(leastDrift, errorsForDrift * errorOfMedian * deviation)) return undefined;
      latest.length = 0;
      return centre;
    },
  };
};
