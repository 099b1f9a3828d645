import type { Clock } from '../sampler/clock.ts';

/** When a program that has ended may be started again: after 1, 2, 4 … 30 seconds. */
export interface Restart {
  isDue(): boolean;
  /** Throws the last failure while it is too early. */
  check(): void;
  /** Notes a failure and gives it back as an error. */
  failed(message: string): Error;
  worked(): void;
}

const firstWaitMs = 1000;
const longestWaitMs = 30_000;

export const createRestart = (clock: Clock): Restart => {
  let failure: Error | undefined;
  let waitMs = firstWaitMs;
  let notBefore = 0;
  const isDue = (): boolean => !failure || clock.monotonicMs() >= notBefore;
  return {
    isDue,
    check() {
      if (failure && !isDue()) throw failure;
    },
    failed(message) {
      failure = new Error(message);
      notBefore = clock.monotonicMs() + waitMs;
      waitMs = Math.min(waitMs * 2, longestWaitMs);
      return failure;
    },
    worked() {
      failure = undefined;
      waitMs = firstWaitMs;
    },
  };
};
