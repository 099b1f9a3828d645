import { expect, test } from 'vitest';
import { parseSwf } from '../../electron/core/services/scheduler/simulator/trace.ts';
import { generatedTrace } from './generated-trace.ts';

const options = { jobs: 20_000, processors: 128, load: 0.85, seed: 1 };

test('a trace of a seed is always the same, and its load is what was asked for', () => {
  const text = generatedTrace(options);
  expect(generatedTrace(options)).toBe(text);
  expect(generatedTrace({ ...options, seed: 2 })).not.toBe(text);
  const jobs = parseSwf(text);
  expect(jobs).toHaveLength(options.jobs);
  expect(new Set(jobs.map(({ size }) => size))).toEqual(new Set([1, 2, 4, 8, 16, 32, 64, 128]));
  expect(jobs.every(({ run, estimate }) => run >= 10 && run <= 36_000 && estimate >= run)).toBe(true);
  const work = jobs.reduce((sum, { size, run }) => sum + size * run, 0);
  expect(Math.abs(work / ((jobs.at(-1)?.submit ?? 0) * options.processors) - options.load)).toBeLessThan(0.03);
});
