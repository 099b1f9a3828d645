import type { InferenceSession } from 'onnxruntime-node';
import type { WorkerRequest } from '../protocol.ts';
import type { ProviderName } from '../providers/provider-names.ts';
import { countFirstRun } from '../providers/session-profile.ts';
import { isMemoryFailure } from '../runtime-errors.ts';
import { ProviderFailed } from '../sessions.ts';
import { checkFirstRun } from './check-first-run.ts';
import { benchmarkModel, products, sums, type Benchmark } from './benchmarks.ts';

type Request = Pick<Extract<WorkerRequest, { kind: 'measure' }>, 'provider' | 'threads'>;

/** Runs the two benchmarks, a second each. Throws ProviderFailed where the provider does not do the work itself. */
export const runBenchmark = async (request: Request): Promise<{ gflops: number; gbPerSecond: number }> => {
  try {
    return { gflops: (await rateOf(products, request)) / 1e9, gbPerSecond: (await rateOf(sums, request)) / 1e9 };
  } catch (error) {
    // The models are ours and sound.
    if (request.provider === 'cpu' || error instanceof ProviderFailed || isMemoryFailure(error)) throw error;
    throw new ProviderFailed(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

/** How long one benchmark is repeated, and how often at least. */
const measuredMs = 1000;
const leastRuns = 10;
/** A size is doubled only while a run of the next is expected to leave room for that many. */
const longestRunMs = 80;

/** Work a second: the work of a run by the median of the times that runs took. */
const rateOf = async (benchmark: Benchmark, request: Request): Promise<number> => {
  const { trial, size } = await chooseSize(benchmark, request);
  const times: number[] = [];
  const end = performance.now() + measuredMs;
  while (times.length < leastRuns || performance.now() < end) times.push(await trial.run());
  await trial.release();
  return benchmark.work(size, isMadeThere(request.provider)) / (median(times) / 1000);
};

/** Of an even number the upper one of the two in the middle. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The largest size of which enough runs fit; one that does not fit the memory is not it. */
const chooseSize = async (benchmark: Benchmark, request: Request): Promise<{ trial: Trial; size: number }> => {
  const madeThere = isMadeThere(request.provider);
  const largest = madeThere ? benchmark.largest.elsewhere : benchmark.largest.onProcessor;
  let size = benchmark.smallest;
  let trial = await openTrial(benchmark, size, request);
  for (;;) {
    const growth = benchmark.work(2 * size, madeThere) / benchmark.work(size, madeThere);
    if (2 * size > largest || (await trial.run()) * growth > longestRunMs) return { trial, size };
    const next = await openTrial(benchmark, 2 * size, request).catch((error: unknown) => {
      if (isMemoryFailure(error)) return undefined;
      throw error;
    });
    if (!next) return { trial, size };
    await trial.release();
    [trial, size] = [next, 2 * size];
  }
};

const isMadeThere = (provider: ProviderName): boolean => provider !== 'cpu';

interface Trial {
  /** Milliseconds. */
  run(): Promise<number>;
  release(): Promise<void>;
}

/** A session of one size that has run once: that run is slower, and shows that the provider computes, and what. */
const openTrial = async (benchmark: Benchmark, size: number, { provider, threads }: Request): Promise<Trial> => {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const options = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // What is measured is run as it was written down.
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
  } as const satisfies InferenceSession.SessionOptions;
  const madeThere = isMadeThere(provider);
  const model = benchmarkModel(benchmark, size, madeThere);
  const { session, nodes } = await countFirstRun((profiling) => InferenceSession.create(model, { ...options, ...profiling }));
  const shape = madeThere ? benchmark.shape(size).map(() => 1) : benchmark.shape(size);
  const count = shape.reduce((product, length) => product * length, 1);
  const seed = new Tensor('float32', new Float32Array(count).fill(benchmark.fill(size)), shape);
  const { y } = await session.run({ seed });
  checkFirstRun(benchmark, { size, provider, result: Number(y?.data[0]), nodes: nodes() });
  return {
    run: async () => {
      const start = performance.now();
      await session.run({ seed });
      return performance.now() - start;
    },
    release: () => session.release(),
  };
};
