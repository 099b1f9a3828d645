/** Time as the sampler needs it; tests move it by hand. */
export interface Clock {
  /** Milliseconds of a clock that never goes back and stands still while the machine sleeps. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

export const realClock: Clock = {
  monotonicMs: () => performance.now(),
  now: Date.now,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
