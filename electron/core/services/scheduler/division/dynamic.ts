/**
 * How many items the device that is free next takes (dynamic allocation), from what is left.
 * Sources: guided self-scheduling (Polychronopoulos, Kuck 1987); trapezoid (Tzen, Ni 1993); factoring (Hummel, Schonberg, Flynn 1992);
 * weighted factoring (Hummel, Schmidt, Uma, Wein 1996); adaptive weighted factoring (Banicescu, Velusamy, Devaprasad 2003).
 */

export type DynamicScheme = 'self' | 'guided' | 'trapezoid' | 'factoring' | 'weighted' | 'adaptive';

/** Hands out chunks. Whoever is free asks; what is lost is put back and handed out again. */
export interface Division {
  /** Items of the next chunk for this device; 0 when none are left. */
  next(device: number): number;
  /** What a chunk of this device took, fixed cost and items together, and what of it was fixed cost; only the adaptive scheme learns from it. */
  finished(device: number, items: number, seconds: number, overheadSeconds?: number): void;
  /** A chunk did not come to its end: its items are to be done again. */
  lost(items: number): void;
  /** Whether a device takes part now; all do at first. Only the adaptive scheme shares among those that are there. */
  setThere(device: number, isThere: boolean): void;
  readonly left: number;
}

export interface DivisionOptions {
  readonly scheme: DynamicScheme;
  readonly items: number;
  /** Relative speeds as they are known; the adaptive scheme starts from equal ones and learns. */
  readonly speeds: readonly number[];
  /** What each chunk costs beside its items; chunks of the adaptive scheme are so large that it is a small part of them. */
  readonly overheadSeconds?: number;
}

/** The overhead may be this part of a chunk's time, when the adaptive scheme chooses. */
const overheadPart = 0.05;

export const createDivision = ({ scheme, items, speeds, overheadSeconds = 0 }: DivisionOptions): Division => {
  const devices = speeds.length;
  let left = items;

  const taken = (wanted: number): number => {
    const chunk = Math.min(left, Math.max(1, wanted));
    left -= chunk;
    return chunk;
  };
  const rule = ruleOf(scheme, { items, devices, speeds, overheadSeconds });
  return {
    next: (device) => (left === 0 ? 0 : taken(rule.size(left, device))),
    finished: (device, done, seconds, measuredSeconds = overheadSeconds) => rule.learn?.(device, done, seconds, measuredSeconds),
    lost: (count) => void (left += count),
    setThere: (device, isThere) => rule.setThere?.(device, isThere),
    get left() {
      return left;
    },
  };
};

interface Rule {
  /** Items wanted of `left`. */
  size(left: number, device: number): number;
  learn?(device: number, items: number, seconds: number, overheadSeconds: number): void;
  setThere?(device: number, isThere: boolean): void;
}

interface RuleOptions {
  readonly items: number;
  readonly devices: number;
  readonly speeds: readonly number[];
  readonly overheadSeconds: number;
}

const ruleOf = (scheme: DynamicScheme, options: RuleOptions): Rule => {
  const { devices } = options;
  switch (scheme) {
    case 'self':
      return { size: () => 1 };
    case 'guided':
      return { size: (left) => Math.ceil(left / devices) };
    case 'trapezoid':
      return trapezoid(options);
    case 'factoring':
      return factoring(devices, () => 1);
    case 'weighted':
      return factoring(devices, weightsOf(options.speeds));
    case 'adaptive':
      return adaptive(options);
  }
};

/** From ⌈N/2P⌉ down to 1 in equal steps. */
const trapezoid = ({ items, devices }: RuleOptions): Rule => {
  const first = Math.ceil(items / (2 * devices));
  const chunks = Math.ceil((2 * items) / (first + 1));
  const step = chunks > 1 ? Math.floor((first - 1) / (chunks - 1)) : 0;
  let next = first;
  return {
    size: () => {
      const size = next;
      next = Math.max(1, next - step);
      return size;
    },
  };
};

/** Batches of P chunks that together take half of what is left; a device's chunk is weighted by its speed, weights adding up to P. */
const factoring = (devices: number, weightOf: (device: number) => number): Rule => {
  let base = 0;
  let inBatch = 0;
  return {
    size: (left, device) => {
      if (inBatch === 0) base = Math.ceil(left / (2 * devices));
      inBatch = (inBatch + 1) % devices;
      return Math.round(base * weightOf(device));
    },
  };
};

/** What a busy machine adds to a chunk now and then is no fixed cost: the least counts, and it is forgotten slowly. */
const overheadRise = 1.2;
/** Older chunks count less with each new one, so that a speed that changes is seen. */
const fading = 0.7;
/** The first chunk of a device only shows how fast it is: were it sized like the others, an unexpectedly slow device would be the last to end. */
const probePart = 1 / 16;

/**
 * Adaptive weighted factoring, chunk by chunk (AWF-C: Cariño, Banicescu 2008): a device that is free takes half of what would be its share of
 * what is left, at the speeds seen so far, and never so little that the fixed cost of a chunk counts. Until a device has been seen it counts
 * as the mean of those that have.
 */
const adaptive = ({ devices, overheadSeconds }: RuleOptions): Rule => {
  const seen = Array.from({ length: devices }, (): Seen => ({
    items: 0,
    seconds: 0,
    overheadSeconds: overheadSeconds || Infinity,
    isThere: true,
  }));
  const meanSpeed = (): number => {
    const known = seen.flatMap((one) => speedOf(one) ?? []);
    return known.length === 0 ? 1 : known.reduce((total, speed) => total + speed, 0) / known.length;
  };
  const shareOf = (device: number): number => {
    const mean = meanSpeed();
    const speeds = seen.map((one, index) => (one.isThere || index === device ? (speedOf(one) ?? mean) : 0));
    return (speeds[device] ?? mean) / speeds.reduce((total, speed) => total + speed, 0);
  };
  return {
    size: (left, device) => {
      const one = seen[device];
      const share = left * shareOf(device);
      const speed = one && speedOf(one);
      if (!one || speed === undefined) return Math.ceil((probePart * share) / 2);
      // The last items are shared: a chunk that is large for its overhead alone must not make all others wait for it.
      return Math.max(Math.ceil(share / 2), Math.min(leastItems(one, speed), Math.ceil(share)));
    },
    learn: (device, items, seconds, measuredSeconds) => {
      const one = seen[device];
      if (!one) return;
      const isFirst = one.items === 0;
      one.items = fading * one.items + items;
      one.seconds = fading * one.seconds + Math.max(0, seconds - measuredSeconds);
      // The first chunk also opens what all others use.
      if (!isFirst) one.overheadSeconds = Math.min(measuredSeconds, one.overheadSeconds * overheadRise);
    },
    setThere: (device, isThere) => {
      const one = seen[device];
      if (one) one.isThere = isThere;
    },
  };
};

/** What is known of a device; items and seconds fade together. */
interface Seen {
  items: number;
  seconds: number;
  /** Infinity until it was seen. */
  overheadSeconds: number;
  isThere: boolean;
}

const speedOf = ({ items, seconds }: Seen): number | undefined => (items > 0 && seconds > 0 ? items / seconds : undefined);

/** Overhead ≤ part × (overhead + items / speed), in items. */
const leastItems = ({ overheadSeconds }: Seen, speed: number): number =>
  overheadSeconds === Infinity ? 1 : Math.ceil((overheadSeconds * speed * (1 - overheadPart)) / overheadPart);

const weightsOf = (speeds: readonly number[]): ((device: number) => number) => {
  const total = speeds.reduce((all, speed) => all + speed, 0);
  return (device) => ((speeds[device] ?? 0) * speeds.length) / total;
};
