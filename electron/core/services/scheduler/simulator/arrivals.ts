import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { disciplines, type DisciplineName } from './disciplines.ts';

/** Sizes of jobs, in seconds of one server. */
export type SizeDistribution =
  | { readonly kind: 'exponential'; readonly mean: number }
  /** With the first probability an exponential of the first rate, and so on. */
  | { readonly kind: 'hyperexponential'; readonly branches: readonly { readonly probability: number; readonly rate: number }[] };

export interface ArrivalsOptions {
  /** Jobs that arrive in a second, on average; arrivals are a Poisson process. */
  readonly rate: number;
  readonly sizes: SizeDistribution;
  readonly servers: number;
  readonly jobs: number;
  readonly seed: number;
  readonly policy: DisciplineName;
  /** Told the response time of every job as it ends; seconds. */
  readonly onResponse?: (response: number) => void;
}

/** Means over all jobs in seconds; `util` is a share from 0 to 1. */
export interface ArrivalsSummary {
  readonly policy: DisciplineName;
  readonly n: number;
  /** From arrival to end. */
  readonly meanResponse: number;
  /** Response less the job's own size. */
  readonly meanWait: number;
  readonly util: number;
}

/** A queue with random arrivals and sizes, as queueing theory describes it (M/G/k). The same seed gives the same result. */
export const simulateArrivals = (options: ArrivalsOptions): ArrivalsSummary => {
  const { policy, jobs, rate, servers, onResponse } = options;
  const random = xoroshiro128plus(options.seed);
  /** In (0, 1], so that its logarithm is finite. */
  const uniform = (): number => 1 - uniformFloat64(random);
  const exponential = (mean: number): number => -mean * Math.log(uniform());
  const drawSize = (): number => exponential(meanOf(options.sizes, uniform));

  let responses = 0;
  let work = 0;
  let lastEnd = 0;
  const arrivedAt = new Float64Array(jobs);
  const discipline = disciplines[policy](servers, {
    ended: (job, now) => {
      const response = now - (arrivedAt[job] ?? 0);
      responses += response;
      lastEnd = now;
      onResponse?.(response);
    },
  });

  let now = exponential(1 / rate);
  const firstArrival = now;
  for (let job = 0; job < jobs; job += 1) {
    while (discipline.next() <= now) discipline.advance(discipline.next());
    discipline.advance(now);
    const size = drawSize();
    work += size;
    arrivedAt[job] = now;
    discipline.arrive(now, size, job);
    now += exponential(1 / rate);
  }
  while (discipline.next() < Infinity) discipline.advance(discipline.next());
  return {
    policy,
    n: jobs,
    meanResponse: responses / jobs,
    meanWait: (responses - work) / jobs,
    util: work / (servers * (lastEnd - firstArrival)),
  };
};

const meanOf = (sizes: SizeDistribution, uniform: () => number): number => {
  if (sizes.kind === 'exponential') return sizes.mean;
  let left = uniform();
  for (const { probability, rate } of sizes.branches) {
    left -= probability;
    if (left <= 0) return 1 / rate;
  }
  return 1 / (sizes.branches.at(-1)?.rate ?? 1);
};
