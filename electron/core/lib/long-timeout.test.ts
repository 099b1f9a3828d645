import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setLongTimeout } from './long-timeout.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const day = 86_400_000;

test.each([0, 1000, 30 * day, 400 * day])('goes off after %i ms and not before', (afterMs) => {
  const calls: number[] = [];
  setLongTimeout(() => calls.push(1), afterMs);
  if (afterMs > 0) vi.advanceTimersByTime(afterMs - 1);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(calls).toEqual([1]);
});

test('a time that will never come keeps waiting', () => {
  const calls: number[] = [];
  setLongTimeout(() => calls.push(1), 1e26);
  vi.advanceTimersByTime(100 * day);
  expect(calls).toEqual([]);
});

test('what is forgotten does not go off, also after it has waited once', () => {
  const calls: number[] = [];
  const forget = setLongTimeout(() => calls.push(1), 30 * day);
  vi.advanceTimersByTime(29 * day);
  forget();
  vi.advanceTimersByTime(2 * day);
  expect(calls).toEqual([]);
});
