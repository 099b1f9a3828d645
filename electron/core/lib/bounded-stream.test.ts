import { describe, expect, test, vi } from 'vitest';
import { boundedStream } from './bounded-stream.ts';
import { createCredits } from './credit.ts';

/** A source that never looks at any signal: its events, then silence for ever. */
const deaf = (...events: number[]) => {
  const returned = vi.fn(async () => ({ done: true as const, value: undefined }));
  const left = [...events];
  const next = (): Promise<IteratorResult<number>> => {
    const value = left.shift();
    return value === undefined ? new Promise(() => {}) : Promise.resolve({ done: false, value });
  };
  return { returned, source: { [Symbol.asyncIterator]: () => ({ next, return: returned }) } };
};

describe('a bounded stream', () => {
  test.each(['abort', 'return'] as const)('ends by %s even when its source would wait for ever', async (how) => {
    const { source, returned } = deaf(1);
    const abort = new AbortController();
    const stream = boundedStream(source, { abort });
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const waiting = stream.next();
    if (how === 'abort') abort.abort();
    else await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(abort.signal.aborted).toBe(true);
    expect(returned).toHaveBeenCalledTimes(1);
  });

  test('whose reader has gone before it began asks its source for nothing', async () => {
    const { source, returned } = deaf(1);
    const abort = new AbortController();
    abort.abort();
    expect(await boundedStream(source, { abort }).next()).toEqual({ done: true, value: undefined });
    expect(returned).toHaveBeenCalledTimes(1);
  });

  test('ends while it waits for credit, and gives the credit back', async () => {
    const credits = createCredits();
    const abort = new AbortController();
    const stream = boundedStream(deaf(1, 2).source, { abort, credit: credits.open('a', 1) });
    await stream.next();
    const waiting = stream.next();
    expect(credits.open('a', 1)).toBeUndefined();
    abort.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(credits.open('a', 1)).toBeDefined();
  });

  test('passes a failure on once and aborts what its source waits for', async () => {
    const abort = new AbortController();
    const failing = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken');
    };
    const stream = boundedStream(failing(), { abort });
    await stream.next();
    await expect(stream.next()).rejects.toThrow('broken');
    expect(abort.signal.aborted).toBe(true);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test('lets the event loop turn although its source always has another event', async () => {
    const abort = new AbortController();
    const endless = async function* (): AsyncGenerator<number> {
      for (let index = 0; ; index += 1) yield index;
    };
    setImmediate(() => setImmediate(() => abort.abort()));
    let taken = 0;
    for await (const _ of boundedStream(endless(), { abort })) taken += 1;
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(10);
  });
});
