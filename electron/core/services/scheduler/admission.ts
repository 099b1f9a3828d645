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
}

/** Why something will not end by its deadline, in numbers. */
export interface Lateness {
  readonly due: number;
  /** When it would end, by itself or with everything that is due before it. */
  readonly endsAt: number;
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
  busyMs: (pool: string, withinMs: number) => number,
): Map<Item, Lateness> => {
  const late = new Map<Item, Lateness>();
  const pools = new Map<string, { load: number; accepted: Due<Item>[] }>();
  for (const one of dues) {
    const { item, due, longestMs, loadMs } = one;
    if (now + longestMs > due) {
      late.set(item, { due, endsAt: now + longestMs, isForGood: true });
      continue;
    }
    const pool = pools.get(one.pool) ?? { load: 0, accepted: [] };
    pools.set(one.pool, pool);
    pool.load += loadMs;
    insert(pool.accepted, one);
    const busy = busyMs(one.pool, due - now);
    while (now + busy + pool.load > due * (1 + roundingError)) {
      const given = pool.accepted.pop();
      if (!given) break;
      const violated = given.item === item ? undefined : item.task.job;
      late.set(given.item, { due: given.due, endsAt: now + busy + pool.load, ...(violated && { violated }) });
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
