import type { CreditLine } from './credit.ts';

interface StreamOptions {
  /** The controller of the signal that the source was opened with; aborted when the reader has gone or is done. */
  readonly abort: AbortController;
  /** Taken once before each event is asked for, so that the source never runs ahead of the reader. */
  readonly credit?: CreditLine | undefined;
}

/**
 * An iterator over a source whose every wait ends with the abort or with return(), also when the source itself would
 * wait for ever. However it ends, the signal aborts, the credit closes and the source's return() is called, once.
 */
export const boundedStream = <Event>(events: AsyncIterable<Event>, { abort, credit }: StreamOptions): AsyncIterableIterator<Event> => {
  const source = events[Symbol.asyncIterator]();
  const { signal } = abort;

  const close = (): void => {
    credit?.close();
    // Not awaited: a generator that waits without the signal answers only at its next event. Its failure has no reader any more.
    Promise.resolve(source.return?.()).catch(() => {});
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });

  let isFirst = true;
  const next = async (): Promise<IteratorResult<Event, undefined>> => {
    // A source that has its events at hand would otherwise never let the event loop turn.
    if (!isFirst) await new Promise(setImmediate);
    isFirst = false;
    if (signal.aborted || (credit && !(await credit.take(signal)))) return ended;
    const result = await untilAborted(source.next(), signal);
    if (!result.done) return result;
    abort.abort();
    return ended;
  };

  return {
    next: async () => {
      try {
        return await next();
      } catch (error) {
        abort.abort();
        throw error;
      }
    },
    return: async () => {
      abort.abort();
      return ended;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};

/**
 * The event, or the end when the signal comes first. Not a race against one promise of the whole stream: that would keep every
 * event for as long as the stream lives.
 */
const untilAborted = <Event>(next: Promise<IteratorResult<Event, unknown>>, signal: AbortSignal): Promise<IteratorResult<Event, unknown>> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(ended);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    void next.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

const ended = { done: true, value: undefined } as const;
