import { expect, test } from 'vitest';
import { tryAgainInMs } from './try-again.ts';

test('a queue that has changed is tried again once the pause is over, also when nothing changes any more', () => {
  const tried = { triedAt: 100_000, tookMs: 20 };
  expect(tryAgainInMs({ ...tried, madeAt: 99_000 }, 101_000)).toBeUndefined();
  expect(tryAgainInMs({ ...tried, madeAt: 101_000 }, 101_000)).toBe(14_000);
  expect(tryAgainInMs({ ...tried, madeAt: 101_000 }, 300_000)).toBe(0);
});

test('what takes long is tried for a twentieth of the time', () => {
  expect(tryAgainInMs({ triedAt: 100_000, tookMs: 3000, madeAt: 110_000 }, 110_000)).toBe(50_000);
});
