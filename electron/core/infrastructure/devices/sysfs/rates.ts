/** Two readings of a counter that only rises, and what lies between them. */
export interface Rates {
  /** Rise per second since the reading before; absent at the first reading, after a reset, and when no time has passed. */
  perSecond(counter: string, value: number | undefined, wrapsAt?: number): number | undefined;
}

/** `now` gives milliseconds that never step back. */
export const createRates = (now: () => number): Rates => {
  const before = new Map<string, { at: number; value: number }>();
  return {
    perSecond: (counter, value, wrapsAt) => {
      if (value === undefined) return undefined;
      const at = now();
      const last = before.get(counter);
      before.set(counter, { at, value });
      if (last === undefined || at <= last.at) return undefined;
      const rise = riseBetween(last.value, value, wrapsAt);
      return rise === undefined ? undefined : (rise / (at - last.at)) * 1000;
    },
  };
};

/**
 * How far a counter rose. One that fell has wrapped around, which is believed when that makes a rise of less than half its range: a
 * counter that was set back to 0, as after sleep, must not become a burst of thousands of watts.
 */
export const riseBetween = (before: number, after: number, wrapsAt?: number): number | undefined => {
  if (after >= before) return after - before;
  if (wrapsAt === undefined) return undefined;
  const rise = after - before + wrapsAt;
  return rise >= 0 && rise < wrapsAt / 2 ? rise : undefined;
};
