import { createOrderedList, type OrderedList } from '../../lib/ordered-list.ts';
import type { FairShares } from './fair-shares.ts';
import { createForeseenOrder, type Order } from './foreseen-order.ts';
import { createGangs, type Gangs } from './gangs.ts';
import { upwards, type Branch } from './group-tree.ts';
import { createLine, type Line } from './line.ts';
import type { Policy } from './policy.ts';
import type { Place, Waiting } from './waiting.ts';

/** Everything that waits, in order, under one policy. */
export interface WaitingLists {
  /** Those that may start, by what they ask for. */
  readonly line: Line<Waiting>;
  add(waiting: Waiting): void;
  delete(waiting: Waiting): void;
  of(place: Place): OrderedList<Waiting>;
  readonly gangs: Pick<Gangs, 'leadOf' | 'gathered'>;
  /** Those of a listed group and its parts that may start: the first of each part, in no order between them. */
  readyOf(group: string, limit: number): Waiting[];
  /** Those that may start and may still end by the time at which they are due, in that order; empty under a policy to which that means nothing. */
  readonly dues: Pick<OrderedList<Waiting>, 'slice'>;
  /** Whose turn it is has changed. */
  turned(): void;
  /** All but the held ones: those that may start, then those that wait for a backend, for a time, and for others. */
  slice(offset: number, limit: number): Waiting[];
  /** From 1; of those that start together, that of the one that stands in line for all. */
  positionOf(waiting: Waiting): number;
}

/** The order of all of them but the held ones. */
const inOrder = ['ready', 'gathered', 'parked', 'timed', 'blocked'] as const;

export const createWaitingLists = (
  shares: FairShares,
  { isByGroup, admits }: Pick<Policy, 'isByGroup' | 'admits'>,
  /** Groups of jobs whose ready ones are asked for. */
  isListed: (leaf: Branch) => boolean = () => false,
): WaitingLists => {
  const lists: Record<Place, OrderedList<Waiting>> = {
    ready: createOrderedList(compareWaiting),
    gathered: createOrderedList(compareWaiting),
    parked: createOrderedList(compareWaiting),
    timed: createOrderedList((a, b) => compareTimes(a.beginsAt, b.beginsAt) || a.task.sequence - b.task.sequence),
    blocked: createOrderedList(compareWaiting),
    held: createOrderedList(compareWaiting),
  };
  const dues = createOrderedList<Waiting>((a, b) => a.rank - b.rank || a.task.sequence - b.task.sequence);
  /** Who is late for good would only keep others from being looked at. */
  const isAssessed = ({ tier, lateness }: Waiting): boolean => admits && tier < 2 && !lateness?.isForGood;
  const line = createLine(compareWaiting, isByGroup);
  /** Those of `lists.ready`, by group of jobs; of all groups where they take turns, else of those that are listed. */
  const readyByLeaf = new Map<Branch, OrderedList<Waiting>>();
  /** Until turns change. */
  let order: Order<Waiting> | undefined;

  const ordered = (place: Place): Order<Waiting> =>
    place === 'ready' && isByGroup ? (order ??= createForeseenOrder(shares, lists.ready, readyByLeaf)) : lists[place];

  const put = (waiting: Waiting): void => {
    lists[waiting.place].add(waiting);
    if (waiting.place !== 'ready') return;
    line.add(waiting);
    if (isAssessed(waiting)) dues.add(waiting);
    if (!isByGroup && !isListed(waiting.leaf)) return;
    const ready = readyByLeaf.get(waiting.leaf) ?? createOrderedList(compareWaiting);
    readyByLeaf.set(waiting.leaf, ready);
    ready.add(waiting);
  };

  const take = (waiting: Waiting): void => {
    lists[waiting.place].delete(waiting);
    if (waiting.place !== 'ready') return;
    line.delete(waiting);
    if (isAssessed(waiting)) dues.delete(waiting);
    const ready = readyByLeaf.get(waiting.leaf);
    ready?.delete(waiting);
    if (ready?.size === 0) readyByLeaf.delete(waiting.leaf);
  };

  const gangs = createGangs({ add: put, delete: take });
  const isOfGang = ({ task, place }: Waiting): boolean => task.gang !== undefined && (place === 'ready' || place === 'gathered');

  const positionOf = (waiting: Waiting): number => {
    const shown = waiting.place === 'gathered' ? (gangs.leadOf(waiting) ?? waiting) : waiting;
    let position = ordered(shown.place).indexOf(shown) + 1;
    for (const place of inOrder) {
      if (place === shown.place) break;
      position += lists[place].size;
    }
    return position;
  };

  return {
    line,
    dues,
    gangs,
    add(waiting) {
      if (isOfGang(waiting)) gangs.join(waiting);
      else put(waiting);
    },
    delete(waiting) {
      if (isOfGang(waiting)) gangs.leave(waiting);
      else take(waiting);
    },
    of: (place) => lists[place],
    readyOf: (group, limit) =>
      [...readyByLeaf].flatMap(([leaf, ready]) => {
        for (const { name } of upwards(leaf)) if (name === group) return ready.slice(0, limit);
        return [];
      }),
    turned() {
      order = undefined;
    },
    slice(offset, limit) {
      const found: Waiting[] = [];
      let skip = offset;
      for (const place of inOrder) {
        found.push(...ordered(place).slice(skip, limit - found.length));
        skip = Math.max(0, skip - lists[place].size);
        if (found.length >= limit) break;
      }
      return found;
    },
    positionOf,
  };
};

/** Times may be infinite, or not there, which comes first. */
export const compareTimes = (a = -Infinity, b = -Infinity): number => (a < b ? -1 : a > b ? 1 : 0);

/** Put first by hand, then where the policy lets it stand, then order of arrival. */
export const compareWaiting = (a: Waiting, b: Waiting): number =>
  b.task.boost - a.task.boost || a.tier - b.tier || a.rank - b.rank || a.task.sequence - b.task.sequence;
