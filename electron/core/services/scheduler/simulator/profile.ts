/** How many processors will be free from when on: steps in order of time, the last one lasting for ever. */
export interface Profile {
  /** From `at` on, `size` more are free. */
  release(at: number, size: number): void;
  /** Takes `size` for `seconds` at the earliest time at which that many are free for so long; answers that time. */
  reserve(size: number, seconds: number): number;
}

export const createProfile = (now: number, free: number): Profile => {
  const times = [now];
  const frees = [free];

  /** Index of the step that begins at `at`, cut from the one that covers it where there is none. */
  const cut = (at: number): number => {
    let index = times.length;
    while (index > 0 && (times[index - 1] ?? 0) > at) index -= 1;
    if (times[index - 1] === at) return index - 1;
    times.splice(index, 0, at);
    frees.splice(index, 0, frees[index - 1] ?? 0);
    return index;
  };

  const change = (from: number, to: number, by: number): void => {
    for (let index = from; index < to; index += 1) frees[index] = (frees[index] ?? 0) + by;
  };

  return {
    release: (at, size) => change(cut(Math.max(at, now)), times.length, size),
    reserve: (size, seconds) => {
      let begin = 0;
      for (let index = 0; index < times.length; index += 1) {
        if ((frees[index] ?? 0) < size) begin = index + 1;
        else if ((times[index + 1] ?? Infinity) >= (times[begin] ?? 0) + seconds) break;
      }
      const at = times[begin] ?? Infinity;
      const from = cut(at);
      change(from, cut(at + seconds), -size);
      return at;
    },
  };
};
