import type { PredictedFrom, Roofline } from '../../../../shared/model/prediction.ts';
import { createCorrections } from './corrections.ts';
import { createDeviceRatios } from './device-ratios.ts';
import { createLeastSquares, type LeastSquares } from './least-squares.ts';
import { createRooflines, type SpeedOf } from './rooflines.ts';
import { createSpread, type Spread } from './spread.ts';
import { createTrackRecord, type TrackRecord } from './track-record.ts';
import type { Work } from './work.ts';
import { familyKey, firstOf, otherModes, repeatKey, type FamilyMode } from './work-keys.ts';
import { average, median } from './averages.ts';
import { createDriftWatch } from './drift.ts';
import { createStartUps } from './start-ups.ts';
import { valueIn } from './value-in.ts';

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
  readonly roofline?: Roofline;
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
  /** Whether any run of this family has been learned from, on whatever device. */
  hasRun(family: string): boolean;
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
  readonly record: TrackRecord;
  runs: number;
}

interface Found {
  readonly amount: number;
  readonly from: PredictedFrom;
  readonly samples: number;
  /** How far such figures are off, where that is known apart. */
  readonly factor?: number | undefined;
  readonly roofline?: Roofline;
}

/**
 * Learns amounts one by one and predicts from the most particular that is known: the median of the same work on the same device; a line
 * through logarithms of the amount over size and items; the same kind of work on other devices, corrected by how the devices compare on work
 * that both have run, or in what they were measured to do; what its user said; what a model computes and moves; the group. What its user said
 * comes before other work of its kind where no size tells the two apart, as with commands. Warm and cold runs are different work, and the start-up of a cold one is a part of its own, which does not
 * depend on how much work follows. All of it is O(1) for a run, up to the few samples kept.
 */
export const createPredictor = ({ least, most }: Bounds, speedOf: SpeedOf = () => undefined): Predictor => {
  const repeats = new Map<string, Repeats>();
  const families = new Map<string, Family>();
  const groups = new Map<string, { count: number; mean: number }>();
  const ratios = createDeviceRatios();
  const drift = createDriftWatch();
  const startUps = createStartUps();
  /** By the kind of work where that is known, else by the group. */
  const wordsOfFamily = createCorrections();
  const wordsOfGroup = createCorrections();
  const rooflines = createRooflines(speedOf, least);
  const bounded = (amount: number): number => Math.min(most, Math.max(least, amount));

  const predict: Predictor['predict'] = (work) => {
    const found = withoutStartUp(work);
    if (!found) return undefined;
    // What its user said is all of it.
    const isApart = work.warm === false && found.from !== 'said';
    const startUp = isApart ? startUps.expected(work.family, work.device) : undefined;
    const factor = found.factor ?? families.get(familyKey(work))?.spread.factor() ?? firstFactor;
    const p50 = bounded(found.amount + (startUp ?? 0));
    const { from, samples, roofline } = found;
    const { warm } = work;
    const more = { ...(warm !== undefined && { warm }), ...(startUp !== undefined && { startUp }), ...(roofline && { roofline }) };
    return { p50, p90: bounded(p50 * factor), from, samples, ...more };
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
      // Where sizes say nothing a family is other work, and who submits knows more of this one.
      (hasSize ? undefined : fromUser(work)) ??
      fromFamily(work, anySize, 1) ??
      firstOf(otherModes(work), (other) => fromFamily(other, anySize, 1)) ??
      fromOtherDevices(work) ??
      fromUser(work) ??
      fromRoofline(work) ??
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
      return fit && log !== undefined ? [{ log: log + ratioTo(device, work), samples: fit.samples }] : [];
    });
    if (known.length === 0) return undefined;
    const samples = known.reduce((total, one) => total + one.samples, 0);
    return { amount: Math.exp(average(known.map(({ log }) => log))), from: 'other-devices', samples };
  };

  /** How the devices compare on what both have run says more than what they were measured to do. */
  const ratioTo = (other: string, { device, operations }: Work): number =>
    ratios.between(device, other) ?? rooflines.between(device, other, operations) ?? 0;

  const fromUser = ({ family, group, said }: Work): Found | undefined => {
    if (said === undefined) return undefined;
    const byFamily = wordsOfFamily.correct(family, bounded(said));
    return { ...(byFamily.samples > 0 ? byFamily : wordsOfGroup.correct(group, bounded(said))), from: 'said' };
  };

  /** A start that nobody has seen on this device may take a thousand times as long as the work, and nothing measured says how long. */
  const fromRoofline = (work: Work): Found | undefined => {
    const isStartKnown = work.warm !== false || startUps.expected(work.family, work.device) !== undefined;
    const found = isStartKnown ? rooflines.predict(work) : undefined;
    return found && { ...found, from: 'roofline' };
  };

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
    if (work.said !== undefined) {
      wordsOfFamily.learn(work.family, bounded(work.said), bounded(amount));
      wordsOfGroup.learn(work.group, bounded(work.said), bounded(amount));
    }
    if (work.warm === false) startUps.learn(work.family, work.device, startUp);
    const own = bounded(amount - startUp);
    const log = Math.log(own);
    rooflines.learn(work, own, predicted?.from === 'roofline');
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
  const judge = ({ family: name, device }: Work, amount: number, predicted: Expected): void => {
    const { p50, from, warm } = predicted;
    const residual = Math.log(amount) - Math.log(bounded(p50));
    const family = familyOf({ family: name, device, warm });
    family.record.add(predicted, amount);
    // How far a formula is off says nothing about how far runs of this work lie apart.
    if (from !== 'roofline') family.spread.learn(residual);
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
    hasRun: (family) => ratios.devicesOf(family).length > 0,
    qualityOf: (work) => {
      const family = families.get(familyKey(work));
      return family && family.record.predicted > 0 ? qualityIn(family) : undefined;
    },
    quality: () =>
      [...families.values()]
        .filter(({ record }) => record.predicted > 0)
        .map(qualityIn)
        .toSorted((a, b) => b.predicted - a.predicted),
  };
};

const featuresOf = ({ size, items }: Work): number[] => [Math.log1p(Math.max(0, size)), Math.log(Math.max(1, items))];

const newFamily = ({ family, device, warm }: FamilyMode): Family => ({
  family,
  device,
  warm,
  fit: createLeastSquares(expectedSlopes),
  spread: createSpread(),
  record: createTrackRecord(),
  runs: 0,
});

const qualityIn = ({ family, device, warm, runs, record }: Family): Quality => ({
  family,
  device,
  ...(warm !== undefined && { warm }),
  runs,
  predicted: record.predicted,
  ...record.figures(),
});
