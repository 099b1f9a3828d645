import { average } from './averages.ts';

/** How good predictions of one kind have been. */
export interface TrackRecord {
  readonly predicted: number;
  /** Of the latest hundred: the mean of |predicted − actual| / actual, and the part that stayed within their P90. */
  figures(): { readonly mape: number; readonly p90Coverage: number };
  add(predicted: { readonly p50: number; readonly p90: number }, amount: number): void;
}

/** The first guesses about new work do not count for ever. */
const kept = 100;

export const createTrackRecord = (): TrackRecord => {
  const latest: { readonly error: number; readonly isCovered: boolean }[] = [];
  let count = 0;
  return {
    get predicted() {
      return count;
    },
    figures: () => ({
      mape: average(latest.map(({ error }) => error)),
      p90Coverage: latest.filter(({ isCovered }) => isCovered).length / latest.length,
    }),
    add({ p50, p90 }, amount) {
      count += 1;
      latest.push({ error: Math.abs(p50 - amount) / amount, isCovered: amount <= p90 });
      if (latest.length > kept) latest.shift();
    },
  };
};
