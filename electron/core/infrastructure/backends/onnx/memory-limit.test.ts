import { expect, test } from 'vitest';
import { parseUntouchedBytes } from './memory-limit.ts';

test('what is mapped and not resident is what a limit has to allow besides', () => {
  const status = 'Name:\tnode\nVmPeak:\t 1100000 kB\nVmRSS:\t   61200 kB\nRssAnon:\t   20000 kB\nVmData:\t  120000 kB\nThreads:\t11\n';
  expect(parseUntouchedBytes(status)).toBe(100_000 * 1024);
});

test('a process that is gone has none', () => {
  expect(parseUntouchedBytes('')).toBe(0);
});
