import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { Dependency, TaskRequest } from '../../scheduler-port.ts';
import type { Lateness } from './admission.ts';
import { allocate, idle, type Allocation, type Room } from './allocation.ts';
import type { Candidates } from './device-index.ts';
import type { FairShares } from './fair-shares.ts';
import { groupName, siblingsAbove } from './group-tree.ts';
import type { Ledger } from './ledger.ts';
import { countOf } from './line.ts';
import { keeperOf, reservationBefore, type Keeps, type Reservation } from './keeps.ts';
import type { Machine } from './machine.ts';
import type { OpeningHours } from './opening-hours.ts';
import type { Policy } from './policy.ts';
import type { ReservedParts } from './reserved-parts.ts';
import { gangShortageOf } from './gang-shortage.ts';
import { shortageOf } from './shortage.ts';
import type { Waiting } from './waiting.ts';

/** Everything that a waiting task may wait for, as it stands now. */
interface Situation {
  readonly now: number;
  readonly policy: Policy;
  readonly isPaused: boolean;
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly shares: FairShares;
  /** Why a backend runs nothing, by backend. */
  readonly unavailable: ReadonlyMap<string, string>;
  /** Of the last walk along the line. */
  readonly keeps: Keeps<Waiting>;
  readonly compare: (a: Waiting, b: Waiting) => number;
  readonly reserved: ReservedParts;
  readonly hours: OpeningHours;
  /** By hand, by task. */
  readonly isHeld: (task: string) => boolean;
  /** Whether as many of its set run as may. */
  readonly isFull: (task: TaskRequest) => boolean;
  /** How many of those that start with it could. */
  readonly gathered: (waiting: Waiting) => number;
}

/** Why a task that is not held waits, the first in line at position 1. Pure. */
export const whyItWaits = (situation: Situation, waiting: Waiting, position: number): WaitReason => {
  const { policy, machine, ledger, shares, keeps, compare } = situation;
  const { capacity } = machine;
  const { task, unmet } = waiting;
  if (unmet.size > 0) return dependencyReason([...unmet.values()], situation.isHeld);
  if (waiting.beginsAt !== undefined) return laterThan(situation, waiting, waiting.beginsAt);
  const detail = situation.unavailable.get(task.backend);
  if (detail !== undefined) return { code: 'backend-unavailable', values: { backend: task.backend, detail } };
  if (situation.isPaused) return { code: 'queue-paused', values: {} };
  if (task.gang && !waiting.gang) return { code: 'gang-incomplete', values: { size: task.gang.size, ready: situation.gathered(waiting) } };
  const overQuota = shares.overQuota(task, countOf(waiting));
  if (overQuota) return overQuota;
  if (task.together && situation.isFull(task)) return { code: 'array-full', values: { atMost: task.together.atMost } };
  if (waiting.lateness) return tooLate(waiting.lateness, situation.now, position);
  const all = machine.candidatesOf(task);
  const candidates = situation.reserved.leftFor(waiting, all, situation.now);
  const room = { memoryBytes: capacity.memoryBytes, ledger };
  if (candidates !== all && isOnlyReserved(room, all, candidates, waiting)) return reservedFor(situation, waiting);
  const query = { keeps, room, candidates, now: situation.now, isAhead: (other: Waiting) => compare(other, waiting) < 0 };
  const faster = keeps.reservations.find(({ item }) => item === waiting)?.faster;
  if (faster) return waitsForFaster(faster);
  const keeper = keeperOf(query, waiting);
  if (keeper && policy.isByGroup && keeper.task.boost === 0 && keeper.leaf !== waiting.leaf) return outrankedBy(shares, keeper, waiting);
  // One that stands still and waits for its cores is ahead of the first in line.
  if (keeper) return { code: 'behind', values: { ahead: Math.max(1, position - 1), first: keeper.task.job } };
  const before = reservationBefore(query, waiting);
  if (before) return behindReservation(situation, before, waiting, position);
  const machineNow = { room: { ...room, isKept: () => false }, candidates, foreignBytes: capacity.foreignBytes };
  const shortage = waiting.gang ? gangShortageOf(machineNow, waiting) : shortageOf(machineNow, task);
  // Behind a reservation not everybody is looked at.
  const reservation = keeps.reservations.find(({ item }) => query.isAhead(item));
  return shortage.code === 'next-decision' && reservation && position > 1
    ? behindReservation(situation, { reservation, fitsNow: false }, waiting, position)
    : shortage;
};

/** Says of those that hold what is missing who is being ended anyway. */
export const withEnding = (reason: WaitReason, isEnding: (job: number) => boolean): WaitReason => {
  if (!('holders' in reason.values)) return reason;
  const ending = reason.values.holders.filter(({ id }) => isEnding(id));
  // The same reason with one more of its values.
  return ending.length === 0 ? reason : ({ ...reason, values: { ...reason.values, ending } } as WaitReason);
};

/** It waits for a time, be it the one that was asked for or the next of its hours. */
const laterThan = ({ hours, now }: Situation, { task, longestMs }: Waiting, at: number): WaitReason => {
  if (task.hours === undefined) return { code: 'begin-time', values: { at } };
  const isTooLong = longestMs < Infinity && hours.beginOf({ task, longestMs: Infinity }, now) < at;
  return {
    code: 'closed-hours',
    values: { hours: task.hours, ...(at < Infinity && { at }), ...(isTooLong && { needSeconds: longestMs / 1000 }) },
  };
};

/** Whether it is because of what is kept for others that it waits: it would fit now without, or could never fit while that is kept. */
const isOnlyReserved = (room: Omit<Room, 'isKept'>, all: Candidates, left: Candidates, item: Waiting): boolean => {
  const allocated = (one: Room, candidates: Candidates): Allocation => allocate(one, candidates, item.task, countOf(item));
  const open = { ...room, isKept: () => false };
  if (allocated(open, left).kind === 'granted') return false;
  const alone = idle(room);
  return allocated(open, all).kind === 'granted' || (allocated(alone, left).kind === 'lacks' && allocated(alone, all).kind === 'granted');
};

const reservedFor = ({ reserved, now }: Situation, waiting: Waiting): WaitReason => {
  const found = reserved.before(waiting, now);
  if (!found) throw new Error(`nothing is kept from the task ${waiting.task.id}`);
  const { part, window } = found;
  const longest = waiting.longestMs;
  return {
    code: 'reserved-time',
    values: {
      group: part.group,
      ...(part.cores > 0 && { cores: part.cores }),
      ...(part.memoryBytes > 0 && { memoryBytes: part.memoryBytes }),
      ...(part.devices.length > 0 && { devices: [...part.devices] }),
      ...(part.deviceMemoryBytes !== undefined && { deviceMemoryBytes: part.deviceMemoryBytes }),
      from: window.from,
      ...(window.to < Infinity && { until: window.to }),
      ...(longest < Infinity && { needSeconds: longest / 1000 }),
    },
  };
};

const behindReservation = (
  { policy, shares, now }: Situation,
  { reservation, fitsNow }: NonNullable<ReturnType<typeof reservationBefore<Waiting>>>,
  waiting: Waiting,
  position: number,
): WaitReason => {
  const { item, at } = reservation;
  if (!fitsNow && policy.isByGroup && item.task.boost === 0 && item.leaf !== waiting.leaf) return outrankedBy(shares, item, waiting);
  if (!fitsNow) return { code: 'behind', values: { ahead: position - 1, first: item.task.job } };
  const longest = waiting.longestMs;
  // One that would end before is told of the other alone, whose time has passed already.
  const isTooLong = longest < Infinity && now + longest > at;
  return { code: 'reserved-behind', values: { job: item.task.job, at, ...(isTooLong && { needSeconds: longest / 1000 }) } };
};

const waitsForFaster = ({ chosen, than }: NonNullable<Reservation<Waiting>['faster']>): WaitReason => ({
  code: 'waits-for-faster',
  values: {
    device: chosen.device,
    freeAt: chosen.freeAt,
    finishesAt: chosen.finishesAt ?? chosen.freeAt,
    insteadOf: than.device,
    insteadFinishesAt: than.finishesAt ?? than.freeAt,
  },
});

const tooLate = ({ due, endsAt, violated, isForGood }: Lateness, now: number, position: number): WaitReason => ({
  code: 'deadline-late',
  values: {
    due,
    needSeconds: Math.max(0, endsAt - now) / 1000,
    lateSeconds: (endsAt - due) / 1000,
    ahead: position - 1,
    ...(isForGood && { aloneSeconds: Math.max(0, endsAt - now) / 1000 }),
    ...(violated && { violated }),
  },
});

const dependencyReason = (unmet: readonly Dependency[], isHeld: (task: string) => boolean): WaitReason => {
  const jobsOf = (some: readonly Dependency[]) => some.map(({ job }) => job);
  const failing = jobsOf(unmet.filter(({ when }) => when === 'failed'));
  const held = jobsOf(unmet.filter(({ task }) => isHeld(task)));
  return { code: 'dependency', values: { jobs: jobsOf(unmet), ...(failing.length > 0 && { failing }), ...(held.length > 0 && { held }) } };
};

const outrankedBy = (shares: FairShares, keeper: Waiting, waiting: Waiting): WaitReason => {
  const [ahead, own] = siblingsAbove(keeper.leaf, waiting.leaf);
  return {
    code: 'fair-share',
    values: {
      group: groupName(own),
      sharePercent: 100 * shares.shareOf(own),
      ahead: keeper.task.job,
      aheadGroup: groupName(ahead),
      aheadSharePercent: 100 * shares.shareOf(ahead),
      ...(shares.shareOf(ahead) === shares.shareOf(own) && { evenFirst: groupName(ahead) }),
    },
  };
};
