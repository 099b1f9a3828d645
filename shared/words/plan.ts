import type { Nearness } from '../model/nearness.ts';
import type { Explanation, PlacementCandidate, Remedy } from '../model/plan.ts';
import { clockTime } from './clock-time.ts';
import { formatText, type Locale, type Values } from './format.ts';
import en from './plan.en.json' with { type: 'json' };
import zh from './plan.zh.json' with { type: 'json' };

type Key = keyof typeof en;

/** A text without words in every language does not compile. */
const texts: Record<Locale, Record<Key, string>> = { en, zh };

const say = (key: Key, values: Values, locale: Locale): string => formatText(texts[locale][key], values, locale);

/** When a waiting job should start and end, at the median and at the latest; a held one has no time. */
export const whenText = (explanation: Explanation, now: number, locale: Locale): string[] => {
  const { wait, startsAt, startsAtLatest, endsAt, endsAtLatest } = explanation;
  if (wait?.code === 'held') return [];
  const isForFailure = wait?.code === 'dependency' && wait.values.failing !== undefined;
  if (startsAt === undefined) return [say(isForFailure ? 'start-not' : 'start-unknown', {}, locale)];
  const length = endsAt === undefined ? [say('length-unknown', {}, locale)] : [];
  if (startsAt <= now) return [say('starts-now', {}, locale), ...length];
  const latest =
    startsAtLatest === undefined || startsAtLatest === startsAt
      ? []
      : [say('starts-latest', { start: clockTime(startsAtLatest, now), end: clockTimeOf(endsAtLatest, now) }, locale)];
  const start = clockTime(startsAt, now);
  return [say('starts', { start, wait: (startsAt - now) / 1000, end: clockTimeOf(endsAt, now) }, locale), ...length, ...latest];
};

/** When a waiting job should start. */
export const startText = (startsAt: number, now: number, locale: Locale): string =>
  startsAt <= now
    ? say('starts-now', {}, locale)
    : say('starts', { start: clockTime(startsAt, now), wait: (startsAt - now) / 1000 }, locale);

/** Who is ahead; undefined when nobody is. */
export const aheadText = ({ ahead: [first], aheadTotal }: Explanation, locale: Locale): string | undefined =>
  first && say('ahead', { total: aheadTotal, first, id: first.id }, locale);

/** What would start it now, as advice. */
export const remedyText = (remedy: Remedy, locale: Locale): string =>
  say(remedy.code, 'job' in remedy.values ? { ...remedy.values, id: remedy.values.job.id } : remedy.values, locale);

/** Why a place comes before others that are as good. */
export const nearText = (near: Nearness, locale: Locale): string =>
  say(near.code, 'job' in near.values ? { ...near.values, id: near.values.job.id } : near.values, locale);

/** Where it could run, or when it was placed could have run, and when that would be done. */
export const candidateText = (candidate: PlacementCandidate, now: number, locale: Locale, isPlaced = false): string => {
  const { device, deviceName, freeAt, p50Seconds, finishesAt, isChosen } = candidate;
  return say(
    isChosen ? (isPlaced ? 'candidate-taken' : 'candidate-chosen') : 'candidate',
    { device, deviceName, free: clockTime(freeAt, now), takes: p50Seconds, end: clockTimeOf(finishesAt, now) },
    locale,
  );
};

const clockTimeOf = (at: number | undefined, now: number): string | undefined => (at === undefined ? undefined : clockTime(at, now));
