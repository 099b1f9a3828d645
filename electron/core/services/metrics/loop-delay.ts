import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Lifetime } from '../../lib/lifetime.ts';

/** How often the delay is looked at; what a histogram holds is this and the delay. Each look wakes the core, which is to sleep while it has nothing to do. */
const busyMs = 20;
const idleMs = 500;
const windowSeconds = 10;
const nanosecondsPerMillisecond = 1e6;

interface LoopDelayOptions {
  /** Tells every second. */
  readonly onSecond: (listener: () => void) => void;
  /** Whether there is anything that could be late. */
  readonly isBusy: () => boolean;
  readonly lifetime: Lifetime;
}

interface Watch {
  readonly resolutionMs: number;
  readonly histogram: ReturnType<typeof monitorEventLoopDelay>;
}

/**
 * How late this thread comes to its work: the 99th percentile in milliseconds, the worse of the last whole ten seconds and of those
 * that run; undefined while nothing has been measured.
 */
export const watchLoopDelay = ({ onSecond, isBusy, lifetime }: LoopDelayOptions): (() => number | undefined) => {
  const begin = (): Watch => {
    const resolutionMs = isBusy() ? busyMs : idleMs;
    const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
    histogram.enable();
    return { resolutionMs, histogram };
  };
  let watch = begin();
  let before: number | undefined;
  let seconds = 0;

  onSecond(() => {
    seconds += 1;
    const isOtherwise = watch.resolutionMs !== (isBusy() ? busyMs : idleMs);
    if (!isOtherwise && seconds < windowSeconds) return;
    before = delayOf(watch);
    seconds = 0;
    if (isOtherwise) {
      watch.histogram.disable();
      watch = begin();
    } else watch.histogram.reset();
  });
  lifetime.add(() => void watch.histogram.disable());

  return () => {
    const known = [before, delayOf(watch)].filter((delay) => delay !== undefined);
    return known.length === 0 ? undefined : Math.round(Math.max(...known) * 10) / 10;
  };
};

const delayOf = ({ histogram, resolutionMs }: Watch): number | undefined =>
  histogram.count === 0 ? undefined : Math.max(0, histogram.percentile(99) / nanosecondsPerMillisecond - resolutionMs);
