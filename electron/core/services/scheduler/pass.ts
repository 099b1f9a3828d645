import type { PlacedFor, TaskRequest } from '../../scheduler-port.ts';
import { allocate, fitsAccelerator, fitsMemory, fitsProcessor, type Allocation, type Grants, type Room } from './allocation.ts';
import type { Candidates, DeviceIndex, IndexedDevice } from './device-index.ts';
import { endOf, expectedEndOf, expectedOf } from './durations.ts';
import { besideWhich, keep, noKeeps, roomFor, whatItKeeps, type Keeps } from './keeps.ts';
import type { Books, Ledger } from './ledger.ts';
import { countOf, grantedTo, type Group, type InLine, type Line } from './line.ts';
import { nearest } from './nearest.ts';
import { choosePlace, comparedPlaces, type Outlook } from './placing.ts';
import { isFull, promise, reserve, type Reserving } from './reserving.ts';
import { createShapes, type Shape } from './shapes.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface PassOptions<Item extends InLine> {
  readonly line: Line<Item>;
  readonly compare: (a: Item, b: Item) => number;
  readonly index: DeviceIndex;
  /** What may be granted of the machine's memory in all, and the books. */
  readonly room: { readonly memoryBytes: number; readonly ledger: Ledger };
  readonly now: number;
  /** The order of the line changes with every start, so that the walk ends with the first. */
  readonly endsWithStart: boolean;
  /** Devices that are kept from all in line, by whom. */
  readonly keptBefore: ReadonlyMap<string, Item>;
  /** Whether a task goes where it ends first, though it may have to wait for that. */
  readonly seeksFastest: boolean;
  candidatesOf(group: Group<Item>): Candidates;
  /** What of that is left for a task beside what is kept for groups of jobs; and whether that holds what it would be promised. */
  leftFor(item: Item, candidates: Candidates): Candidates;
  leaves: Reserving<Item>['leaves'];
  /** Whether it stands aside, whatever is free. */
  standsAside(item: Item): boolean;
  /**
   * It does not fit, and may in other books: something may be ended for it. `fitsAt`: when it will fit otherwise, infinite for nobody knows;
   * undefined where that hangs on what others are granted before it.
   */
  makeRoom(item: Item, grantsIn: (books: Books) => Grants | undefined, fitsAt: () => number | undefined): void;
  /** Takes it out of the line, with those that start with it, and books what they are granted. */
  start(item: Item, grants: Grants, why: PlacedFor): void;
}

/** So many classes of tasks are looked at behind the first reservation. */
const mostLooks = 100;
/** Of those that ask for the same, so many are asked beyond what can be planned whether waiting is better; then all that differ by device wait. */
const mostUnplanned = 8;

/** Where the walk stands in a group. */
interface Cursor<Item> {
  readonly group: Group<Item>;
  readonly candidates: Candidates;
  readonly next: Item;
  after(item: Item): Item | undefined;
}

/**
 * Walks along the line and starts what fits (EASY backfilling: scheduling rules, 1.10). What does not fit and whose time is known gets a
 * reservation: the first time at which it will fit, and what it is granted then. Who stands behind it starts if it has surely ended by
 * then, or if the reserved grant is still free beside it. Where it is not known when what runs will end, or the time has passed that was
 * promised to the first of them, what does not fit keeps the devices that it lacks, so that they become free for it at last; groups that
 * could only have kept ones are not looked at any further.
 */
export const startWhatFits = <Item extends InLine>(options: PassOptions<Item>): Keeps<Item> => {
  const { line, compare, room } = options;
  const keeps: Keeps<Item> = { ...noKeeps(), devices: new Map(options.keptBefore) };
  const tryOne = createAttempt(options, keeps);
  let looks = 0;
  const isOpen = ({ group, candidates }: Cursor<Item>): boolean =>
    group.leastMemory <= room.memoryBytes &&
    hasUnkept(keeps, candidates.processors.usable) &&
    (!group.example.device || hasUnkept(keeps, candidates.accelerators.usable, group.leastDeviceMemory));

  const all = [...line.groups.values()].flatMap((group): Cursor<Item>[] => {
    const next = group.heads.first();
    return next ? [{ group, candidates: options.candidatesOf(group), next, after: group.heads.after }] : [];
  });
  let open = all.filter(isOpen).sort((a, b) => compare(a.next, b.next));
  /** Goes on with who comes next in a group, if anybody does. */
  const goOn = (cursor: Cursor<Item>, next: Item | undefined): void => {
    if (next) open.splice(placeFor(next, open, compare), 0, { ...cursor, next });
  };

  for (let cursor = open.shift(); cursor; cursor = open.shift()) {
    const item = cursor.next;
    if (options.standsAside(item)) {
      goOn(cursor, cursor.after(item));
      continue;
    }
    if (keeps.reservations.length > 0) looks += 1;
    if (looks > mostLooks) break;
    const done = tryOne(item, cursor.candidates);
    if ((done === 'started' && options.endsWithStart) || keeps.memory) break;
    if (done === 'kept') open = open.filter(isOpen);
    // It fits, but waits for a faster device: those that ask for the same may be better off where it fits.
    if (done === 'waits' && cursor.after !== line.nextAlike) goOn({ ...cursor, after: line.nextAlike }, line.nextAlike(item));
    if (done !== 'kept' || isOpen(cursor)) goOn(cursor, cursor.after(item));
  }
  return keeps;
};

/** Starts a task if it may start now; else takes down what it was promised, or what it keeps. */
const createAttempt = <Item extends InLine>(options: PassOptions<Item>, keeps: Keeps<Item>) => {
  const { room, now, seeksFastest } = options;
  const shapes = createShapes();
  let made: Timeline | undefined;
  const timeline = (): Timeline => (made ??= timelineOf(room.ledger, now, seeksFastest ? expectedEndOf : endOf));
  const reserving = (): Reserving<Item> => ({ keeps, timeline: timeline(), room, now, plansAhead: seeksFastest, leaves: options.leaves });

  const start = (item: Item, grants: Grants, why: PlacedFor): 'started' => {
    const granted = grantedTo(item, grants);
    const { longestMs } = item;
    options.start(item, grants, why);
    for (const { task, grant } of granted) made?.add({ grant, until: now + (seeksFastest ? expectedOf(task, grant) : longestMs) });
    return 'started';
  };

  const isKept = (device: string): boolean => keeps.devices.has(device);
  const outlookOf = (candidates: Candidates, { task }: Item): Outlook => ({
    timeline,
    now,
    roomFor: (longestMs) => roomFor({ room, keeps, now }, candidates, { task, longestMs }),
    roomWith: (ledger) => ({ memoryBytes: room.memoryBytes, ledger, isKept }),
  });

  /** Nothing can be promised beside what was, and everything else comes free some day: who does not fit now has nothing to keep. */
  const isHopeless = (candidates: Candidates, task: TaskRequest): boolean => {
    if (seeksFastest || keeps.reservations.length === 0 || keeps.devices.size > 0 || timeline().isEndless) return false;
    return (
      isFull({ keeps, plansAhead: false }) || !mightFit({ memoryBytes: room.memoryBytes, ledger: timeline().last() }, candidates, task)
    );
  };

  /** What it is granted now beside what others were promised. */
  const grantNow = (shape: Shape, candidates: Candidates, item: Item): Grants | undefined => {
    const beside = besideWhich(keeps, now + item.longestMs);
    if (shape.outBeside.some((fewer) => (fewer & beside) === fewer)) return undefined;
    const grants = grantsOf(allocate(roomFor({ room, keeps, now }, candidates, item), candidates, item.task, countOf(item)));
    if (!grants) shape.outBeside.push(beside);
    return grants;
  };

  return (item: Item, all: Candidates): 'started' | 'kept' | 'reserved' | 'waits' => {
    const { task } = item;
    const candidates = options.leftFor(item, all);
    const shape = shapes.of(candidates, item);
    const grantsIn = (ledger: Books): Grants | undefined => {
      const mine = roomFor({ room: { ...room, ledger }, keeps, now }, candidates, item);
      return grantsOf(allocate(mine, candidates, task, countOf(item)));
    };
    const fitsAt = (): number | undefined =>
      keeps.reservations.length + keeps.devices.size > 0 ? undefined : (timeline().earliest(grantsIn)?.at ?? Infinity);
    const makeRoom = (): void => options.makeRoom(item, grantsIn, fitsAt);
    shape.isOut ||= !mightFit(room, candidates, task);
    if (shape.isOut && isHopeless(candidates, task)) {
      makeRoom();
      return 'reserved';
    }
    const mine = (): Room => roomFor({ room, keeps, now }, candidates, item);
    const isPlanFull = seeksFastest && isFull({ keeps, plansAhead: true });
    if (isPlanFull && task.estimateOn && shape.waitUnplanned >= mostUnplanned) return 'reserved';
    const seeks = seeksFastest && !item.gang && !(isPlanFull && shape.isOut);
    const choice = seeks ? choosePlace(outlookOf(candidates, item), candidates, task) : undefined;
    if (choice?.ledger) {
      const { candidate, grants, ledger, insteadOf } = choice;
      const found = { at: candidate.freeAt, grants, ledger, ...(insteadOf && { faster: { chosen: candidate, than: insteadOf } }) };
      if (isPlanFull) {
        shape.waitUnplanned += 1;
        return 'reserved';
      }
      promise(reserving(), item, found);
      return insteadOf ? 'waits' : 'reserved';
    }
    const granted = choice?.grants ?? (shape.isOut ? undefined : grantNow(shape, candidates, item));
    if (granted && item.gang) return start(item, granted, {});
    if (granted) {
      const placed = nearest({ task, room: mine(), candidates, index: options.index, seeksFastest }, granted[0]);
      const compared = comparedPlaces(outlookOf(candidates, item), candidates, task);
      const why = { ...(compared.length > 0 && { candidates: compared }), ...(placed.near && { near: placed.near }) };
      return start(item, [placed.grant], why);
    }
    makeRoom();
    if (reserve(reserving(), item, candidates, shape) === 'done') return 'reserved';
    const allocation = allocate(mine(), candidates, task, countOf(item));
    if (allocation.kind === 'lacks') keep(keeps, options.index, whatItKeeps(mine(), candidates, item, allocation), item);
    return 'kept';
  };
};

/** Whether it, or one of those that start together, would fit in such books if nothing were kept for anybody; most that wait would not, and that is found quickly. */
const mightFit = (room: Omit<Room, 'isKept'>, candidates: Candidates, task: TaskRequest): boolean => {
  const { processors, accelerators } = candidates;
  if (!fitsMemory(room, candidates, task.memoryBytes)) return false;
  if (!processors.usable.some((device) => fitsProcessor(room, device, task))) return false;
  if (!task.device) return true;
  const open: Room = { memoryBytes: room.memoryBytes, ledger: room.ledger, isKept: () => false };
  const { count, memoryBytes } = task.device;
  let fitting = 0;
  for (const device of accelerators.usable) {
    if (fitsAccelerator(open, device, memoryBytes)) fitting += 1;
    if (fitting >= count) return true;
  }
  return false;
};

const timelineOf = (ledger: Ledger, now: number, until: typeof endOf): Timeline =>
  createTimeline(
    now,
    [...ledger.running.values()].map((one) => ({ grant: one.grant, until: until(one, now) })),
  );

const grantsOf = (allocation: Allocation): Grants | undefined => (allocation.kind === 'granted' ? allocation.grants : undefined);

/** Whether one is left that could grant as much memory. */
const hasUnkept = (keeps: Keeps<unknown>, devices: readonly IndexedDevice[], memoryBytes = 0): boolean =>
  devices.some((device) => !keeps.devices.has(device.id) && (device.memoryBytes ?? Infinity) >= memoryBytes);

/** Where a cursor belongs that goes on with this task, among those that stand in the order of the line. */
const placeFor = <Item>(next: Item, cursors: readonly Cursor<Item>[], compare: (a: Item, b: Item) => number): number => {
  let low = 0;
  let high = cursors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = cursors[middle];
    if (other && compare(other.next, next) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};
