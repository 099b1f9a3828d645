import type { Chunk, CreateDivider, Divider, Taken } from '../../../division-port.ts';
import { createDivision } from './dynamic.ts';
import { longestFirst, proportionalCounts } from './static.ts';

/** A stretch of items that nobody has in hand. */
interface Stretch {
  readonly first: number;
  readonly count: number;
}

interface InHand {
  readonly chunk: Chunk;
  /** When each of its runners began; two when the first was slow. */
  readonly runners: Map<number, number>;
}

interface PartFacts {
  chunks: number;
  items: number;
  seconds: number;
  /** Both fade, so that they tell how it is now. */
  latest: { items: number; seconds: number };
}

/** Where chunks come from. */
interface Supply {
  next(part: number): Stretch | undefined;
  giveBack(stretch: Stretch): void;
  has(part: number): boolean;
  learn?(part: number, items: number, took: { seconds: number; overheadSeconds: number }): void;
  setThere?(part: number, isThere: boolean): void;
}

/** A chunk that takes this many times what was expected of it is slow, and a part that has nothing to do begins it too. */
const slowFactor = 2;
/** What takes less than this is not worth a second look. */
const leastSlowMs = 1000;
const fading = 0.7;

export const createDivider: CreateDivider = (options) => {
  const parts = options.speeds.map((): PartFacts => ({ chunks: 0, items: 0, seconds: 0, latest: { items: 0, seconds: 0 } }));
  const supply = options.scheme === 'static' ? staticSupply(options) : dynamicSupply(options, options.scheme);
  const inHand = new Map<number, InHand>();
  let lastId = 0;
  let done = 0;

  const factsOf = (part: number): PartFacts => {
    const facts = parts[part];
    if (!facts) throw new Error(`the division has no part ${part}`);
    return facts;
  };

  const take: Divider['take'] = (part, now) => {
    const stretch = supply.next(part);
    if (!stretch) return takeSlow(part, now);
    const chunk = { id: (lastId += 1), ...stretch };
    inHand.set(chunk.id, { chunk, runners: new Map([[part, now]]) });
    return { kind: 'chunk', chunk };
  };

  /** Of what others have in hand, what has taken too long; a static division stays as it was made. */
  const takeSlow = (part: number, now: number): Taken => {
    const others = [...inHand.values()].filter(({ runners }) => runners.size === 1 && !runners.has(part));
    if (others.length === 0 || options.scheme === 'static') return { kind: 'nothing' };
    const slowAt = others.map((held) => ({ held, at: slowFrom(held) })).sort((a, b) => a.at - b.at);
    const [first] = slowAt;
    if (!first || first.at === Infinity) return { kind: 'wait' };
    if (first.at > now) return { kind: 'wait', until: first.at };
    first.held.runners.set(part, now);
    return { kind: 'chunk', chunk: first.held.chunk };
  };

  const slowFrom = ({ chunk, runners }: InHand): number => {
    const [[runner, startedAt] = [0, 0]] = runners;
    const speed = speedOf(factsOf(runner)) ?? meanSpeed();
    return speed === undefined ? Infinity : startedAt + Math.max(leastSlowMs, (slowFactor * 1000 * chunk.count) / speed);
  };

  const meanSpeed = (): number | undefined => {
    const known = parts.flatMap((facts) => speedOf(facts) ?? []);
    return known.length === 0 ? undefined : known.reduce((total, speed) => total + speed, 0) / known.length;
  };

  const finished: Divider['finished'] = (part, chunk, took) => {
    const isFirst = inHand.delete(chunk.id);
    const facts = factsOf(part);
    facts.chunks += 1;
    facts.seconds += took.seconds;
    facts.latest.items = fading * facts.latest.items + chunk.count;
    facts.latest.seconds = fading * facts.latest.seconds + took.seconds;
    supply.learn?.(part, chunk.count, took);
    if (!isFirst) return false;
    facts.items += chunk.count;
    done += chunk.count;
    return true;
  };

  const left: Divider['left'] = (part) => {
    supply.setThere?.(part, false);
    for (const { chunk, runners } of inHand.values()) {
      if (!runners.delete(part) || runners.size > 0) continue;
      inHand.delete(chunk.id);
      supply.giveBack(chunk);
    }
  };

  return {
    items: options.items,
    joined: (part) => supply.setThere?.(part, true),
    take,
    finished,
    left,
    hasWorkFor: (part) => supply.has(part),
    progressOf: (part) => {
      const facts = factsOf(part);
      const itemsPerSecond = speedOf(facts);
      return { items: facts.items, seconds: facts.seconds, ...(itemsPerSecond !== undefined && { itemsPerSecond }) };
    },
    get done() {
      return done;
    },
  };
};

const speedOf = ({ latest: { items, seconds } }: PartFacts): number | undefined => (items > 0 && seconds > 0 ? items / seconds : undefined);

type Options = Parameters<CreateDivider>[0];

const dynamicSupply = ({ items, speeds }: Options, scheme: Exclude<Options['scheme'], 'static'>): Supply => {
  const division = createDivision({ scheme, items, speeds });
  for (const part of speeds.keys()) division.setThere(part, false);
  /** In rising order. */
  const stretches: Stretch[] = items === 0 ? [] : [{ first: 0, count: items }];
  return {
    next: (part) => {
      const stretch = stretches.shift();
      if (!stretch) return undefined;
      const wanted = division.next(part);
      const count = Math.min(wanted, stretch.count);
      // A chunk is one stretch; what it was to have of the next one is still there for the next chunk.
      division.lost(wanted - count);
      if (count < stretch.count) stretches.unshift({ first: stretch.first + count, count: stretch.count - count });
      return { first: stretch.first, count };
    },
    giveBack: ({ first, count }) => {
      division.lost(count);
      stretches.push({ first, count });
      stretches.sort((a, b) => a.first - b.first);
    },
    has: () => stretches.length > 0,
    learn: (part, count, { seconds, overheadSeconds }) => division.finished(part, count, seconds, overheadSeconds),
    setThere: division.setThere,
  };
};

/**
 * Who does what is settled before. Where the items are known to differ in size each device has those that the rule of the longest first gives
 * it, else one stretch in proportion to its speed. Only what a part has lost goes to whoever is free.
 */
const staticSupply = ({ items, speeds, startUpSeconds, sizes }: Options): Supply => {
  const stretchesOf = areUnequal(sizes)
    ? longestFirst(sizes, speeds, startUpSeconds).map(joinNeighbours)
    : blocks(proportionalCounts(items, speeds, startUpSeconds));
  const lost: Stretch[] = [];
  return {
    next: (part) => stretchesOf[part]?.shift() ?? lost.shift(),
    giveBack: ({ first, count }) => void lost.push({ first, count }),
    has: (part) => (stretchesOf[part]?.length ?? 0) + lost.length > 0,
  };
};

const areUnequal = (sizes: readonly number[] | undefined): sizes is readonly number[] =>
  sizes !== undefined && sizes.some((size) => size !== sizes[0]);

const blocks = (counts: readonly number[]): Stretch[][] => {
  let first = 0;
  return counts.map((count) => {
    const block = count === 0 ? [] : [{ first, count }];
    first += count;
    return block;
  });
};

const joinNeighbours = (items: readonly number[]): Stretch[] => {
  const joined: { first: number; count: number }[] = [];
  for (const item of items) {
    const last = joined.at(-1);
    if (last && last.first + last.count === item) last.count += 1;
    else joined.push({ first: item, count: 1 });
  }
  return joined;
};
