import type { Candidate, Grant, TaskRequest } from '../../scheduler-port.ts';
import { allocate, type Room } from './allocation.ts';
import type { Candidates, IndexedDevice } from './device-index.ts';
import { placeOf } from '../../grant-place.ts';
import { estimateAt } from './durations.ts';
import type { Books } from './ledger.ts';
import type { Timeline } from './timeline.ts';

/** What a choice of a device is made from. */
export interface Outlook {
  readonly timeline: Timeline;
  readonly now: number;
  /** The machine as the task may use it now. */
  readonly room: Room;
  /** The same with other books. */
  roomWith(ledger: Books): Room;
}

/** One device on which a task could run: from when on, and what it would be granted there. */
interface Placing {
  readonly candidate: Candidate;
  readonly grant: Grant;
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
  if (!task.estimate || !task.estimateOn || (task.device && task.device.count > 1)) return undefined;
  let best: Placing | undefined;
  let bestNow: Candidate | undefined;
  for (const { devices, p50Seconds } of alikeFastestFirst(candidates, task)) {
    // Those behind it take longer still.
    if (best && bestNow && outlook.now + 1000 * p50Seconds >= (best.candidate.finishesAt ?? Infinity)) break;
    const placing = placingOn(outlook, candidates, task, devices);
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
    .flatMap(({ device }) => placingOn(outlook, candidates, task, [device])?.candidate ?? [])
    .toSorted((a, b) => (a.finishesAt ?? Infinity) - (b.finishesAt ?? Infinity) || a.freeAt - b.freeAt);
};

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

/** Devices on which the task takes as long, together. */
const alikeFastestFirst = (candidates: Candidates, task: TaskRequest): { devices: IndexedDevice[]; p50Seconds: number }[] => {
  const alike = new Map<number, IndexedDevice[]>();
  for (const device of choicesOf(candidates, task)) {
    const p50Seconds = estimateAt(task, device.id)?.p50Seconds ?? Infinity;
    const devices = alike.get(p50Seconds) ?? [];
    if (devices.push(device) === 1) alike.set(p50Seconds, devices);
  }
  return [...alike].map(([p50Seconds, devices]) => ({ p50Seconds, devices })).sort((a, b) => a.p50Seconds - b.p50Seconds);
};

/** On the first of these devices that is free for it. */
const placingOn = (outlook: Outlook, candidates: Candidates, task: TaskRequest, devices: readonly IndexedDevice[]): Placing | undefined => {
  const only = { usable: devices, inPreference: devices, unusable: [] };
  const those: Candidates = task.device ? { ...candidates, accelerators: only } : { ...candidates, processors: only };
  const grantIn = (room: Room): Grant | undefined => {
    const allocation = allocate(room, those, task);
    return allocation.kind === 'granted' ? allocation.grant : undefined;
  };
  const grantedNow = grantIn(outlook.room);
  const found = grantedNow
    ? { at: outlook.now, grant: grantedNow, ledger: undefined }
    : outlook.timeline.earliest((ledger) => grantIn(outlook.roomWith(ledger)));
  if (!found) return undefined;
  const device = placeOf(found.grant);
  const p50Seconds = estimateAt(task, device)?.p50Seconds;
  const candidate = {
    device,
    freeAt: found.at,
    ...(p50Seconds !== undefined && { p50Seconds, finishesAt: found.at + 1000 * p50Seconds }),
  };
  return { candidate, grant: found.grant, ledger: found.ledger };
};
