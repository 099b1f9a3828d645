import type { Candidate } from '../../scheduler-port.ts';
import { allocate, idle, type Allocation, type Grants, type Room } from './allocation.ts';
import type { Candidates } from './device-index.ts';
import { expectedOf } from './durations.ts';
import type { Keeps } from './keeps.ts';
import type { Books } from './ledger.ts';
import { countOf, grantedTo, type InLine } from './line.ts';
import type { Shape } from './shapes.ts';
import type { Timeline } from './timeline.ts';

export interface Reserving<Item> {
  readonly keeps: Keeps<Item>;
  readonly timeline: Timeline;
  readonly room: { readonly memoryBytes: number };
  readonly now: number;
  /** Whether a reserved grant is thought to come back when its task should have ended, so that more can be planned behind it. */
  readonly plansAhead: boolean;
  /** Whether what is kept for groups of jobs leaves a task what it would be promised. */
  leaves(item: Item, found: Found): boolean;
}

/** So many of those that do not fit are promised a time; who comes behind them and does not fit is promised none. */
const mostReservations = 8;
const mostPlanned = 16;

/** Whether the time has passed that was promised to the first in line: what runs longer than thought must not put it off for ever. */
export const isOverdue = <Item extends InLine>({ keeps, now }: Pick<Reserving<Item>, 'keeps' | 'now'>, item: Item): boolean =>
  keeps.reservations.length === 0 && item.promisedAt !== undefined && item.promisedAt < now;

/**
 * Promises a task that does not fit the first time at which it will, beside what was promised before. 'done' also when there is nothing to
 * promise because it can never run, or only what was promised to others stands in its way; else nobody knows when it will fit.
 */
export const reserve = <Item extends InLine>(
  reserving: Reserving<Item>,
  item: Item,
  candidates: Candidates,
  shape: Shape,
): 'done' | 'unknown' => {
  const { keeps, timeline, room } = reserving;
  const allocated = (one: Room): Allocation => allocate(one, candidates, item.task, countOf(item));
  shape.fitsIdle ??= allocated(idle(room)).kind === 'granted';
  if (!shape.fitsIdle) return 'done';
  if (isOverdue(reserving, item)) return 'unknown';
  const grantsIn = (ledger: Books): Grants | undefined => {
    const isKept = (device: string): boolean => keeps.devices.has(device);
    const allocation = allocated({ memoryBytes: room.memoryBytes, ledger, isKept });
    return allocation.kind === 'granted' ? allocation.grants : undefined;
  };
  const found = isFull(reserving) ? undefined : timeline.earliest(grantsIn);
  if (found) {
    promise(reserving, item, found);
    return 'done';
  }
  if (shape.besideEndless?.kept !== keeps.devices.size) {
    shape.besideEndless = { kept: keeps.devices.size, fits: grantsIn(timeline.endless()) !== undefined };
  }
  return shape.besideEndless.fits ? 'done' : 'unknown';
};

export const isFull = <Item>({ keeps, plansAhead }: Pick<Reserving<Item>, 'keeps' | 'plansAhead'>): boolean =>
  keeps.reservations.length >= (plansAhead ? mostPlanned : mostReservations);

interface Found {
  readonly at: number;
  readonly grants: Grants;
  readonly ledger: Books;
  readonly faster?: { readonly than: Candidate; readonly chosen: Candidate };
}

/** Takes down what was promised; nothing where something that is kept for others would come in between. */
export const promise = <Item extends InLine>(reserving: Reserving<Item>, item: Item, found: Found): void => {
  const { keeps, timeline, now, plansAhead } = reserving;
  if (!reserving.leaves(item, found)) return;
  // One that seeks another device meanwhile is not kept from that, but nobody behind it comes in its way any more.
  const keptFrom = isOverdue(reserving, item) ? now : found.at;
  if (keeps.reservations.length === 0) item.promisedAt ??= found.at;
  else delete item.promisedAt;
  for (const { grant, task } of grantedTo(item, found.grants)) {
    timeline.add({ grant, until: plansAhead ? found.at + expectedOf(task, grant) : Infinity });
  }
  keeps.reservations.push({ item, ...found, keptFrom });
};
