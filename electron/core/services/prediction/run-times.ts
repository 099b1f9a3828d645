import type { JobDetail, JobSpec, JobState, Operations, RanOn } from '../../../../shared/model/job.ts';
import { ranSeconds } from '../../../../shared/model/run-time.ts';
import type { Prediction, PredictionQuality } from '../../../../shared/model/prediction.ts';
import type { Device } from '../../../../shared/model/device.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import type { Estimate, TaskRequest } from '../../scheduler-port.ts';
import { createPredictor, type Expected, type Quality } from './predictor.ts';
import type { Work } from './work.ts';
import { likelyDevice, possibleDevices } from './likely-device.ts';
import { createMemoryNeeds } from './memory-needs.ts';
import { together } from './divided.ts';
import { createModelOperations, type OperationsOf } from './model-operations.ts';
import type { SpeedOf } from './rooflines.ts';
import { deviceOf, familyOfModel, isDivided, partWorkOf, workOf, type PredictableJob } from './work-of.ts';

/** What is known of how long jobs run. */
export interface RunTimes {
  /** What the models of new jobs do, for those whose time only that could tell. */
  readonly operationsOf: OperationsOf;
  /**
   * Of a job that starts with this placement, or of one that waits, on the device that it will most likely get. `warm` says whether its
   * worker has done such work before; where nobody says it, whether any has.
   */
  predict(job: PredictableJob, placed?: JobState, warm?: boolean): Prediction | undefined;
  /** Of a job that waits, on the device that it will most likely get, and on the others that it may get where that differs. */
  estimates(job: PredictableJob): Estimates;
  /** Whose runs say something about each other; undefined for what is never predicted. */
  familyOf(job: PredictableJob): string | undefined;
  /** An attempt has ended; only those that succeeded say how long the work takes. */
  learn(job: PredictableJob & { readonly state: JobState }): void;
  /** Learns from the latest runs of the journal, oldest first, without holding up anything else. */
  readJournal(reader: Pick<Reader, 'latestRuns'>, before: number, signal: AbortSignal): Promise<void>;
  quality(): PredictionQuality[];
  /** How good predictions for such work have been on the device that it has or had, or will most likely get. */
  qualityOf(job: PredictableJob & { readonly state: JobState }): PredictionQuality | undefined;
}

/** What the scheduler is told of how long a task runs. */
export type Estimates = Pick<TaskRequest, 'estimate' | 'estimateOn'>;

/** Runs of the journal that are learned from when a core starts. */
const remembered = 2000;
/** As many come from the reader thread in one message, which is taken in within one turn of the event loop: about 10 ms of a cold core. */
const pageRuns = 50;

interface RunTimesOptions {
  devices(): readonly Device[];
  /** Whether a worker lives on these cores that has done such work; undefined where none is kept between jobs. */
  keepsWarm(spec: JobSpec, coreIds: readonly number[] | undefined): boolean | undefined;
  readonly speedOf: SpeedOf;
  /** What one run of the model of a job does; undefined where that cannot be known, or not before the signal aborts. */
  weigh(spec: JobSpec, signal: AbortSignal): Promise<Operations | undefined>;
  readonly signal: AbortSignal;
}

export const createRunTimes = ({ devices, keepsWarm, speedOf, weigh, signal }: RunTimesOptions): RunTimes => {
  const predictor = createPredictor(timeBounds, speedOf);
  const memory = createMemoryNeeds();
  const kindOf = (device: string): string | undefined => devices().find(({ id }) => id === device.split('+')[0])?.kind;
  const qualityOf = (quality: Quality): PredictionQuality => ({ ...quality, ...memory.qualityOf(quality, kindOf(quality.device)) });

  const learn: RunTimes['learn'] = ({ spec, demand, state }) => {
    // The end of an attempt that ended while no core ran is the moment at which that was found.
    if (state.kind !== 'succeeded' || state.startedAt === undefined || state.endedUnseen) return;
    // What took up its work again did only the rest of it.
    if (state.preemptions && 'resumeCommand' in spec) return;
    if (isDivided(spec)) return learnParts({ spec, demand }, state.ranOn?.parts ?? []);
    const device = deviceOf(state, demand);
    const { warm, startUpSeconds: startUp, queuedSeconds = 0 } = state.ranOn ?? {};
    const work = device === undefined ? undefined : workOf({ spec, demand }, device, warm);
    // What it waited for the worker of another job says nothing about the work.
    const amount = Math.max(0, (ranSeconds(state, state.endedAt) ?? 0) - queuedSeconds);
    if (!work) return;
    predictor.learn(work, { amount, ...(startUp !== undefined && { startUp }) }, state.predicted && expectedOf(state.predicted));
    memory.learn(work, demand, state);
  };

  /** Who had which part of a divided job changes from run to run, so that it says something of its devices and nothing as a whole. */
  const learnParts = (job: PredictableJob, parts: NonNullable<RanOn['parts']>): void => {
    const allItems = parts.reduce((total, { items }) => total + items, 0);
    for (const part of parts) {
      const work = part.items > 0 && part.seconds > 0 ? partWorkOf(job, part, allItems) : undefined;
      if (work) predictor.learn(work, { amount: part.seconds });
    }
  };

  /** Of a divided job, from what each device would take alone; what its user said is of all of them together. */
  const predictDivided = (job: PredictableJob): Expected | undefined => {
    const works = (job.parts ?? []).flatMap(({ part: { device, leftOut } }) => {
      const isWarm = kindOf(device) === 'cpu' ? undefined : false;
      return leftOut ? [] : (workOn(job, device, isWarm) ?? []);
    });
    const [first] = works;
    if (!first) return undefined;
    const alone = works.flatMap((work) => {
      const { said: _, ...unsaid } = work;
      return predictor.predict(unsaid) ?? [];
    });
    const isKnown = alone.length === works.length && (first.said === undefined || alone.every(({ from }) => from !== 'group'));
    if (isKnown) return together(alone);
    // As work that nobody has ever seen.
    return first.said === undefined ? undefined : predictor.predict({ ...first, exact: '', family: '' });
  };

  const workOn = (job: PredictableJob, device: string | undefined, isWarm?: boolean): Work | undefined =>
    device === undefined ? undefined : workOf(job, device, isWarm ?? willBeWarm(job, device));

  /** Of time alone, which is asked for thousands of waiting jobs at once. */
  const estimateFor = (job: PredictableJob, device: string | undefined): Estimate | undefined => {
    const work = workOn(job, device);
    const expected = work && predictor.predict(work);
    return expected && { p50Seconds: expected.p50, p90Seconds: expected.p90 };
  };

  /** A worker that has used a device beside the processor ends with its job. */
  const willBeWarm = ({ spec, demand }: PredictableJob, device: string): boolean | undefined =>
    demand.device ? false : keepsWarm(spec, devices().find(({ id }) => id === device)?.coreIds);

  /** A model that has run is predicted by its runs; where nothing was measured its operations would say nothing. */
  const isOfUse = (spec: JobSpec): boolean =>
    spec.runtime === 'onnx' && !isDivided(spec) && !predictor.hasRun(familyOfModel(spec.model)) && devices().some(({ id }) => speedOf(id));

  return {
    operationsOf: createModelOperations({ isWanted: isOfUse, weigh, signal }),
    predict(job, placed, warm) {
      if (isDivided(job.spec)) {
        const shared = predictDivided(job);
        return shared && predictionOf(shared);
      }
      const work = workOn(job, placed && 'placement' in placed ? deviceOf(placed, job.demand) : likelyDevice(job, devices()), warm);
      const expected = work && predictor.predict(work);
      return expected && { ...predictionOf(expected), ...memory.predict(work, job.demand) };
    },
    estimates(job) {
      if (isDivided(job.spec)) {
        const shared = predictDivided(job);
        return shared ? { estimate: { p50Seconds: shared.p50, p90Seconds: shared.p90 } } : {};
      }
      const likely = likelyDevice(job, devices());
      const estimate = estimateFor(job, likely);
      const estimateOn: Record<string, Estimate> = {};
      for (const { id } of possibleDevices(job, devices())) {
        const other = id === likely ? undefined : estimateFor(job, id);
        if (other && !isSame(other, estimate)) estimateOn[id] = other;
      }
      if (!estimate && Object.keys(estimateOn).length === 0) return nothingKnown;
      return { ...(estimate && { estimate }), ...(Object.keys(estimateOn).length > 0 && { estimateOn }) };
    },
    familyOf: (job) => workOf(job, '')?.family,
    learn,
    async readJournal(reader, before, signal) {
      for (let offset = remembered - pageRuns; offset >= 0; offset -= pageRuns) {
        if (signal.aborted) return;
        const page = await reader.latestRuns(before, offset, pageRuns);
        for (const { spec, demand, state } of page.toReversed()) {
          // Written by this core's jobs, in a form that migrations keep up to date.
          learn({
            spec: JSON.parse(spec) as JobSpec,
            demand: JSON.parse(demand) as JobDetail['demand'],
            state: JSON.parse(state) as JobState,
          });
        }
      }
    },
    quality: () => predictor.quality().map(qualityOf),
    qualityOf(job) {
      if (isDivided(job.spec)) return undefined;
      const predicted = 'predicted' in job.state ? job.state.predicted : undefined;
      const device = deviceOf(job.state, job.demand) ?? likelyDevice(job, devices());
      const work = device === undefined ? undefined : workOf(job, device, predicted ? predicted.warm : willBeWarm(job, device));
      const quality = work && predictor.qualityOf(work);
      return quality && qualityOf(quality);
    },
  };
};

/** One for all that wait, however many they are. */
const nothingKnown: Estimates = {};

const isSame = (a: Estimate, b: Estimate | undefined): boolean => a.p50Seconds === b?.p50Seconds && a.p90Seconds === b.p90Seconds;

/** The clock counts in milliseconds, so that nothing shorter was measured, and nothing runs for thirty thousand years, whatever a line through logarithms says. */
const timeBounds = { least: 0.001, most: 1e12 } as const;

const predictionOf = ({ p50, p90, startUp, ...rest }: Expected): Prediction => ({
  p50Seconds: p50,
  p90Seconds: p90,
  ...rest,
  ...(startUp !== undefined && { startUpSeconds: startUp }),
});

const expectedOf = ({ p50Seconds: p50, p90Seconds: p90, from, samples, warm }: Prediction): Expected => ({
  p50,
  p90,
  from,
  samples,
  ...(warm !== undefined && { warm }),
});
