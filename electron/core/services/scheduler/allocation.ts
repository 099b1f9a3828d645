import type { Grant, TaskRequest } from '../../scheduler-port.ts';
import { byDivision, type Candidates, type IndexedDevice } from './device-index.ts';
import { createBooks, emptyLedger, sumOf, type Books } from './ledger.ts';

/** The machine as a decision sees it. */
export interface Room {
  /** What may be granted of the machine's memory in all. */
  readonly memoryBytes: number;
  readonly ledger: Books;
  /** Whether a device is kept for a task that stands further ahead. */
  isKept(device: string): boolean;
  /** The same with what others hold beside the books, where what is kept hangs on that as well. */
  beside?(others: Books): Room;
}

/** For each of those that start together, in their order. */
export type Grants = readonly [Grant, ...Grant[]];

export type Allocation =
  | { kind: 'granted'; grants: Grants }
  /** What a task gets, it gets in this order: devices, a processor, memory. What it already could have goes along. */
  | { kind: 'lacks'; what: 'device' }
  | { kind: 'lacks'; what: 'processor'; accelerators: Grant['accelerators'] }
  | { kind: 'lacks'; what: 'memory' };

/** Cores are granted in fractions; sums of fractions are compared with this much tolerance. */
export const tolerance = 1e-9;

/** What so many tasks that ask for the same would be granted now, or the first thing that they lack. Pure. */
export const allocate = (room: Room, candidates: Candidates, task: TaskRequest, count = 1): Allocation =>
  count === 1 ? allocateOne(room, candidates, task) : allocateAll(room, candidates, task, count);

const allocateOne = (room: Room, candidates: Candidates, task: TaskRequest): Allocation => {
  const accelerators = chooseAccelerators(room, candidates.accelerators.inPreference, task);
  if (!accelerators) return { kind: 'lacks', what: 'device' };
  const processor = chooseProcessor(room, candidates.processors.usable, task);
  if (!processor) return { kind: 'lacks', what: 'processor', accelerators };
  if (!fitsMemory(room, candidates, task.memoryBytes)) return { kind: 'lacks', what: 'memory' };
  return { kind: 'granted', grants: [{ device: processor.id, cores: task.cores, memoryBytes: task.memoryBytes, accelerators }] };
};

/** All get their devices before any gets a processor, so that those that lack something know what they could have of what comes before. */
const allocateAll = (room: Room, candidates: Candidates, task: TaskRequest, count: number): Allocation => {
  const accelerators = acceleratorsForAll(room, candidates.accelerators.inPreference, task, count);
  if (!accelerators) return { kind: 'lacks', what: 'device' };
  const [first, ...others] = grantsWith(accelerators, room, candidates.processors.usable, task);
  if (!first || others.length + 1 < count) return { kind: 'lacks', what: 'processor', accelerators: accelerators.flat() };
  if (!fitsMemory(room, candidates, task.memoryBytes * count)) return { kind: 'lacks', what: 'memory' };
  return { kind: 'granted', grants: [first, ...others] };
};

export const fitsMemory = (room: Omit<Room, 'isKept'>, candidates: Candidates, memoryBytes: number): boolean =>
  memoryBytes <= unheldMemory(room, candidates);

/** What nobody holds of the machine's memory, beside what is kept for others. */
export const unheldMemory = ({ memoryBytes, ledger }: Omit<Room, 'isKept'>, { keptBytes }: Candidates): number =>
  memoryBytes - keptBytes - ledger.memoryBytes;

const acceleratorsForAll = (
  room: Room,
  devices: readonly IndexedDevice[],
  task: TaskRequest,
  count: number,
): Accelerators[] | undefined => {
  const { device } = task;
  if (!device) return Array.from({ length: count }, () => []);
  if (device.memoryBytes === undefined) {
    // Whole devices are as many different ones as one task would have.
    const all = chooseAccelerators(room, devices, { ...task, device: { ...device, count: device.count * count } });
    return all && Array.from({ length: count }, (_, place) => all.slice(place * device.count, (place + 1) * device.count));
  }
  const placed = createBooks();
  const beside = roomBeside(room, placed);
  const found: Accelerators[] = [];
  for (let one = 0; one < count; one += 1) {
    const own = chooseAccelerators(beside, devices, task, mostFreeFirst);
    if (!own) return undefined;
    found.push(own);
    placed.add({ device: '', cores: 0, memoryBytes: 0, accelerators: own });
  }
  return found;
};

/** What each of them is granted with its devices, as far as there are processors. */
const grantsWith = (
  accelerators: readonly Accelerators[],
  room: Room,
  processors: readonly IndexedDevice[],
  task: TaskRequest,
): Grant[] => {
  const placed = createBooks();
  const beside = roomBeside(room, placed);
  const grants: Grant[] = [];
  for (const own of accelerators) {
    const processor = chooseProcessor(beside, processors, task);
    if (!processor) break;
    const grant = { device: processor.id, cores: task.cores, memoryBytes: task.memoryBytes, accelerators: own };
    placed.add({ ...grant, accelerators: [] });
    grants.push(grant);
  }
  return grants;
};

const roomBeside = (room: Room, others: Books): Room => room.beside?.(others) ?? { ...room, ledger: sumOf(room.ledger, others) };

/** The same machine with nothing of ours on it. */
export const idle = (room: Pick<Room, 'memoryBytes'>): Room => ({
  memoryBytes: room.memoryBytes,
  ledger: emptyLedger,
  isKept: () => false,
});

// ── Processors ──

/** The one with the most free cores, or with the least where tasks are packed; of equals the first, and a processor before its shares. */
const chooseProcessor = (room: Room, processors: readonly IndexedDevice[], task: TaskRequest): IndexedDevice | undefined => {
  const sign = task.prefer === 'pack' ? -1 : 1;
  let best: IndexedDevice | undefined;
  let bestFree = 0;
  for (const device of processors) {
    if (room.isKept(device.id) || !fitsProcessor(room, device, task)) continue;
    const free = freeCores(room, device);
    const more = sign * (free - bestFree);
    const isTie = Math.abs(more) <= tolerance;
    if (best && more <= tolerance && !(isTie && device.ancestors.length < best.ancestors.length)) continue;
    best = device;
    bestFree = free;
  }
  return best;
};

export const fitsProcessor = (room: Pick<Room, 'ledger'>, device: IndexedDevice, task: TaskRequest): boolean =>
  task.cores <= freeCores(room, device) + tolerance && task.memoryBytes <= freeMemory(room, device);

export const freeCores = (room: Pick<Room, 'ledger'>, device: IndexedDevice): number => device.cores - room.ledger.on(device.id).cores;

/** Infinite where the device does not tell its memory. */
export const freeMemory = (room: Pick<Room, 'ledger'>, device: IndexedDevice): number =>
  device.memoryBytes === undefined ? Infinity : device.memoryBytes - room.ledger.on(device.id).memoryBytes;

// ── Devices beside the processor ──

type Accelerators = Grant['accelerators'];

/** As many different devices as are asked for, and no device together with a share of it; undefined when there are not enough. */
const chooseAccelerators = (
  room: Room,
  devices: readonly IndexedDevice[],
  { device: request, prefer }: TaskRequest,
  usually = leastFreeFirst,
): Accelerators | undefined => {
  if (!request) return [];
  const byMemory = prefer ? (prefer === 'pack' ? leastFreeFirst : mostFreeFirst) : usually;
  const { count, memoryBytes } = request;
  // What is asked for most, without a list of anything.
  if (count === 1 && memoryBytes === undefined) {
    for (const device of devices) if (fitsAccelerator(room, device, memoryBytes)) return [{ device: device.id }];
    return undefined;
  }
  const fits = (device: IndexedDevice): boolean => fitsAccelerator(room, device, memoryBytes);
  const ordered = memoryBytes === undefined ? devices : devices.filter(fits).sort((a, b) => byMemory(room, a, b) || byDivision(a, b));
  const hasParents = (): boolean => count > 1 && ordered.some(({ hasShares }) => hasShares);
  const chosen =
    takeApart(ordered, count, fits) ?? (hasParents() ? takeApart(withoutParents(ordered.filter(fits)), count, fits) : undefined);
  return chosen?.map((device) => ({ device: device.id, ...(isByMemory(device, memoryBytes) && { memoryBytes }) }));
};

/** Whether the device could be granted now: a part of its memory, or the whole of it. */
export const fitsAccelerator = (room: Room, device: IndexedDevice, memoryBytes: number | undefined): boolean => {
  const { ledger } = room;
  const held = ledger.on(device.id);
  // Whether it is kept takes longest to find out.
  if (isByMemory(device, memoryBytes)) {
    if (held.isWhole || memoryBytes > freeMemory(room, device)) return false;
    return isNoneWhole(room, device.kin) && !room.isKept(device.id);
  }
  return held.holders === 0 && !room.isKept(device.id) && areAllFree(room, device.kin);
};

// These are asked of every device of every task that is looked at: without a function of its own each time they leave nothing to collect.

const isNoneWhole = ({ ledger }: Room, devices: readonly string[]): boolean => {
  for (const id of devices) if (ledger.on(id).isWhole) return false;
  return true;
};

const areAllFree = (room: Room, devices: readonly string[]): boolean => {
  for (const id of devices) if (room.ledger.on(id).holders > 0 || room.isKept(id)) return false;
  return true;
};

/** A device that does not tell its memory cannot be shared by it, so it is granted whole. */
export const isByMemory = (device: IndexedDevice, memoryBytes: number | undefined): memoryBytes is number =>
  memoryBytes !== undefined && device.memoryBytes !== undefined;

/** By memory the one with the least that fits is taken first, so that whole devices stay free. */
const leastFreeFirst = (room: Room, a: IndexedDevice, b: IndexedDevice): number => {
  const [left, right] = [freeMemory(room, a), freeMemory(room, b)];
  return left === right ? 0 : left - right;
};

/** Those that start together leave each other the most different devices so. */
const mostFreeFirst = (room: Room, a: IndexedDevice, b: IndexedDevice): number => leastFreeFirst(room, b, a);

/** How many of these can be had side by side. */
export const countApart = (devices: readonly IndexedDevice[]): number => withoutParents(devices).length;

const takeApart = (
  ordered: readonly IndexedDevice[],
  count: number,
  fits: (device: IndexedDevice) => boolean,
): IndexedDevice[] | undefined => {
  const taken: IndexedDevice[] = [];
  for (const device of ordered) {
    if (taken.length === count) break;
    if (fits(device) && isApart(device, taken)) taken.push(device);
  }
  return taken.length === count ? taken : undefined;
};

const isApart = ({ id }: IndexedDevice, taken: readonly IndexedDevice[]): boolean => !taken.some(({ kin }) => kin.includes(id));

/** The most devices that can be had side by side are those that have no fitting share below them. */
const withoutParents = (ordered: readonly IndexedDevice[]): IndexedDevice[] => {
  const parents = new Set(ordered.flatMap((device) => device.ancestors));
  return ordered.filter((device) => !parents.has(device.id));
};
