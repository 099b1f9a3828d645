/** Not more often than this, and never for more than a twentieth of the time. */
const pauseMs = 15_000;
const pauseTimes = 20;

interface Tried {
  /** When the plan was made that is shown: when the queue changed last. */
  madeAt: number;
  triedAt: number;
  tookMs: number;
}

/** In how many milliseconds the policies are to be tried on the queue again; undefined while it is as it was when they were. */
export const tryAgainInMs = ({ madeAt, triedAt, tookMs }: Tried, now: number): number | undefined =>
  madeAt > triedAt ? Math.max(0, triedAt + Math.max(pauseMs, tookMs * pauseTimes) - now) : undefined;
