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

test('shortest first by true predictions waits as by true times, by wrong ones longer, and longest first longer than in no order', () => {
  const sizes = Array.from({ length: 400 }, (_, index) => 1 + ((index * 37) % 50));
  const waits = (predict: (seconds: number) => number) =>
    predictionFigures(
      sizes.map((seconds) => run(`${seconds}`, seconds, predict(seconds))),
      0,
    ).waits;
  for (const { predicted, medians, unordered } of waits((seconds) => seconds * 3)) {
    expect([predicted, medians]).toEqual([1, 1]);
    expect(unordered).toBeGreaterThan(1.2);
  }
  for (const { predicted, unordered } of waits((seconds) => 100 - seconds)) expect(predicted).toBeGreaterThan(unordered);
});
