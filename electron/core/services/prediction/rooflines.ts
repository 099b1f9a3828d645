import type { Operations } from '../../../../shared/model/job.ts';
import type { Roofline } from '../../../../shared/model/prediction.ts';
import { createCorrections } from './corrections.ts';
import type { Work } from './work.ts';

/** What a device was measured to do for one piece of work: of a processor one thread, because a session has one. Undefined where nothing was. */
export type SpeedOf = (device: string) => Pick<Roofline, 'gflops' | 'gbPerSecond'> | undefined;

/** How long a model takes by what it computes and moves, before it has ever run (Williams, Waterman, Patterson 2009). */
export interface Rooflines {
  predict(work: Work): { amount: number; samples: number; factor: number; roofline: Roofline } | undefined;
  /** The logarithm of the time on `device` over that on `other`, by their measured speeds; undefined unless both were measured. */
  between(device: string, other: string, operations: Operations | undefined): number | undefined;
  /** A run without its start-up, and whether it had been predicted so. */
  learn(work: Work, seconds: number, wasPredicted: boolean): void;
}

/** The P90 of a first prediction over its P50, while fewer than ten have shown how far they are off. */
const firstFactor = 4;

/**
 * Seconds = max(FLOP ÷ FLOP a second, bytes ÷ bytes a second) + what any run costs besides: the shortest that a worker has taken on this
 * device for anything; never less than `least`, which is what can be measured. Nothing reaches its peak; by how much models fall short of it is learned per device from such predictions.
 */
export const createRooflines = (speedOf: SpeedOf, least: number): Rooflines => {
  const corrections = createCorrections();
  const shortest = new Map<string, number>();

  const rooflineOf = ({ device, operations }: Work): { seconds: number; roofline: Roofline } | undefined => {
    const speed = operations && speedOf(device);
    if (!speed) return undefined;
    const seconds = Math.max(least, secondsAt(speed, operations) + (shortest.get(device) ?? 0));
    return { seconds, roofline: { ...operations, ...speed } };
  };

  return {
    predict(work) {
      const found = rooflineOf(work);
      if (!found) return undefined;
      const { factor = firstFactor, ...corrected } = corrections.correct(work.device, found.seconds);
      return { ...corrected, factor, roofline: found.roofline };
    },
    between(device, other, { flop, bytes } = anyProduct) {
      const [speed, otherSpeed] = [speedOf(device), speedOf(other)];
      // One that does nothing tells as little as one of which nothing is known.
      const done = flop + bytes > 0 ? { flop, bytes } : anyProduct;
      return speed && otherSpeed && Math.log(secondsAt(speed, done) / secondsAt(otherSpeed, done));
    },
    learn(work, seconds, wasPredicted) {
      const found = wasPredicted ? rooflineOf(work) : undefined;
      if (found) corrections.learn(work.device, found.seconds, seconds);
      // Whoever says whether it is warm runs in a worker.
      if (work.warm !== undefined) shortest.set(work.device, Math.min(seconds, shortest.get(work.device) ?? seconds));
    },
  };
};

/** Of a model of which nothing is known the devices are compared by how they multiply. */
const anyProduct: Operations = { flop: 1, bytes: 0 };

const secondsAt = ({ gflops, gbPerSecond }: Pick<Roofline, 'gflops' | 'gbPerSecond'>, { flop, bytes }: Operations): number =>
  Math.max(flop / (gflops * 1e9), bytes / (gbPerSecond * 1e9));
