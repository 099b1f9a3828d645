import type { Clock } from './clock.ts';

/** A clock that stands still until a test moves it; what is due meanwhile is called in its order. */
export const createTestClock = (): Clock & { advance(ms: number): Promise<void> } => {
  const waiting = new Set<{ at: number; callback: () => void }>();
  let time = 0;

  const nextBefore = (end: number) =>
    [...waiting]
      .filter(({ at }) => at <= end)
      .reduce<{ at: number; callback: () => void } | undefined>(
        (first, timer) => (first && first.at <= timer.at ? first : timer),
        undefined,
      );

  return {
    monotonicMs: () => time,
    now: () => 1_000_000 + time,
    after: (ms, callback) => {
      const timer = { at: time + ms, callback };
      waiting.add(timer);
      return () => void waiting.delete(timer);
    },
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (let timer = nextBefore(end); timer; timer = nextBefore(end)) {
        waiting.delete(timer);
        time = timer.at;
        timer.callback();
        await settle();
      }
      time = end;
    },
  };
};

/** Lets every promise that can settle now do so, and what follows from it. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
