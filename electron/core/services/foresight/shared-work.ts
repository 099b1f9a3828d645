/** Answers that several may wait for at once. */
export interface SharedWork<Key, Answer> {
  /** The answer that is being worked out for the key, if nothing has changed since it began; else a new one. */
  ask(key: Key, signal: AbortSignal): Promise<Answer>;
  /** What has begun is not given to anybody new. */
  outdate(): void;
}

interface Begun<Answer> {
  readonly answer: Promise<Answer>;
  readonly abort: AbortController;
  readers: number;
}

/** Work that is begun once for all who ask meanwhile, and is left when none of them waits any more. */
export const createSharedWork = <Key, Answer>(begin: (key: Key, signal: AbortSignal) => Promise<Answer>): SharedWork<Key, Answer> => {
  const current = new Map<Key, Begun<Answer>>();

  const beginFor = (key: Key): Begun<Answer> => {
    const abort = new AbortController();
    const begun: Begun<Answer> = { answer: begin(key, abort.signal), abort, readers: 0 };
    const forget = (): void => {
      if (current.get(key) === begun) current.delete(key);
    };
    begun.answer.then(forget, forget);
    current.set(key, begun);
    return begun;
  };

  return {
    ask(key, signal) {
      const begun = current.get(key) ?? beginFor(key);
      begun.readers += 1;
      const leave = (): void => {
        begun.readers -= 1;
        if (begun.readers > 0) return;
        if (current.get(key) === begun) current.delete(key);
        begun.abort.abort();
      };
      signal.addEventListener('abort', leave, { once: true });
      return begun.answer.finally(() => signal.removeEventListener('abort', leave));
    },
    outdate: () => current.clear(),
  };
};
