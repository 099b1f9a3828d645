import { describe, expect, test } from 'vitest';
import { simulateArrivals, type SizeDistribution } from './arrivals.ts';
import type { DisciplineName } from './disciplines.ts';

/*
 * Means of queues whose solutions are known (M/G/1: Pollaczek–Khinchine, processor sharing, Schrage–Miller for SRPT, Cobham for SJF without
 * preemption, Kleinrock for least attained service; M/M/k: Erlang C), against a million simulated jobs.
 */

interface Sizes {
  readonly distribution: SizeDistribution;
  readonly mean: number;
  readonly secondMoment: number;
  density(x: number): number;
  /** P(S > x). */
  tail(x: number): number;
}

const mixture = (branches: readonly { probability: number; rate: number }[], distribution: SizeDistribution): Sizes => {
  const sum = (of: (one: { probability: number; rate: number }) => number): number => branches.reduce((total, one) => total + of(one), 0);
  return {
    distribution,
    mean: sum(({ probability, rate }) => probability / rate),
    secondMoment: sum(({ probability, rate }) => (2 * probability) / rate ** 2),
    density: (x) => sum(({ probability, rate }) => probability * rate * Math.exp(-rate * x)),
    tail: (x) => sum(({ probability, rate }) => probability * Math.exp(-rate * x)),
  };
};
const exponential = mixture([{ probability: 1, rate: 1 }], { kind: 'exponential', mean: 1 });
const branches = [
  { probability: 0.9, rate: 1.8 },
  { probability: 0.1, rate: 0.2 },
];
const hyperexponential = mixture(branches, { kind: 'hyperexponential', branches });

const step = 0.002;
const points = 60_000;

/** Mean response by adding up over a grid of sizes to 120, beyond which nothing is left. */
const meanResponse = (policy: DisciplineName, sizes: Sizes, arrivals: number): number => {
  const { mean, secondMoment, density, tail } = sizes;
  const load = arrivals * mean;
  if (policy === 'fcfs') return mean + (arrivals * secondMoment) / 2 / (1 - load);
  if (policy === 'ps') return mean / (1 - load);
  let response = 0;
  let loadBelow = 0;
  let squaresBelow = 0;
  let residence = 0;
  for (let index = 0; index < points; index += 1) {
    const x = (index + 0.5) * step;
    const weight = density(x) * step;
    loadBelow += arrivals * x * weight;
    squaresBelow += arrivals * x * x * weight;
    residence += step / (1 - loadBelow);
    if (policy === 'srpt') response += weight * ((squaresBelow + arrivals * x * x * tail(x)) / 2 / (1 - loadBelow) ** 2 + residence);
    else if (policy === 'sjf') response += weight * (x + (arrivals * secondMoment) / 2 / (1 - loadBelow) ** 2);
    else {
      const loadOfFirst = loadBelow + arrivals * x * tail(x);
      response += weight * ((squaresBelow + arrivals * x * x * tail(x)) / 2 / (1 - loadOfFirst) ** 2 + x / (1 - loadOfFirst));
    }
  }
  return response;
};

const jobs = 1_000_000;
const policies = ['fcfs', 'sjf', 'srpt', 'ps', 'las'] as const;

describe.each([
  ['exponential', exponential],
  ['hyperexponential', hyperexponential],
] as const)('a half loaded server with %s sizes', (_, sizes) => {
  test.each(policies)(
    '%s: the mean of five seeds is within 1.5 percent of the closed form, and none is beyond 4 percent',
    { timeout: 300_000 },
    (policy) => {
      const expected = meanResponse(policy, sizes, 0.5);
      const means = [1, 2, 3, 4, 5].map(
        (seed) => simulateArrivals({ rate: 0.5, sizes: sizes.distribution, servers: 1, jobs, seed, policy }).meanResponse,
      );
      const mean = means.reduce((total, one) => total + one, 0) / means.length;
      expect(Math.abs(mean / expected - 1)).toBeLessThan(0.015);
      for (const one of means) expect(Math.abs(one / expected - 1)).toBeLessThan(0.04);
    },
  );
});

test.each(policies)('%s at load 0.8: the closed form lies in the 99 percent interval of thirty batches', { timeout: 300_000 }, (policy) => {
  const responses: number[] = [];
  simulateArrivals({
    rate: 0.8,
    sizes: exponential.distribution,
    servers: 1,
    jobs,
    seed: 1,
    policy,
    onResponse: (response) => responses.push(response),
  });
  const batch = Math.floor(responses.length / 30);
  const means = Array.from({ length: 30 }, (_, index) => {
    const part = responses.slice(index * batch, (index + 1) * batch);
    return part.reduce((total, one) => total + one, 0) / batch;
  });
  const mean = means.reduce((total, one) => total + one, 0) / 30;
  const deviation = Math.sqrt(means.reduce((total, one) => total + (one - mean) ** 2, 0) / 29);
  // Student's t for 29 degrees of freedom, 99 % on both sides.
  expect(Math.abs(mean - meanResponse(policy, exponential, 0.8))).toBeLessThan((2.756 * deviation) / Math.sqrt(30));
});

test('four servers in one line are Erlang’s', () => {
  const offered = 2;
  const servers = 4;
  const powers = Array.from({ length: servers }, (_, k) => offered ** k / factorial(k)).reduce((total, one) => total + one, 0);
  const full = (offered ** servers / factorial(servers)) * (servers / (servers - offered));
  const expected = 1 + full / (powers + full) / (servers - offered);
  const means = [1, 2, 3].map(
    (seed) => simulateArrivals({ rate: offered, sizes: exponential.distribution, servers, jobs, seed, policy: 'fcfs' }).meanResponse,
  );
  for (const mean of means) expect(Math.abs(mean / expected - 1)).toBeLessThan(0.015);
});

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

test('the same seed gives the same numbers, another one others', () => {
  const run = (seed: number) =>
    simulateArrivals({ rate: 0.5, sizes: exponential.distribution, servers: 2, jobs: 10_000, seed, policy: 'srpt' });
  expect(run(7)).toEqual(run(7));
  expect(run(7).meanResponse).not.toBe(run(8).meanResponse);
});

test('with errors of zero nothing beats the shortest remaining time', () => {
  const mean = (policy: DisciplineName) =>
    simulateArrivals({ rate: 0.7, sizes: hyperexponential.distribution, servers: 1, jobs: 100_000, seed: 3, policy }).meanResponse;
  for (const other of ['fcfs', 'sjf', 'ps', 'las'] as const) expect(mean('srpt')).toBeLessThan(mean(other));
});
