import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Lifetime } from '../../lib/lifetime.ts';

/** The timer that measures; what the histogram holds is this and the delay. */
const resolutionMs = 20;
const windowMs = 10_000;
const nanosecondsPerMillisecond = 1e6;

/**
 * How late this thread comes to its work: the 99th percentile in milliseconds, the worse of the last whole ten seconds and of those
 * that run; undefined while nothing has been measured. One histogram, because each is a timer that wakes an idle core.
 */
export const watchLoopDelay = (lifetime: Lifetime): (() => number | undefined) => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  const measured = (): number | undefined => (histogram.count === 0 ? undefined : histogram.percentile(99));
  let before: number | undefined;
  histogram.enable();
  const timer = setInterval(() => {
    before = measured();
    histogram.reset();
  }, windowMs);
  lifetime.add(() => {
    clearInterval(timer);
    histogram.disable();
  });
  return () => {
    const now = measured();
    if (now === undefined && before === undefined) return undefined;
    const delayMs = Math.max(now ?? 0, before ?? 0) / nanosecondsPerMillisecond - resolutionMs;
    return Math.max(0, Math.round(delayMs * 10) / 10);
  };
};
