import type { TaskRequest } from '../../scheduler-port.ts';
import { whoIsLate, type Due, type Lateness } from './admission.ts';
import type { DeviceIndex, IndexedDevice } from './device-index.ts';
import { endOf } from './durations.ts';
import { dueAt, isFutile, isWorthIt, leavingOf, type Leaving, type Need } from './leaving.ts';
import type { Ledger, Running } from './ledger.ts';
import { countOf } from './line.ts';
import type { Machine } from './machine.ts';
import { partsOf, poolOf } from './pools.ts';
import type { Place } from './giving-way.ts';
import type { Waiting } from './waiting.ts';
import type { WaitingLists } from './waiting-lists.ts';

interface DeadlineOptions {
  readonly lists: () => WaitingLists;
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** What runs and nothing is known of goes on for as long. */
  readonly typicalSeconds: () => number;
  /** Where a running task would stand in line. */
  readonly standing: (task: TaskRequest) => Place;
  /** Since when a running task is being ended for another one. */
  readonly endsSince: (task: string) => number | undefined;
}

/** Who can end in time, with what may make room for it. */
export interface Deadlines {
  /** Puts who cannot end in time behind those that can, and says why. */
  assess(): void;
  /** What is gained if something makes room for one that waits. `fitsAt`: when it will fit otherwise; undefined where it is not the first that does not. */
  needsOf(item: Waiting, fitsAt: () => number | undefined): readonly Need[];
  /** Whether all that are in time stay so when these end for others. */
  staysInTime(ended: readonly Running[]): boolean;
}

/** So many are assessed at once, those that are due first; who is due after them counts as in time until then. */
const mostAssessed = 1000;

/** Something that runs and makes room. */
interface Given {
  readonly one: Running;
  readonly leaving: Leaving;
  /** Infinite where it has no deadline. */
  readonly due: number;
}

export const createDeadlines = (options: DeadlineOptions): Deadlines => {
  const { ledger, typicalSeconds } = options;
  /** By pool, those that are in time only because something will make room, in the order of their deadlines. */
  let needs = new Map<string, readonly Need[]>();
  /** What is thought to make room for them. */
  let givers: readonly Given[] = [];

  const longestOfItem = ({ longestMs, typicalSeconds: typical }: Waiting): number =>
    // As long as tasks took when it came: were it to change later, who is late by itself might not stay so.
    longestMs < Infinity ? longestMs : typical * 1000;

  let known: { readonly of: DeviceIndex; readonly partOf: ReturnType<typeof partsOf> } | undefined;
  const partOf = (task: TaskRequest): number => {
    const { index } = options.machine;
    if (known?.of !== index) known = { of: index, partOf: partsOf(index) };
    return known.partOf(task);
  };

  const dueOf = (item: Waiting): Due<Waiting> => {
    const longestMs = longestOfItem(item);
    const loadMs = longestMs * partOf(item.task) * countOf(item);
    return { item, due: item.rank, longestMs, loadMs, pool: poolOf(item.task), wasAdmitted: item.wasAdmitted === true };
  };

  const heldNow = (): Held => {
    const running = [...ledger.running.values()];
    const ending = running.flatMap((one): Given[] => {
      const since = options.endsSince(one.task.id);
      return since === undefined ? [] : [givenOf(one, since)];
    });
    const goneAt = new Map(ending.map(({ one, leaving }) => [one.task.id, leaving.goneAt]));
    const holds = running
      .filter(isInPool)
      .map((one) => holdOf(one, goneAt.get(one.task.id)))
      .sort(firstToEnd);
    return { ending, holds: Map.groupBy(holds, ({ pool }) => pool) };
  };

  /** What still runs on devices that get no work takes nothing from those that do. */
  const isInPool = ({ task, grant }: Running): boolean => {
    const placed = task.device ? grant.accelerators.map(({ device }) => device) : [grant.device];
    return placed.some((id) => isUsable(options.machine.index.get(id)));
  };

  const holdOf = (one: Running, goneAt = Infinity): Hold => {
    const now = options.now();
    const end = Math.min(endOf(one, now), goneAt);
    const leftMs = end < Infinity ? Math.max(0, end - now) : typicalSeconds() * 1000;
    return { task: one.task.id, pool: poolOf(one.task), part: partOf(one.task), leftMs };
  };

  /** Who is late where these make room, in which case the latter need the machine again before they are due. */
  const lateWith = (dues: readonly Due<Waiting>[], given: readonly Given[], held: Held): Map<Waiting | Running, Lateness> => {
    const leaving = new Map([...held.ending, ...given].map((one) => [one.one.task.id, one]));
    const again = [...leaving.values()].flatMap(({ one, due, leaving: { laterMs } }): Due<Running>[] => {
      const loadMs = laterMs * partOf(one.task);
      return due === Infinity
        ? []
        : [{ item: one, due, longestMs: laterMs, loadMs, pool: poolOf(one.task), wasAdmitted: true, isGiven: true }];
    });
    const inOrder = again.length === 0 ? dues : [...again, ...dues].sort((a, b) => a.due - b.due);
    const holds = withEarlier(
      held.holds,
      given.map(({ one, leaving: { goneAt } }) => holdOf(one, goneAt)),
    );
    return whoIsLate<Waiting | Running>(inOrder, options.now(), (pool, loadMs) => msBeside(holds.get(pool) ?? [], loadMs));
  };

  const givenOf = (one: Running, at: number): Given => ({
    one,
    leaving: leavingOf(one, at),
    due: dueAt(options.standing(one.task), options.now()),
  });

  const needOf = ({ item, due, longestMs }: Due<Waiting>, otherwiseAt: number): Need => ({
    job: item.task.job,
    due,
    otherwiseAt,
    startBy: due - longestMs,
  });

  /** Who is late where what may make room does, for as many of those as can; undefined where that helps nobody or breaks a promise. */
  const lateWithRoom = (dues: readonly Due<Waiting>[], before: ReadonlyMap<Waiting | Running, Lateness>, held: Held) => {
    const lost = dues.flatMap((one) => {
      const lateness = before.get(one.item);
      return lateness && !lateness.isForGood ? [{ one, need: needOf(one, one.due + lateness.overMs) }] : [];
    });
    let given = lost.length === 0 ? [] : mayLeave().filter((giver) => isWorthAny(giver, lost));
    while (given.length > 0) {
      const late = lateWith(dues, given, held);
      const saved = lost.filter(({ one }) => !late.has(one.item));
      const kept = given.filter((giver) => !late.has(giver.one) && isWorthAny(giver, saved));
      if (kept.length < given.length) {
        given = kept;
        continue;
      }
      const isBroken = dues.some(({ item, wasAdmitted }) => wasAdmitted && late.has(item) && !before.has(item));
      if (isBroken) return undefined;
      givers = given;
      needs = Map.groupBy(
        saved.map(({ need, one }) => ({ ...need, pool: one.pool })),
        ({ pool }) => pool,
      );
      return late;
    }
    return undefined;
  };

  const mayLeave = (): Given[] =>
    [...ledger.endable].flatMap((id) => {
      const one = ledger.running.get(id);
      if (!one || one.task.boost > 0 || options.endsSince(id) !== undefined) return [];
      const given = givenOf(one, options.now());
      return isFutile(one, given.leaving) ? [] : [given];
    });

  return {
    assess() {
      const lists = options.lists();
      const waiting = lists.dues.slice(0, mostAssessed);
      needs = new Map();
      givers = [];
      if (waiting.length === 0) return;
      const dues = waiting.map(dueOf);
      const held = heldNow();
      const before = lateWith(dues, [], held);
      const late = lateWithRoom(dues, before, held) ?? before;
      for (const item of waiting) mark(lists, item, late.get(item));
    },
    needsOf(item, fitsAt) {
      if (item.tier > 0) return [];
      const own = dueOf(item);
      const saved = (needs.get(own.pool) ?? []).filter(({ due }) => due >= own.due);
      const at = fitsAt();
      // The pool may have room for it by then where no device has.
      return at !== undefined && at + own.longestMs > own.due ? [needOf(own, at + own.longestMs), ...saved] : saved;
    },
    staysInTime(ended) {
      const among = new Set(givers.map(({ one }) => one.task.id));
      const more = ended.filter(({ task }) => !among.has(task.id)).map((one) => givenOf(one, options.now()));
      if (more.every(({ due }) => due === Infinity)) return true;
      const inTime = options
        .lists()
        .dues.slice(0, mostAssessed)
        .filter(({ tier }) => tier === 0);
      return lateWith(inTime.map(dueOf), [...givers, ...more], heldNow()).size === 0;
    },
  };
};

const isWorthAny = ({ leaving, due }: Given, some: readonly { readonly need: Need }[]): boolean =>
  some.some(({ need }) => isWorthIt(leaving, due, need));

/** What runs: what is being ended of it, and by pool what it all holds, in the order in which that comes free. */
interface Held {
  readonly ending: readonly Given[];
  readonly holds: ReadonlyMap<string, readonly Hold[]>;
}

/** A part of a pool that is taken for a while. */
interface Hold {
  readonly task: string;
  readonly pool: string;
  readonly part: number;
  readonly leftMs: number;
}

const isUsable = (device: IndexedDevice | undefined): boolean => device !== undefined && device.unusable === undefined;

const firstToEnd = (a: Hold, b: Hold): number => a.leftMs - b.leftMs;

/** The same where some of them come free earlier. */
const withEarlier = (holds: Held['holds'], earlier: readonly Hold[]): Held['holds'] => {
  const byTask = new Map(earlier.map((hold) => [hold.task, hold]));
  const changed = new Set(earlier.map(({ pool }) => pool));
  return new Map(
    [...holds].map(([pool, some]) => [pool, changed.has(pool) ? some.map((hold) => byTask.get(hold.task) ?? hold).sort(firstToEnd) : some]),
  );
};

/** How long a pool needs for a load beside these, which end in this order: each leaves its part to what is left of the load. */
const msBeside = (holds: readonly Hold[], loadMs: number): number => {
  let free = holds.reduce((rest, { part }) => rest - part, 1);
  let [at, left] = [0, loadMs];
  for (const { part, leftMs } of holds) {
    const done = Math.max(0, free) * (leftMs - at);
    if (done >= left) break;
    left -= done;
    at = leftMs;
    free += part;
  }
  return left > 0 ? at + left / free : at;
};

const mark = (lists: WaitingLists, item: Waiting, lateness: Lateness | undefined): void => {
  // Only these count for where it stands.
  const isSame = (lateness === undefined) === (item.lateness === undefined) && lateness?.isForGood === item.lateness?.isForGood;
  if (!isSame) lists.delete(item);
  if (lateness) item.lateness = lateness;
  else {
    delete item.lateness;
    item.wasAdmitted = true;
  }
  item.tier = lateness ? 1 : 0;
  if (!isSame) lists.add(item);
};
