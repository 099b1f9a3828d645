import { expect, test } from 'vitest';
import { createTestClock } from '../sampler/test-clock.ts';
import { createRestart } from './restart.ts';

test('each failure in a row doubles the wait, up to half a minute; success makes it short again', async () => {
  const clock = createTestClock();
  const restart = createRestart(clock);
  expect(restart.isDue()).toBe(true);
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
    restart.failed('it ended');
    await clock.advance(seconds * 1000 - 1);
    expect(() => restart.check()).toThrow('it ended');
    await clock.advance(1);
    expect(() => restart.check()).not.toThrow();
  }
  restart.worked();
  restart.failed('again');
  await clock.advance(1000);
  expect(restart.isDue()).toBe(true);
});
