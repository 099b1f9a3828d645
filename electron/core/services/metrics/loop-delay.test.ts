import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEmitter } from '../../lib/emitter.ts';
import { createLifetime, type Lifetime } from '../../lib/lifetime.ts';
import { watchLoopDelay } from './loop-delay.ts';

let lifetime: Lifetime;
beforeEach(() => {
  lifetime = createLifetime();
});
afterEach(() => lifetime.dispose());

const watch = (isBusy: () => boolean = () => true) => {
  const second = createEmitter<undefined>();
  const delayOf = watchLoopDelay({ onSecond: second.subscribe, isBusy, lifetime });
  return { delayOf, second: () => second.emit(undefined) };
};

/** The monitor's timer must have come round. */
const measured = async (delayOf: () => number | undefined): Promise<number> => {
  for (;;) {
    const value = delayOf();
    if (value !== undefined) return value;
    await delay(5);
  }
};

const block = (forMs: number): void => {
  for (const end = performance.now() + forMs; performance.now() < end;);
};

test('nothing is said before anything was measured', () => {
  expect(watch().delayOf()).toBeUndefined();
});

test('a thread that was blocked says for how long', async () => {
  const watchedFrom = performance.now();
  const { delayOf } = watch();
  await measured(delayOf);
  const blockedMs = 150;
  block(blockedMs);
  // The timer was due at some moment of the block, at most its own interval after the beginning; which of two due timers comes first is
  // open.
  await expect.poll(() => delayOf() ?? 0).toBeGreaterThan(blockedMs - 25);
  // On a full machine the thread may have waited for its turn besides.
  expect(delayOf()).toBeLessThan(performance.now() - watchedFrom);
});

test('what was measured before the work began or ended is known for ten seconds more', async () => {
  let isBusy = true;
  const { delayOf, second } = watch(() => isBusy);
  await measured(delayOf);
  block(150);
  await expect.poll(() => delayOf() ?? 0).toBeGreaterThan(125);
  isBusy = false;
  second();
  expect(delayOf()).toBeGreaterThan(125);
  isBusy = true;
  second();
  // Nothing was measured while it was idle: not one half of a second has passed.
  expect(delayOf() ?? 0).toBeLessThan(125);
});
