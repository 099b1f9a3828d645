import type { TaskRequest } from '../../scheduler-port.ts';

/** Something that should end by a time. */
export interface Due<Item> {
  readonly item: Item;
  readonly due: number;
  /** How long it may take by itself. */
  readonly longestMs: number;
  /** How long it may keep the whole pool of what it needs busy: `longestMs` times its part of that. */
  readonly loadMs: number;
  readonly pool: string;
  /** Whether it was found to end in time before; such a promise is broken last. */
  readonly wasAdmitted: boolean;
  /** It runs and is to end for others: whatever it needs then, it needs in any case. */
  readonly isGiven?: true;
}

/** Why something will not end by its deadline, in numbers. */
export interface Lateness {
  readonly due: number;
  /** When it would end, by itself or with everything that is due before it. */
  readonly endsAt: number;
  /** By how much that is after the first deadline that is missed with it: its own, or that of who would be late if it were not. */
  readonly overMs: number;
  /** It takes longer than it has left, whatever comes free. */
  readonly isForGood?: true;
  /** Who would be late if it were not. */
  readonly violated?: TaskRequest['job'];
}

/** Sums of parts of a machine are compared with this relative tolerance. */
const roundingError = 1e-12;

/**
 * Who can end in time, in the order of deadlines (Moore and Hodgson: scheduling rules, 1.9). Whenever one of them would be late with all that
 * is due before it, the longest of these that nothing was promised to is given up, else the longest; so the most of them end in time and,
 * while nothing takes longer than thought, every promise is kept. A pool counts as one processor that works on one at a time,
 * beside what runs in it already.
 */
export const whoIsLate = <Item extends { readonly task: TaskRequest }>(
  dues: Iterable<Due<Item>>,
  now: number,
  /** How long a pool needs for such a load beside what runs in it. */
  msFor: (pool: string, loadMs: number) => number,
): Map<Item, Lateness> => {
  const late = new Map<Item, Lateness>();
  const pools = new Map<string, { load: number; accepted: Due<Item>[] }>();
  for (const one of dues) {
    const { item, due, longestMs, loadMs, isGiven } = one;
    if (!isGiven && now + longestMs > due) {
      late.set(item, { due, endsAt: now + longestMs, overMs: now + longestMs - due, isForGood: true });
      continue;
    }
    const pool = pools.get(one.pool) ?? { load: 0, accepted: [] };
    pools.set(one.pool, pool);
    pool.load += loadMs;
    if (!isGiven) insert(pool.accepted, one);
    for (;;) {
      const endsAt = now + msFor(one.pool, pool.load);
      if (endsAt <= due * (1 + roundingError)) break;
      const overMs = endsAt - due;
      const given = pool.accepted.pop();
      if (!given) {
        if (isGiven) late.set(item, { due, endsAt, overMs });
        break;
      }
      const violated = given.item === item ? undefined : item.task.job;
      late.set(given.item, { due: given.due, endsAt, overMs, ...(violated && { violated }) });
      pool.load -= given.loadMs;
    }
  }
  return late;
};

/** In the order in which they are kept: what was promised before what was not, then the shorter. */
const insert = <Item>(accepted: Due<Item>[], one: Due<Item>): void => {
  let low = 0;
  let high = accepted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = accepted[middle];
    if (other && isKeptBefore(other, one)) low = middle + 1;
    else high = middle;
  }
  accepted.splice(low, 0, one);
};

const isKeptBefore = (a: Due<unknown>, b: Due<unknown>): boolean =>
  a.wasAdmitted === b.wasAdmitted ? a.loadMs <= b.loadMs : a.wasAdmitted;
