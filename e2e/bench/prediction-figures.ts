import { seeded } from '../tools/seeded.ts';
import { median } from './statistics.ts';

/** One run of the trace, in the order in which runs ended. */
export interface TracedRun {
  /** What was run: the same text is the same work. */
  readonly work: string;
  readonly seconds: number;
  /** What was predicted before it ran; absent where nothing was known. */
  readonly p50Seconds?: number;
  readonly p90Seconds?: number;
  readonly from?: string;
}

export interface PredictionFigures {
  readonly runs: number;
  /** Runs that count and were not predicted. */
  readonly unpredicted: number;
  /** Mean of |predicted − actual| / actual. */
  readonly mape: number;
  /** The same for the median of all runs of the same work, which nobody can know before. */
  readonly medianMape: number;
  readonly p90Coverage: number;
  /** Mean wait of shortest first by predictions, over that by true times. */
  readonly sjfWaitRatio: number;
  /** The same by the medians, which knows the work and not the noise of the machine. */
  readonly medianWaitRatio: number;
}

/** The figures of a trace whose first runs are not counted. Pure, so that anybody can take them again from the stored trace. */
export const predictionFigures = (trace: readonly TracedRun[], notCounted: number): PredictionFigures => {
  const counted = trace.slice(notCounted);
  const predicted = counted.filter(isPredicted);
  const times = Map.groupBy(predicted, ({ work }) => work);
  const medians = new Map([...times].map(([work, runs]) => [work, median(runs.map(({ seconds }) => seconds))]));
  const errors = predicted.map(({ seconds, p50Seconds }) => Math.abs(p50Seconds - seconds) / seconds);
  const medianErrors = predicted.map(({ work, seconds }) => Math.abs((medians.get(work) ?? 0) - seconds) / seconds);
  const waitByTimes = meanWait(predicted, (run) => run.seconds);
  return {
    runs: trace.length,
    unpredicted: counted.length - predicted.length,
    mape: mean(errors),
    medianMape: mean(medianErrors),
    p90Coverage: predicted.filter(({ seconds, p90Seconds }) => seconds <= p90Seconds).length / predicted.length,
    sjfWaitRatio: meanWait(predicted, (run) => run.p50Seconds) / waitByTimes,
    medianWaitRatio: meanWait(predicted, (run) => medians.get(run.work) ?? 0) / waitByTimes,
  };
};

type PredictedRun = TracedRun & { readonly p50Seconds: number; readonly p90Seconds: number };

const isPredicted = (run: TracedRun): run is PredictedRun => run.p50Seconds !== undefined && run.p90Seconds !== undefined;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const load = 0.9;
const seed = 5;

/** Mean wait of these runs on one server, the shortest waiting one first, not interrupted, with seeded Poisson arrivals at a load of 0.9. */
const meanWait = (runs: readonly PredictedRun[], sizeOf: (run: PredictedRun) => number): number => {
  const random = seeded(seed);
  const meanGap = mean(runs.map(({ seconds }) => seconds)) / load;
  let arrival = 0;
  const arriving = runs.map((run) => ({ run, at: (arrival -= meanGap * Math.log(1 - random())) }));
  const waiting: typeof arriving = [];
  let now = 0;
  let waited = 0;
  for (let next = 0; next < arriving.length || waiting.length > 0;) {
    if (waiting.length === 0) now = Math.max(now, arriving[next]?.at ?? now);
    for (let one = arriving[next]; one && one.at <= now; one = arriving[(next += 1)]) waiting.push(one);
    const shortest = waiting.reduce((best, one) => (sizeOf(one.run) < sizeOf(best.run) ? one : best));
    waiting.splice(waiting.indexOf(shortest), 1);
    waited += now - shortest.at;
    now += shortest.run.seconds;
  }
  return waited / runs.length;
};
