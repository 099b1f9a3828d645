import { expect, test } from 'vitest';
import { predictionFigures, type TracedRun } from './prediction-figures.ts';

const run = (work: string, seconds: number, p50Seconds: number, p90Seconds = p50Seconds * 2): TracedRun => ({
  work,
  seconds,
  p50Seconds,
  p90Seconds,
});

test('errors are beside those of the median that nobody could know, and what was not predicted is counted apart', () => {
  const trace = [run('a', 99, 1), run('a', 10, 12), run('a', 20, 10), run('a', 10, 10), run('b', 4, 1), { work: 'c', seconds: 5 }];
  expect(predictionFigures(trace, 1)).toMatchObject({
    runs: 6,
    unpredicted: 1,
    mape: (0.2 + 0.5 + 0 + 0.75) / 4,
    medianMape: (0 + 0.5 + 0 + 0) / 4,
    p90Coverage: 3 / 4,
  });
});

test('shortest first by true predictions waits as by true times, and by wrong ones longer', () => {
  const sizes = Array.from({ length: 400 }, (_, index) => 1 + ((index * 37) % 50));
  expect(
    predictionFigures(
      sizes.map((seconds) => run(`${seconds}`, seconds, seconds * 3)),
      0,
    ).sjfWaitRatio,
  ).toBe(1);
  expect(
    predictionFigures(
      sizes.map((seconds) => run(`${seconds}`, seconds, 100 - seconds)),
      0,
    ).medianWaitRatio,
  ).toBe(1);
  expect(
    predictionFigures(
      sizes.map((seconds) => run(`${seconds}`, seconds, 100 - seconds)),
      0,
    ).sjfWaitRatio,
  ).toBeGreaterThan(1.2);
});
