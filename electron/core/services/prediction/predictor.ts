import type { PredictedFrom } from '../../../../shared/model/prediction.ts';
import { createDeviceRatios } from './device-ratios.ts';
import { createLeastSquares, type LeastSquares } from './least-squares.ts';
import { createSpread, type Spread } from './spread.ts';
import { average, median } from './averages.ts';
import { createDriftWatch } from './drift.ts';
import { createStartUps } from './start-ups.ts';
import { createUserEstimates } from './user-estimates.ts';
import { valueIn } from './value-in.ts';

/** What is known of a piece of work before it runs. Keys are compared as they are. */
export interface Work {
  /** The very same work: the same model, shape, command and cores. */
  readonly exact: string;
  /** Work of the same kind whose time depends on its size: the same model or program. */
  readonly family: string;
  /** Whose work it is and how it runs; the last resort. */
  readonly group: string;
  readonly device: string;
  /** How much there is to do, such as bytes of input; 0 where nothing is known. */
  readonly size: number;
  /** How many items there are; at least 1. */
  readonly items: number;
  /** Whether what it needs stands ready from earlier work; absent where nothing is kept. */
  readonly warm?: boolean;
  /** What its user said that it comes to; absent where nothing was said. */
  readonly said?: number;
}

/** What was predicted of an amount, be it seconds or bytes. */
export interface Expected {
  readonly p50: number;
  /** Nine of ten should stay below it. */
  readonly p90: number;
  readonly from: PredictedFrom;
  readonly samples: number;
  /** What it takes `Work.warm` to be. */
  readonly warm?: boolean;
  /** The part of `p50` that beginning anew adds. */
  readonly startUp?: number;
}

/** What a run came to; `startUp` is the part of it that a warm one saves. */
export interface Measured {
  readonly amount: number;
  readonly startUp?: number;
}

/** How good predictions of such work have been. */
export interface Quality {
  readonly family: string;
  readonly device: string;
  readonly warm?: boolean;
  readonly runs: number;
  readonly predicted: number;
  /** Mean of |predicted − actual| / actual, of the latest hundred predictions. */
  readonly mape: number;
  /** The part of them that stayed within their P90. */
  readonly p90Coverage: number;
}

export interface Predictor {
  predict(work: Work): Expected | undefined;
  /** Learns from a run that has ended and from what was predicted before it ran, where something was. */
  learn(work: Work, measured: Measured, predicted?: Expected): void;
  /** Of this very kind of work; undefined while nothing was predicted of it. */
  qualityOf(work: Pick<Work, 'family' | 'device' | 'warm'>): Quality | undefined;
  quality(): Quality[];
}

/** The least and the most that an amount can be. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

const ringSize = 15;
const enoughRepeats = 3;
const enoughSizes = 5;
const enoughInGroup = 3;
/** The first guesses about new work do not count for ever. */
const judgedKept = 100;
/** While nobody knows how far predictions are off. */
const firstFactor = 2;
/** Twice as many items take twice as long, and bytes say nothing, until runs have shown otherwise. */
const expectedSlopes = [0, 1] as const;

interface Repeats {
  readonly device: string;
  /** Of the latest runs, without their start-up. */
  amounts: number[];
}

interface Family {
  readonly family: string;
  readonly device: string;
  readonly warm: boolean | undefined;
  readonly fit: LeastSquares;
  readonly spread: Spread;
  runs: number;
  predicted: number;
  /** Of the latest predictions: |predicted − actual| / actual, and whether the P90 held. */
  readonly judged: { readonly error: number; readonly isCovered: boolean }[];
}

interface Found {
  readonly amount: number;
  readonly from: PredictedFrom;
  readonly samples: number;
  /** How far such figures are off, where that is known apart. */
  readonly factor?: number | undefined;
}

/**
 * Learns amounts one by one and predicts from the most particular that is known: the median of the same work on the same device; a line
 * through logarithms of the amount over size and items; the same kind of work on other devices, corrected by how the devices compare on work
 * that both have run; what its user said; the group. Warm and cold runs are different work, and the start-up of a cold one is a part of its own, which does not
 * depend on how much work follows. All of it is O(1) for a run, up to the few samples kept.
 */
export const createPredictor = ({ least, most }: Bounds): Predictor => {
  const repeats = new Map<string, Repeats>();
  const families = new Map<string, Family>();
  const groups = new Map<string, { count: number; mean: number }>();
  const ratios = createDeviceRatios();
  const drift = createDriftWatch();
  const startUps = createStartUps();
  const userEstimates = createUserEstimates();
  const bounded = (amount: number): number => Math.min(most, Math.max(least, amount));

  const predict: Predictor['predict'] = (work) => {
    const found = withoutStartUp(work);
    if (!found) return undefined;
    // What its user said is all of it.
    const isApart = work.warm === false && found.from !== 'said';
    const startUp = isApart ? startUps.expected(work.family, work.device) : undefined;
    const factor = found.factor ?? families.get(familyKey(work))?.spread.factor() ?? firstFactor;
    const p50 = bounded(found.amount + (startUp ?? 0));
    const { from, samples } = found;
    const { warm } = work;
    const mode = { ...(warm !== undefined && { warm }), ...(startUp !== undefined && { startUp }) };
    return { p50, p90: bounded(p50 * factor), from, samples, ...mode };
  };

  const withoutStartUp = (work: Work): Found | undefined => {
    const hasSize = work.size > 0 || work.items > 1;
    const anySize = hasSize ? 'size' : 'family';
    return (
      fromRepeats(work, enoughRepeats) ??
      (hasSize ? fromFamily(work, 'size', enoughSizes) : undefined) ??
      fromRepeats(work, 1) ??
      // What is known of the same work in another state of its worker is closer than what is known of other work.
      firstOf(otherModes(work), (other) => fromRepeats(other, 1)) ??
      fromFamily(work, anySize, 1) ??
      firstOf(otherModes(work), (other) => fromFamily(other, anySize, 1)) ??
      fromOtherDevices(work) ??
      fromUser(work) ??
      fromGroup(work)
    );
  };

  const fromRepeats = (work: Work, enough: number): Found | undefined => {
    const amounts = repeats.get(repeatKey(work))?.amounts;
    if (!amounts || amounts.length < enough) return undefined;
    return { amount: median(amounts), from: 'repeats', samples: amounts.length };
  };

  const fromFamily = (work: Work, from: 'size' | 'family', enough: number): Found | undefined => {
    const fit = families.get(familyKey(work))?.fit;
    const log = fit?.predict(featuresOf(work));
    if (!fit || log === undefined || fit.samples < enough) return undefined;
    return { amount: Math.exp(log), from, samples: fit.samples };
  };

  /** The same kind of work at its own size, as each other device would take it, in terms of this one. */
  const fromOtherDevices = (work: Work): Found | undefined => {
    const known = ratios.devicesOf(work.family).flatMap((device) => {
      const fit = firstOf([work, ...otherModes(work)], (mode) => families.get(familyKey({ ...mode, device }))?.fit);
      const log = fit?.predict(featuresOf(work));
      return fit && log !== undefined ? [{ log: log + ratios.between(work.device, device), samples: fit.samples }] : [];
    });
    if (known.length === 0) return undefined;
    const samples = known.reduce((total, one) => total + one.samples, 0);
    return { amount: Math.exp(average(known.map(({ log }) => log))), from: 'other-devices', samples };
  };

  const fromUser = ({ group, said }: Work): Found | undefined =>
    said === undefined ? undefined : { ...userEstimates.correct(group, bounded(said)), from: 'said' };

  const fromGroup = ({ group }: Work): Found | undefined => {
    const known = groups.get(group);
    if (!known || known.count < enoughInGroup) return undefined;
    return { amount: Math.exp(known.mean), from: 'group', samples: known.count };
  };

  const learn: Predictor['learn'] = (work, { amount, startUp = 0 }, predicted) => {
    const family = familyOf(work);
    family.runs += 1;
    // How wrong its user was says nothing about how wrong what was learned is.
    if (predicted && predicted.from !== 'said') judge(work, bounded(amount), predicted);
    if (work.said !== undefined) userEstimates.learn(work.group, bounded(work.said), bounded(amount));
    if (work.warm === false) startUps.learn(work.family, work.device, startUp);
    const own = bounded(amount - startUp);
    const log = Math.log(own);
    family.fit.learn(featuresOf(work), log);
    const { amounts } = valueIn(repeats, repeatKey(work), (): Repeats => ({ device: work.device, amounts: [] }));
    amounts.push(own);
    if (amounts.length > ringSize) amounts.shift();
    ratios.learn(work.family, work.device, log);
    const group = valueIn(groups, work.group, () => ({ count: 0, mean: 0 }));
    group.count += 1;
    group.mean += (log - group.mean) / group.count;
  };

  const familyOf = (work: FamilyMode): Family => valueIn(families, familyKey(work), () => newFamily(work));

  /** The error belongs to what was predicted: that a worker was not warm after all is one of the ways to be wrong. */
  const judge = ({ family: name, device }: Work, amount: number, { p50, p90, from, warm }: Expected): void => {
    const residual = Math.log(amount) - Math.log(bounded(p50));
    const family = familyOf({ family: name, device, warm });
    family.predicted += 1;
    family.judged.push({ error: Math.abs(p50 - amount) / amount, isCovered: amount <= p90 });
    if (family.judged.length > judgedKept) family.judged.shift();
    family.spread.learn(residual);
    const shift = from === 'repeats' ? drift.shiftOf(device, residual) : undefined;
    if (shift !== undefined) shiftDevice(device, shift);
  };

  /** Something about the device has changed, for all work alike: how kinds of work compare is still known, only the level is another. */
  const shiftDevice = (device: string, shift: number): void => {
    const factor = Math.exp(shift);
    for (const one of repeats.values()) if (one.device === device) one.amounts = one.amounts.map((amount) => bounded(amount * factor));
    for (const family of families.values()) if (family.device === device) family.fit.shift(shift);
  };

  return {
    predict,
    learn,
    qualityOf: (work) => {
      const family = families.get(familyKey(work));
      return family && family.predicted > 0 ? qualityIn(family) : undefined;
    },
    quality: () =>
      [...families.values()]
        .filter(({ predicted }) => predicted > 0)
        .map(qualityIn)
        .toSorted((a, b) => b.predicted - a.predicted),
  };
};

/** As in `Work`, where it may also be said to be unknown. */
interface Mode {
  readonly device: string;
  readonly warm?: boolean | undefined;
}

type FamilyMode = Mode & { readonly family: string };

/** The same work in the other states of its worker; work that was seen before anybody kept workers has none. */
const otherModes = (work: Work): Work[] => {
  const { warm, ...unknown } = work;
  return warm === undefined
    ? [
        { ...work, warm: true },
        { ...work, warm: false },
      ]
    : [{ ...work, warm: !warm }, unknown];
};

const firstOf = <One, Value>(list: readonly One[], find: (one: One) => Value | undefined): Value | undefined => {
  for (const one of list) {
    const value = find(one);
    if (value !== undefined) return value;
  }
  return undefined;
};

const keyOf = (what: string, { device, warm }: Mode): string => [what, device, warm === undefined ? '' : warm ? 'warm' : 'cold'].join('\0');
const repeatKey = (work: Work): string => keyOf(work.exact, work);
const familyKey = (work: FamilyMode): string => keyOf(work.family, work);

const featuresOf = ({ size, items }: Work): number[] => [Math.log1p(Math.max(0, size)), Math.log(Math.max(1, items))];

const newFamily = ({ family, device, warm }: FamilyMode): Family => ({
  family,
  device,
  warm,
  fit: createLeastSquares(expectedSlopes),
  spread: createSpread(),
  runs: 0,
  predicted: 0,
  judged: [],
});

const qualityIn = ({ family, device, warm, runs, predicted, judged }: Family): Quality => ({
  family,
  device,
  ...(warm !== undefined && { warm }),
  runs,
  predicted,
  mape: average(judged.map(({ error }) => error)),
  p90Coverage: judged.filter(({ isCovered }) => isCovered).length / judged.length,
});
