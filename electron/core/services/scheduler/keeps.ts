import type { Candidate, TaskRequest } from '../../scheduler-port.ts';
import { allocate, fitsAccelerator, fitsProcessor, idle, isByMemory, type Allocation, type Grants, type Room } from './allocation.ts';
import type { Candidates, DeviceIndex, IndexedDevice } from './device-index.ts';
import { sumOf, type Books } from './ledger.ts';
import { countOf, type InLine } from './line.ts';

/** What tasks that do not fit keep from those behind them, and who keeps it. */
export interface Keeps<Item> {
  /** Of devices of which nobody knows when they come free: who keeps each first. */
  readonly devices: Map<string, Item>;
  /** Whoever keeps the memory keeps everybody behind it waiting, since all need some. */
  memory?: Item;
  /** Of tasks of which it is known when they will fit, in their order. */
  readonly reservations: Reservation<Item>[];
}

/** When a task that does not fit now will, and what it is granted then. */
export interface Reservation<Item> {
  readonly item: Item;
  readonly at: number;
  /** Whoever would still run then must leave it its grant: `at`, or now where the time has passed that was promised before. */
  readonly keptFrom: number;
  /** Of itself and of those that start with it. */
  readonly grants: Grants;
  /** The books at that time, with these grants and all others in them. */
  readonly ledger: Books;
  /** Present when it would fit elsewhere now, and would end later there. */
  readonly faster?: { readonly than: Candidate; readonly chosen: Candidate };
}

export const noKeeps = <Item>(): Keeps<Item> => ({ devices: new Map(), reservations: [] });

interface View<Item> {
  readonly room: Omit<Room, 'isKept'> & { readonly ledger: Books };
  readonly keeps: Keeps<Item>;
  readonly now: number;
}

/** The reservations that are in the way of what ends at this time, one bit for each; there are never more than fit into a number's bits. */
export const besideWhich = ({ reservations }: Keeps<unknown>, ends: number): number => {
  let which = 0;
  reservations.forEach(({ keptFrom }, place) => {
    if (ends > keptFrom) which |= 1 << place;
  });
  return which;
};

/**
 * The machine as a task may use it: what is free now and not kept, and is still free beside the reserved grants when the task would run
 * beyond the time at which they begin.
 */
export const roomFor = <Item>({ room, keeps, now }: View<Item>, candidates: Candidates, { task, longestMs }: InLine): Room => {
  const ends = now + longestMs;
  const beside = keeps.reservations.filter(({ keptFrom }) => ends > keptFrom);
  if (beside.length === 0) return { ...room, isKept: (device) => keeps.devices.has(device) };
  return roomAmong(
    room,
    beside.map(({ ledger }) => ledger),
    { candidates, task, isKept: (device) => keeps.devices.has(device) },
  );
};

interface Asking {
  readonly candidates: Candidates;
  readonly task: TaskRequest;
  isKept(device: string): boolean;
}

/** What is free in these books and in the later ones too. */
const roomAmong = (room: View<unknown>['room'], later: readonly Books[], asking: Asking): Room => {
  const { candidates, task } = asking;
  const takes = (device: IndexedDevice, ledger: Books): boolean =>
    device.kind === 'cpu'
      ? fitsProcessor({ ledger }, device, task)
      : fitsAccelerator({ memoryBytes: room.memoryBytes, ledger, isKept: () => false }, device, task.device?.memoryBytes);
  const devices = byId(candidates);
  const memoryBytes = Math.max(room.ledger.memoryBytes, ...later.map((ledger) => ledger.memoryBytes));
  return {
    memoryBytes: room.memoryBytes,
    ledger: { memoryBytes, on: room.ledger.on },
    isKept(id) {
      if (asking.isKept(id)) return true;
      const device = devices.get(id);
      if (device) for (const ledger of later) if (!takes(device, ledger)) return true;
      return false;
    },
    beside(others) {
      const withOthers = later.map((ledger) => sumOf(ledger, others));
      return roomAmong({ ...room, ledger: sumOf(room.ledger, others) }, withOthers, asking);
    },
  };
};

const known = new WeakMap<Candidates, ReadonlyMap<string, IndexedDevice>>();

const byId = (candidates: Candidates): ReadonlyMap<string, IndexedDevice> => {
  const { processors, accelerators } = candidates;
  const found = known.get(candidates) ?? new Map([...processors.usable, ...accelerators.usable].map((device) => [device.id, device]));
  known.set(candidates, found);
  return found;
};

type Lack = Extract<Allocation, { kind: 'lacks' }>;

/** Devices to keep, and whether with what hangs together with them; 'memory' keeps all. */
type Kept = 'memory' | readonly { readonly id: string; readonly isWhole: boolean }[];

/**
 * What a task keeps that lacks something, when nobody knows for how long: of that, all it could ever have; of what comes before, what it
 * would get now. So it comes ever closer and never loses what it had. It keeps nothing when nobody's end could help it.
 */
export const whatItKeeps = (room: Room, candidates: Candidates, item: InLine, lack: Lack): Kept => {
  const { task } = item;
  const alone = idle(room);
  if (allocate(alone, candidates, task, countOf(item)).kind === 'lacks') return [];
  if (lack.what === 'memory') return 'memory';
  const memoryBytes = task.device?.memoryBytes;
  const lacked = couldHave(alone, candidates, task, lack.what).map((device) => {
    return { id: device.id, isWhole: lack.what === 'device' && !isByMemory(device, memoryBytes) };
  });
  if (lack.what === 'device') return lacked;
  return [...lacked, ...lack.accelerators.map((one) => ({ id: one.device, isWhole: one.memoryBytes === undefined }))];
};

/** The devices that the task could have on the idle machine. */
const couldHave = (alone: Room, candidates: Candidates, task: TaskRequest, what: 'device' | 'processor'): IndexedDevice[] =>
  what === 'device'
    ? candidates.accelerators.usable.filter((device) => fitsAccelerator(alone, device, task.device?.memoryBytes))
    : candidates.processors.usable.filter((device) => fitsProcessor(alone, device, task));

/** Whether anything was kept that was not before. */
export const keep = <Item>(keeps: Keeps<Item>, index: DeviceIndex, what: Kept, item: Item): boolean => {
  if (what === 'memory') {
    keeps.memory ??= item;
    return true;
  }
  const before = keeps.devices.size;
  for (const { id, isWhole } of what) {
    for (const one of isWhole ? [id, ...(index.get(id)?.kin ?? [])] : [id]) {
      if (!keeps.devices.has(one)) keeps.devices.set(one, item);
    }
  }
  return keeps.devices.size > before;
};

interface KeeperQuery<Item> extends View<Item> {
  readonly candidates: Candidates;
  isAhead(other: Item): boolean;
}

/** Who keeps a waiting task from starting: the one ahead that keeps all it could have, or all that it would get now. */
export const keeperOf = <Item extends InLine>(query: KeeperQuery<Item>, item: Item): Item | undefined => {
  const { task } = item;
  const count = countOf(item);
  const { keeps, candidates, isAhead } = query;
  const open: Room = { ...query.room, isKept: () => false };
  const alone = idle(open);
  if (allocate(alone, candidates, task, count).kind === 'lacks') return undefined;
  const keeper = (device: string): Item | undefined => {
    const found = keeps.devices.get(device);
    return found && isAhead(found) ? found : undefined;
  };
  const room: Room = { ...open, isKept: (device) => keeper(device) !== undefined };
  const allocation = allocate(room, candidates, task, count);
  if (allocation.kind === 'granted' || allocation.what === 'memory')
    return keeps.memory && isAhead(keeps.memory) ? keeps.memory : undefined;
  const keepers = couldHave(alone, candidates, task, allocation.what).map(({ id }) => keeper(id));
  const [known] = keepers.filter((one) => one !== undefined);
  const isKeptFromAll = keepers.every((one) => one !== undefined);
  return isKeptFromAll || allocate(open, candidates, task, count).kind === 'granted' ? known : undefined;
};

/** The reservation ahead that a waiting task must not delay and would; and whether it could start now if that one were not there. */
export const reservationBefore = <Item extends InLine>(
  query: KeeperQuery<Item>,
  item: Item,
): { readonly reservation: Reservation<Item>; readonly fitsNow: boolean } | undefined => {
  const { room, keeps, candidates, now } = query;
  const grantedIn = (one: Room): Allocation => allocate(one, candidates, item.task, countOf(item));
  const fitsNow = grantedIn({ ...room, isKept: () => false }).kind === 'granted';
  for (const reservation of keeps.reservations.filter((one) => query.isAhead(one.item))) {
    // Who does not fit now anyway is behind those that would be in its way even then.
    const found = fitsNow
      ? grantedIn(roomFor({ room, now, keeps: { devices: new Map(), reservations: [reservation] } }, candidates, item))
      : grantedIn({ memoryBytes: room.memoryBytes, ledger: reservation.ledger, isKept: () => false });
    // The books of one hold the grants of all.
    if (found.kind === 'lacks' && isPartOf(reservation.grants, candidates, found.what)) return { reservation, fitsNow };
  }
  return undefined;
};

/** Whether grants hold some of what is lacking. */
const isPartOf = (grants: Grants, candidates: Candidates, what: Lack['what']): boolean => {
  if (what === 'memory') return true;
  const held = grants.flatMap(({ device, accelerators }) => (what === 'device' ? accelerators.map((one) => one.device) : [device]));
  const { usable } = what === 'device' ? candidates.accelerators : candidates.processors;
  return usable.some(({ id, kin }) => held.includes(id) || (what === 'device' && held.some((one) => kin.includes(one))));
};
