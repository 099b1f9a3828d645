import type { PlacedFor, ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import { allocate, type Grants, type Room } from './allocation.ts';
import type { Candidates, DeviceIndex } from './device-index.ts';
import { countOf } from './line.ts';
import { nearest } from './nearest.ts';
import type { ReservedParts } from './reserved-parts.ts';
import type { Waiting } from './waiting.ts';

/** So many of those for whom something is kept are looked at in a decision. */
const mostLooks = 100;

interface StartReserved {
  readonly reserved: ReservedParts;
  readonly now: number;
  readonly room: Room;
  readonly index: DeviceIndex;
  readonly seeksFastest: boolean;
  /** Those of a group that may start, in order; at most so many. */
  readyOf(group: string, limit: number): readonly Waiting[];
  candidatesOf(task: TaskRequest): Candidates;
  standsAside(item: Waiting): boolean;
  start(item: Waiting, grants: Grants, why: PlacedFor): void;
}

/**
 * Starts those of a group that fit into what is kept for it now, before the line is walked along: nobody who waits in front of them has a
 * claim on that.
 */
export const startReserved = (options: StartReserved): void => {
  for (const { part } of options.reserved.open(options.now)) {
    // With each start the order of the others may change.
    while (startOne(options, part));
  }
};

const startOne = ({ reserved, now, room, seeksFastest, ...options }: StartReserved, part: ReservedPart): boolean => {
  for (const item of options.readyOf(part.group, mostLooks)) {
    const { task } = item;
    if (options.standsAside(item)) continue;
    const left = reserved.leftFor(item, options.candidatesOf(task), now);
    const candidates = reserved.ofPart(part, task, left, now);
    const allocation = allocate(room, candidates, task, countOf(item));
    if (allocation.kind === 'lacks') continue;
    const { grants } = allocation;
    const placed = item.gang ? undefined : nearest({ task, room, candidates, index: options.index, seeksFastest }, grants[0]);
    options.start(item, placed ? [placed.grant] : grants, placed?.near ? { near: placed.near } : {});
    return true;
  }
  return false;
};
