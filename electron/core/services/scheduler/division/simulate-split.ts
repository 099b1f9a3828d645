import { createDivision, type DynamicScheme } from './dynamic.ts';
import { proportionalCounts } from './static.ts';

export const splitSchemes = ['equal', 'proportional', 'self', 'guided', 'trapezoid', 'factoring', 'weighted', 'adaptive'] as const;
export type SplitScheme = (typeof splitSchemes)[number];

export interface SplitOptions {
  readonly scheme: SplitScheme;
  /** What each item costs, in seconds of a device of speed 1; in the order in which they are taken. */
  readonly costs: readonly number[];
  readonly speeds: readonly number[];
  /** Seconds that every chunk costs beside its items. */
  readonly overhead: number;
}

/** Times are seconds from the beginning. */
export interface Chunk {
  readonly device: number;
  readonly items: number;
  readonly start: number;
  readonly end: number;
}

export interface Split {
  readonly scheme: SplitScheme;
  readonly chunks: readonly Chunk[];
  readonly makespan: number;
  /** All work at the speed of all devices together, without overhead; no division is shorter. */
  readonly ideal: number;
}

/**
 * One job's items over devices of unlike speed. A chunk takes overhead + Σ costs / speed and goes to the device that is free first, ties to the
 * lowest index; static schemes are one contiguous block for each device.
 */
export const simulateSplit = (options: SplitOptions): Split => {
  const { scheme, costs, speeds } = options;
  const chunks = scheme === 'equal' || scheme === 'proportional' ? staticChunks(options) : dynamicChunks(options, scheme);
  const work = costs.reduce((total, cost) => total + cost, 0);
  const speed = speeds.reduce((total, one) => total + one, 0);
  return { scheme, chunks, makespan: Math.max(0, ...chunks.map(({ end }) => end)), ideal: work / speed };
};

const staticChunks = ({ scheme, costs, speeds, overhead }: SplitOptions): Chunk[] => {
  const counts = proportionalCounts(costs.length, scheme === 'equal' ? speeds.map(() => 1) : speeds);
  let taken = 0;
  return counts.flatMap((items, device) => {
    const first = taken;
    taken += items;
    return items === 0 ? [] : [{ device, items, start: 0, end: secondsOf(costs, first, items, speeds[device] ?? 1, overhead) }];
  });
};

const dynamicChunks = ({ costs, speeds, overhead }: SplitOptions, scheme: DynamicScheme): Chunk[] => {
  const division = createDivision({ scheme, items: costs.length, speeds, overheadSeconds: overhead });
  const running: (Chunk | undefined)[] = speeds.map(() => undefined);
  const freeAt = speeds.map(() => 0);
  const chunks: Chunk[] = [];
  let taken = 0;
  while (division.left > 0) {
    const device = freeAt.reduce((first, at, index) => (at < (freeAt[first] ?? 0) ? index : first), 0);
    const start = freeAt[device] ?? 0;
    // What has come to its end by now is known before the next chunk is cut.
    for (const [index, chunk] of running.entries()) {
      if (!chunk || chunk.end > start) continue;
      division.finished(index, chunk.items, chunk.end - chunk.start);
      running[index] = undefined;
    }
    const items = division.next(device);
    const chunk = { device, items, start, end: start + secondsOf(costs, taken, items, speeds[device] ?? 1, overhead) };
    taken += items;
    freeAt[device] = chunk.end;
    running[device] = chunk;
    chunks.push(chunk);
  }
  return chunks;
};

const secondsOf = (costs: readonly number[], first: number, items: number, speed: number, overhead: number): number => {
  let work = 0;
  for (let index = first; index < first + items; index += 1) work += costs[index] ?? 0;
  return overhead + work / speed;
};
