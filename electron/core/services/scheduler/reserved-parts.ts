import { grantedDevices } from '../../grant-place.ts';
import type { ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import { fitsAccelerator, fitsMemory, fitsProcessor, isByMemory, type Grants } from './allocation.ts';
import type { CandidateList, Candidates, DeviceIndex, IndexedDevice } from './device-index.ts';
import type { Branch } from './group-tree.ts';
import { createBooks, sumOf, type Books, type Ledger } from './ledger.ts';
import type { InLine } from './line.ts';
import { belongs, isKeptByMemory, processorIn, type UnusedOf } from './unused-part.ts';

interface Options {
  readonly ledger: Pick<Ledger, 'on' | 'memoryBytes'>;
  readonly index: () => DeviceIndex;
  readonly unusedOf: UnusedOf;
  /** What may be granted of the machine's memory. */
  readonly memoryBytes: () => number;
}

type Window = ReservedPart['windows'][number];

/** Something that waits, and the group that it is of. */
type Asking = InLine & { readonly leaf: Branch };

/** What of the machine is kept for groups of jobs, and when. */
export interface ReservedParts {
  readonly parts: readonly ReservedPart[];
  /** Whether other groups have parts than before. */
  set(parts: readonly ReservedPart[]): boolean;
  /** Whether something is ever kept for the jobs of a group, or of what it is a part of. */
  isFor(leaf: Branch): boolean;
  /**
   * What is left for a task that starts then: without what is kept for other groups while it may run. One of which nobody knows how long it
   * takes keeps out of what is kept at that moment.
   */
  leftFor(item: Asking, candidates: Candidates, at: number): Candidates;
  /** Whether grants are among what is left for a task at that time, beside what these books hold. */
  leaves(item: Asking, grants: Grants, at: number, books: Books): boolean;
  /** The first part that is kept from a task, if it starts then, and the time for which it is. */
  before(item: Asking, at: number): { readonly part: ReservedPart; readonly window: Window } | undefined;
  /** Those that are kept at that moment, and since when. */
  open(at: number): readonly { readonly part: ReservedPart; readonly since: number }[];
  /** What a task may have of a part that is kept for its group: of devices what is kept, of a processor and of memory what the group does not hold of it yet. */
  ofPart(part: ReservedPart, task: TaskRequest, candidates: Candidates, at: number): Candidates;
  /** When one begins or ends next. */
  nextEdge(after: number): number | undefined;
}

export const createReservedParts = (options: Options, initial: readonly ReservedPart[]): ReservedParts => {
  const { ledger, index, unusedOf } = options;
  let parts = initial;

  const devicesOf = ({ devices }: ReservedPart): IndexedDevice[] => devices.flatMap((id) => index().get(id) ?? []);

  const barring = ({ leaf, longestMs }: Asking, at: number): { part: ReservedPart; window: Window }[] => {
    const ends = at + longestMs;
    const meets = ({ from, to }: Window): boolean => to > at && (from <= at || (ends < Infinity && from < ends));
    return parts.flatMap((part) => {
      const window = belongs(leaf, part) ? undefined : part.windows.find(meets);
      return window ? [{ part, window }] : [];
    });
  };

  /** All that is kept in these parts and that their groups do not hold. */
  const keptIn = (kept: readonly ReservedPart[]) => {
    /** Kept with their kin. */
    const whole = new Set<string>();
    /** By device, how much of its memory is kept. */
    const bytesOn = new Map<string, number>();
    /** They cannot be had whole, because some memory of them, or of their kin, is kept. */
    const notWhole = new Set<string>();
    let [cores, memoryBytes] = [0, 0];
    const unusedIn = unusedOf(kept);
    for (const part of kept) {
      const unused = unusedIn(part);
      cores += unused.cores;
      memoryBytes += unused.memoryBytes;
      for (const device of devicesOf(part)) {
        const isByMemory = isKeptByMemory(part, device);
        if (isByMemory) bytesOn.set(device.id, (bytesOn.get(device.id) ?? 0) + unused.on(device.id));
        for (const id of [device.id, ...device.kin]) (isByMemory ? notWhole : whole).add(id);
      }
    }
    return { whole, bytesOn, notWhole, cores, memoryBytes };
  };

  const leftFor: ReservedParts['leftFor'] = (item, candidates, at) => {
    const barred = parts.length === 0 ? [] : barring(item, at).map(({ part }) => part);
    if (barred.length === 0) return candidates;
    const kept = keptIn(barred);
    const own = processorIn(index())?.id;
    const left = narrowed(candidates, (device) => {
      if (kept.whole.has(device.id)) return undefined;
      if (device.id === own) return withLess(device, kept.cores, kept.memoryBytes);
      if (kept.notWhole.has(device.id) && !isByMemory(device, item.task.device?.memoryBytes)) return undefined;
      return withLess(device, 0, kept.bytesOn.get(device.id) ?? 0);
    });
    return { ...left, keptBytes: kept.memoryBytes };
  };

  const open: ReservedParts['open'] = (at) =>
    parts.flatMap((part) => {
      const window = part.windows.find(({ from, to }) => from <= at && to > at);
      return window ? [{ part, since: window.from }] : [];
    });

  return {
    get parts() {
      return parts;
    },
    set(next) {
      const groupsOf = (some: readonly ReservedPart[]): string => [...new Set(some.map(({ group }) => group))].sort().join('\0');
      const hasOthers = groupsOf(parts) !== groupsOf(next);
      parts = next;
      return hasOthers;
    },
    isFor: (leaf) => parts.some((part) => belongs(leaf, part)),
    leftFor,
    leaves(item, grants, at, books) {
      if (parts.length === 0) return true;
      const others = createBooks();
      const room = { memoryBytes: options.memoryBytes(), ledger: sumOf(books, others), isKept: () => false };
      const fits = (device: IndexedDevice): boolean =>
        device.kind === 'cpu' ? fitsProcessor(room, device, item.task) : fitsAccelerator(room, device, item.task.device?.memoryBytes);
      return grants.every((grant) => {
        const granted = grantedDevices(grant).flatMap((id) => index().get(id) ?? []);
        const all = { usable: granted, inPreference: granted, unusable: [] };
        const left = leftFor(item, { processors: all, accelerators: all, absent: index().absent, keptBytes: 0 }, at);
        const { usable } = left.processors;
        const isLeft = usable.length === granted.length && usable.every(fits) && fitsMemory(room, left, grant.memoryBytes);
        others.add(grant);
        return isLeft;
      });
    },
    before: (item, at) => barring(item, at).sort((a, b) => a.window.from - b.window.from)[0],
    open,
    ofPart(part, task, candidates, at) {
      const unused = unusedOf(open(at).map((one) => one.part))(part);
      const own = processorIn(index())?.id;
      const kept = devicesOf(part);
      const wholly = new Set(kept.filter((one) => !isKeptByMemory(part, one)).flatMap(({ id, kin }) => [id, ...kin]));
      const ofPart = narrowed(candidates, (device) => {
        if (wholly.has(device.id)) return device;
        if (part.devices.includes(device.id)) {
          if (device.memoryBytes === undefined || !isByMemory(device, task.device?.memoryBytes)) return undefined;
          return withLess(device, 0, device.memoryBytes - ledger.on(device.id).memoryBytes - unused.on(device.id));
        }
        // Whoever has a device of the part gets what is free of the processor, since without that the device would be of no use.
        if (task.device) return device.kind === 'cpu' ? device : undefined;
        if (device.id !== own || (part.cores === 0 && part.memoryBytes === 0)) return undefined;
        return part.cores === 0 ? device : withLess(device, device.cores - ledger.on(device.id).cores - unused.cores, 0);
      });
      if (task.device || part.memoryBytes === 0) return ofPart;
      const beyond = options.memoryBytes() - ledger.memoryBytes - unused.memoryBytes;
      return { ...ofPart, keptBytes: Math.max(candidates.keptBytes, beyond) };
    },
    nextEdge(after) {
      const edges = parts.flatMap(({ windows }) => windows.flatMap(({ from, to }) => [from, to]));
      const next = Math.min(...edges.filter((at) => at > after && at < Infinity));
      return next === Infinity ? undefined : next;
    },
  };
};

/** A device of which so much is kept, where that is above nothing. */
const withLess = (device: IndexedDevice, cores: number, bytes: number): IndexedDevice => {
  if (cores <= 0 && bytes <= 0) return device;
  return {
    ...device,
    cores: device.cores - Math.max(0, cores),
    ...(device.memoryBytes !== undefined && { memoryBytes: device.memoryBytes - Math.max(0, bytes) }),
  };
};

const narrowed = (candidates: Candidates, narrow: (device: IndexedDevice) => IndexedDevice | undefined): Candidates => {
  const left = (devices: readonly IndexedDevice[]): IndexedDevice[] => devices.flatMap((device) => narrow(device) ?? []);
  const listOf = (list: CandidateList): CandidateList => ({ ...list, usable: left(list.usable), inPreference: left(list.inPreference) });
  return { ...candidates, processors: listOf(candidates.processors), accelerators: listOf(candidates.accelerators) };
};
