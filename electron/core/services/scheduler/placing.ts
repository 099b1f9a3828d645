import type { Candidate, Estimate, TaskRequest } from '../../scheduler-port.ts';
import { allocate, type Grants, type Room } from './allocation.ts';
import type { Candidates, IndexedDevice } from './device-index.ts';
import { placeOf } from '../../grant-place.ts';
import { estimateAt, longestAt, longestBy } from './durations.ts';
import type { Books } from './ledger.ts';
import type { Timeline } from './timeline.ts';

/** What a choice of a device is made from. */
export interface Outlook {
  timeline(): Timeline;
  readonly now: number;
  /** The machine as the task may use it now, if it takes no longer than so many milliseconds. */
  roomFor(longestMs: number): Room;
  /** As it may when such books hold. */
  roomWith(ledger: Books): Room;
}

/** One device on which a task could run: from when on, and what it would be granted there. */
interface Placing {
  readonly candidate: Candidate;
  readonly grants: Grants;
  readonly ledger: Books | undefined;
}

/** Where a task ends first, beside where it could run now. */
export interface Choice extends Placing {
  /** The best of those that are free now, when a busy one is better. */
  readonly insteadOf?: Candidate;
}

/** So many devices are named in an explanation, those on which the task takes least first. */
const mostCompared = 8;

/**
 * Where a task ends first by its medians, counting when busy devices come free (scheduling rules, 1.8); of equals the one that is free
 * earlier. Undefined when it makes no difference where it runs: nothing is known, or it needs several devices at once.
 */
export const choosePlace = (outlook: Outlook, candidates: Candidates, task: TaskRequest): Choice | undefined => {
  if (!isEstimated(task) || (task.device && task.device.count > 1)) return undefined;
  let best: Placing | undefined;
  let bestNow: Candidate | undefined;
  for (const { only, p50Seconds, p90Seconds } of alikeFastestFirst(candidates, task)) {
    // Those behind it take longer still.
    if (best && bestNow && outlook.now + 1000 * p50Seconds >= (best.candidate.finishesAt ?? Infinity)) break;
    const placing = placingOn(outlook, only, task, longestBy(task, p90Seconds));
    const finishesAt = placing?.candidate.finishesAt;
    if (!placing || finishesAt === undefined) continue;
    if (placing.candidate.freeAt <= outlook.now && finishesAt < (bestNow?.finishesAt ?? Infinity)) bestNow = placing.candidate;
    if (!best || isSooner(placing.candidate, best.candidate)) best = placing;
  }
  if (!best) return undefined;
  const isWorthWaiting = best.candidate.freeAt > outlook.now && bestNow !== undefined;
  return { ...best, ...(isWorthWaiting && bestNow && { insteadOf: bestNow }) };
};

/** The devices between which there was a choice, for explanations; empty when there was none. */
export const comparedPlaces = (outlook: Outlook, candidates: Candidates, task: TaskRequest): Candidate[] => {
  if (!task.estimate || choicesOf(candidates, task).length < 2 || (task.device && task.device.count > 1)) return [];
  return fastestFirst(candidates, task)
    .flatMap(({ device }) => placingOn(outlook, onlyThese(candidates, task, [device]), task, longestAt(task, device.id))?.candidate ?? [])
    .toSorted((a, b) => (a.finishesAt ?? Infinity) - (b.finishesAt ?? Infinity) || a.freeAt - b.freeAt);
};

/** A task of which it is known that devices differ for it. */
type Estimated = TaskRequest & Required<Pick<TaskRequest, 'estimate' | 'estimateOn'>>;

const isEstimated = (task: TaskRequest): task is Estimated => task.estimate !== undefined && task.estimateOn !== undefined;

const isSooner = (a: Candidate, b: Candidate): boolean => {
  const [left, right] = [a.finishesAt ?? Infinity, b.finishesAt ?? Infinity];
  return left < right || (left === right && a.freeAt < b.freeAt);
};

const choicesOf = (candidates: Candidates, { device }: TaskRequest): readonly IndexedDevice[] =>
  device ? candidates.accelerators.inPreference : candidates.processors.usable;

const fastestFirst = (candidates: Candidates, task: TaskRequest): { device: IndexedDevice; p50Seconds: number }[] =>
  choicesOf(candidates, task)
    .map((device) => ({ device, p50Seconds: estimateAt(task, device.id)?.p50Seconds ?? Infinity }))
    .sort((a, b) => a.p50Seconds - b.p50Seconds || a.device.place - b.device.place)
    .slice(0, mostCompared);

/** Devices on which a task takes as long, together; of their P90s the longest. */
interface Alike {
  readonly only: Candidates;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
}

/** Whoever stands far ahead is looked at with every decision. */
const known = new WeakMap<object, { readonly candidates: Candidates; readonly estimate: Estimate; readonly alike: readonly Alike[] }>();

const alikeFastestFirst = (candidates: Candidates, task: Estimated): readonly Alike[] => {
  const { estimate, estimateOn } = task;
  const found = known.get(estimateOn);
  if (found?.candidates === candidates && found.estimate === estimate) return found.alike;
  const byTime = Map.groupBy(choicesOf(candidates, task), ({ id }) => estimateAt(task, id)?.p50Seconds ?? Infinity);
  const alike = [...byTime]
    .map(([p50Seconds, devices]) => {
      const p90Seconds = Math.max(...devices.map(({ id }) => estimateAt(task, id)?.p90Seconds ?? Infinity));
      return { only: onlyThese(candidates, task, devices), p50Seconds, p90Seconds };
    })
    .sort((a, b) => a.p50Seconds - b.p50Seconds);
  known.set(estimateOn, { candidates, estimate, alike });
  return alike;
};

const onlyThese = (candidates: Candidates, { device }: TaskRequest, devices: readonly IndexedDevice[]): Candidates => {
  const only = { usable: devices, inPreference: devices, unusable: [] };
  return device ? { ...candidates, accelerators: only } : { ...candidates, processors: only };
};

/**
 * On the first of these devices that is free for it. It goes into a gap before what is promised to others where it fits in by what it takes
 * there, `longestMs`, whatever it would take elsewhere.
 */
const placingOn = (outlook: Outlook, candidates: Candidates, task: TaskRequest, longestMs: number): Placing | undefined => {
  const grantsIn = (room: Room): Grants | undefined => {
    const allocation = allocate(room, candidates, task);
    return allocation.kind === 'granted' ? allocation.grants : undefined;
  };
  const grantedNow = grantsIn(outlook.roomFor(longestMs));
  const found = grantedNow
    ? { at: outlook.now, grants: grantedNow, ledger: undefined }
    : outlook.timeline().earliest((ledger) => grantsIn(outlook.roomWith(ledger)));
  if (!found) return undefined;
  const device = placeOf(found.grants[0]);
  const p50Seconds = estimateAt(task, device)?.p50Seconds;
  const candidate = {
    device,
    freeAt: found.at,
    ...(p50Seconds !== undefined && { p50Seconds, finishesAt: found.at + 1000 * p50Seconds }),
  };
  return { candidate, grants: found.grants, ledger: found.ledger };
};
