import { setTimeout as delay } from 'node:timers/promises';

/**
 * A view that is sent again whenever it may have changed, at most once in `intervalMs`, and only when it differs from what was
 * sent before. A slow reader misses what lay in between, never the last: nothing is buffered.
 */
export async function* latest<View>(options: {
  subscribe: (changed: () => void) => () => void;
  produce: () => View | Promise<View>;
  intervalMs: number;
  signal: AbortSignal;
}): AsyncGenerator<View, void, void> {
  const { signal } = options;
  let isDirty = true;
  let wake: (() => void) | undefined;
  const unsubscribe = options.subscribe(() => {
    isDirty = true;
    wake?.();
  });
  const onAbort = (): void => wake?.();
  signal.addEventListener('abort', onAbort);
  try {
    let sent: string | undefined;
    while (!signal.aborted) {
      if (!isDirty) await new Promise<void>((resolve) => (wake = resolve));
      wake = undefined;
      if (signal.aborted) return;
      isDirty = false;
      const view = await options.produce();
      const text = JSON.stringify(view);
      if (text !== sent) {
        sent = text;
        yield view;
      }
      await delay(options.intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
