import { expect, test } from 'vitest';
import { expectedWait } from './expected-wait.ts';

const jobs = (...seconds: number[]) => seconds.map((one) => ({ seconds: one }));

test('jobs of one length wait as the formula for a single server says (M/D/1: load · length ÷ 2 (1 − load))', () => {
  expect(expectedWait(jobs(3, 3, 3), ({ seconds }) => seconds, 0.8)).toBeCloseTo((0.8 * 3) / (2 * 0.2), 9);
});

test('jobs of two lengths wait as worked out by hand, whoever goes first', () => {
  // At a load of 0.8 the short ones make 0.2 of it and the long ones 0.6; what is in service has on average 0.2 · (1² + 3²) ÷ 2 = 1 left.
  const both = jobs(1, 3);
  expect(expectedWait(both, ({ seconds }) => seconds, 0.8)).toBeCloseTo((1 / 0.8 + 1 / (0.8 * 0.2)) / 2, 9);
  expect(expectedWait(both, ({ seconds }) => -seconds, 0.8)).toBeCloseTo((1 / 0.4 + 1 / (0.4 * 0.2)) / 2, 9);
  expect(expectedWait(both, () => 0, 0.8)).toBeCloseTo(1 / 0.2, 9);
});
