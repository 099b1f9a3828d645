import type { JobDetail, JobRow } from '../model/job.ts';
import type { PredictedFrom, Prediction, PredictionQuality } from '../model/prediction.ts';
import { ranSeconds } from '../model/run-time.ts';
import { clockTime } from './clock-time.ts';
import { formatText, type Locale, type Values } from './format.ts';
import en from './prediction.en.json' with { type: 'json' };
import zh from './prediction.zh.json' with { type: 'json' };

type Key = keyof typeof en;

/** A text without words in every language does not compile. */
const texts: Record<Locale, Record<Key, string>> = { en, zh };

type Predicted = Pick<JobRow, 'state' | 'runtime'> & Pick<Partial<JobDetail>, 'prediction'>;

/** How long a job should take, when it should end, or what it took instead: one sentence; undefined where nothing is predicted. */
export const predictionText = (job: Predicted, now: number, locale: Locale): string | undefined => {
  const { state } = job;
  const prediction = job.prediction ?? ('predicted' in state ? state.predicted : undefined);
  if (!prediction) return undefined;
  const say = (key: Key, values: Values): string => formatText(texts[locale][key], values, locale);
  const { p50Seconds: p50, p90Seconds: p90 } = prediction;
  if ('endedAt' in state) {
    // How long it ran is not known of one whose end nobody saw.
    if (state.startedAt === undefined || state.endedUnseen) return undefined;
    const taken = keptSeconds(state) + (ranSeconds(state, now) ?? 0);
    return say(state.kind === 'succeeded' ? 'took' : 'ended-after', { taken, p50 });
  }
  if (!('placement' in state)) {
    const basis = say(basisKey(prediction, job), { count: prediction.samples, ...prediction.roofline });
    return say(expectationKey(prediction), { p50, p90, basis, startUp: prediction.startUpSeconds ?? 0 });
  }
  // Nobody knows when it goes on, or it is being ended to make room.
  if (state.kind === 'paused' || state.preemptedBy) return undefined;
  const elapsed = keptSeconds(state) + (ranSeconds(state, now) ?? 0);
  if (elapsed >= p90) return say('late', { late: elapsed - p90, p90 });
  const [key, seconds] = elapsed < p50 ? (['should-end', p50] as const) : (['should-end-by', p90] as const);
  return say(key, { at: clockTime(now + (seconds - elapsed) * 1000, now), left: seconds - elapsed });
};

/** What earlier attempts did of its work that was not lost when they made room: all of it is predicted as one run. */
const keptSeconds = ({ preemptions }: JobRow['state']): number =>
  preemptions ? Math.max(0, preemptions.attainedSeconds - preemptions.lostSeconds) : 0;

type Needy = Predicted & Pick<JobDetail, 'demand'>;

/** How much memory a job should need, or what it held instead, of the machine and of devices: a sentence each. */
export const memoryTexts = (job: Needy, locale: Locale): string[] => {
  const prediction = job.prediction ?? ('predicted' in job.state ? job.state.predicted : undefined);
  const { memory, deviceMemory } = prediction ?? {};
  const { kind = 'gpu', count = 0 } = job.demand.device ?? {};
  const ranOn = 'ranOn' in job.state ? job.state.ranOn : undefined;
  const say = (key: Key, values: Values): string => formatText(texts[locale][key], values, locale);
  const text = (which: 'memory' | 'device-memory', need: typeof memory, peak: number | undefined): string[] => {
    if (!need) return [];
    if ('endedAt' in job.state) return peak === undefined ? [] : [say(`${which}-held`, { kind, peak, p50: need.p50Bytes })];
    const basis = say(basisKey(need, job), { count: need.samples });
    return [say(`${which}-need`, { kind, p50: need.p50Bytes, p90: need.p90Bytes, basis })];
  };
  const devicePeaks = (ranOn?.devices ?? []).slice(0, count).flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? []);
  const devicePeak = devicePeaks.length === 0 ? undefined : Math.max(...devicePeaks);
  return [...text('memory', memory, ranOn?.peakMemoryBytes), ...text('device-memory', deviceMemory, devicePeak)];
};

/** How much of a device a job is counted for where that is not what it asked for by number. */
export const deviceMemoryText = ({ device, deviceMemoryFrom }: JobDetail['demand'], locale: Locale): string | undefined => {
  if (deviceMemoryFrom === 'unknown') return formatText(texts[locale]['device-memory-unknown'], {}, locale);
  if (deviceMemoryFrom !== 'measured') return undefined;
  return formatText(texts[locale]['device-memory-learned'], { bytes: device?.memoryBytes ?? 0 }, locale);
};

/** How good predictions have been for such work on its device. */
export const qualityText = (quality: PredictionQuality, locale: Locale): string => {
  const say = (key: Key, values: Values): string => formatText(texts[locale][key], values, locale);
  const { warm, device, memory, deviceMemory } = quality;
  const figures = ({ mape, p90Coverage, predicted }: Pick<PredictionQuality, 'mape' | 'p90Coverage' | 'predicted'>): Values => ({
    error: Math.round(100 * mape),
    covered: Math.round(100 * p90Coverage),
    count: predicted,
  });
  return [
    say(warm === undefined ? 'quality' : warm ? 'quality-warm' : 'quality-cold', { ...figures(quality), device }),
    ...(memory ? [say('memory-quality', figures(memory))] : []),
    ...(deviceMemory ? [say('device-memory-quality', figures(deviceMemory))] : []),
  ].join(locale === 'zh' ? '' : ' ');
};

const expectationKey = ({ warm, startUpSeconds }: Prediction): Key => {
  if (warm) return 'should-take-warm';
  return startUpSeconds === undefined ? 'should-take' : 'should-take-cold';
};

const basisKey = ({ from, samples }: { from: PredictedFrom; samples: number }, { runtime }: Predicted): Key => {
  if (from === 'said') return samples === 0 ? 'said-alone' : 'said';
  if (from === 'roofline') return samples === 0 ? 'roofline-alone' : 'roofline';
  if (from === 'repeats') return `repeats-${runtime === 'process' ? 'command' : runtime}`;
  if (from === 'family') return runtime === 'command' || runtime === 'container' ? `family-${runtime}` : 'family';
  return from;
};
