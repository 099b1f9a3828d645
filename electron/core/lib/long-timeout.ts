/** Node's timers wait no longer than this, 24.8 days; told to wait longer they go off at once. */
const longestMs = 2 ** 31 - 1;

/** Calls back once after a time, however long; the answer forgets it. */
export const setLongTimeout = (callback: () => void, afterMs: number): (() => void) => {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number): void => {
    timer = leftMs > longestMs ? setTimeout(() => wait(leftMs - longestMs), longestMs) : setTimeout(callback, leftMs);
  };
  wait(afterMs);
  return () => clearTimeout(timer);
};
