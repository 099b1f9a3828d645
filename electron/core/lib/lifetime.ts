type Dispose = () => void | Promise<void>;

/** Holds what must be closed; whoever opens something registers its closing here on the next line. */
export interface Lifetime {
  /** Aborted when disposal begins, so that waits end. */
  readonly signal: AbortSignal;
  add(dispose: Dispose): void;
  /** Runs every closing in reverse order, also after one of them fails; throws what failed at the end. */
  dispose(): Promise<void>;
}

export const createLifetime = (): Lifetime => {
  const disposals: Dispose[] = [];
  const abort = new AbortController();
  let disposed: Promise<void> | undefined;

  const runAll = async (): Promise<void> => {
    abort.abort();
    const errors: unknown[] = [];
    for (let dispose = disposals.pop(); dispose; dispose = disposals.pop()) {
      try {
        await dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'closing failed');
  };

  return {
    signal: abort.signal,
    add: (dispose) => void disposals.push(dispose),
    dispose: () => (disposed ??= runAll()),
  };
};
