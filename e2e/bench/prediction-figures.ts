import { expectedWait } from './expected-wait.ts';
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
  /** By the load of the server. */
  readonly waits: readonly WaitRatios[];
}

/** The mean wait of an order on one server, over that of shortest first by true times. */
export interface WaitRatios {
  readonly load: number;
  /** Shortest first by predictions. */
  readonly predicted: number;
  /** Shortest first by the medians, which know the work and not the noise of the machine. */
  readonly medians: number;
  /** In the order of arrival: how much there is to gain. */
  readonly unordered: number;
}

/** The middle one is that of the generated trace of the traces part; at the ends order matters little and hardly anything else does. */
export const loads = [0.7, 0.85, 0.95] as const;

/** The figures of a trace whose first runs are not counted. Pure, so that anybody can take them again from the stored trace. */
export const predictionFigures = (trace: readonly TracedRun[], notCounted: number): PredictionFigures => {
  const counted = trace.slice(notCounted);
  const predicted = counted.filter(isPredicted);
  const times = Map.groupBy(predicted, ({ work }) => work);
  const medians = new Map([...times].map(([work, runs]) => [work, median(runs.map(({ seconds }) => seconds))]));
  const errors = predicted.map(({ seconds, p50Seconds }) => Math.abs(p50Seconds - seconds) / seconds);
  const medianErrors = predicted.map(({ work, seconds }) => Math.abs((medians.get(work) ?? 0) - seconds) / seconds);
  return {
    runs: trace.length,
    unpredicted: counted.length - predicted.length,
    mape: mean(errors),
    medianMape: mean(medianErrors),
    p90Coverage: predicted.filter(({ seconds, p90Seconds }) => seconds <= p90Seconds).length / predicted.length,
    waits: loads.map((load) => waitRatios(predicted, (run) => medians.get(run.work) ?? 0, load)),
  };
};

type PredictedRun = TracedRun & { readonly p50Seconds: number; readonly p90Seconds: number };

const isPredicted = (run: TracedRun): run is PredictedRun => run.p50Seconds !== undefined && run.p90Seconds !== undefined;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const waitRatios = (runs: readonly PredictedRun[], medianOf: (run: PredictedRun) => number, load: number): WaitRatios => {
  const byTimes = expectedWait(runs, ({ seconds }) => seconds, load);
  const beside = (keyOf: (run: PredictedRun) => number): number => expectedWait(runs, keyOf, load) / byTimes;
  return { load, predicted: beside(({ p50Seconds }) => p50Seconds), medians: beside(medianOf), unordered: beside(() => 0) };
};
