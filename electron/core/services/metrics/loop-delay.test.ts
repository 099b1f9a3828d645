import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLifetime, type Lifetime } from '../../lib/lifetime.ts';
import { watchLoopDelay } from './loop-delay.ts';

let lifetime: Lifetime;
beforeEach(() => {
  lifetime = createLifetime();
});
afterEach(() => lifetime.dispose());

/** The monitor's timer must have come round. */
const measured = async (delayOf: () => number | undefined): Promise<number> => {
  for (;;) {
    const value = delayOf();
    if (value !== undefined) return value;
    await delay(5);
  }
};

test('nothing is said before anything was measured', () => {
  expect(watchLoopDelay(lifetime)()).toBeUndefined();
});

test('a thread that was blocked says for how long', async () => {
  const watchedFrom = performance.now();
  const delayOf = watchLoopDelay(lifetime);
  await measured(delayOf);
  const blockedMs = 150;
  for (const end = performance.now() + blockedMs; performance.now() < end;);
  // The timer was due at some moment of the block, at most its own interval after the beginning; which of two due timers comes first is
  // open.
  await expect.poll(() => delayOf() ?? 0).toBeGreaterThan(blockedMs - 25);
  // On a full machine the thread may have waited for its turn besides.
  expect(delayOf()).toBeLessThan(performance.now() - watchedFrom);
});
