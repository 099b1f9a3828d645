import type { ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import { fitsProcessor, type Grants } from './allocation.ts';
import type { CandidateList, Candidates, DeviceIndex, IndexedDevice } from './device-index.ts';
import { upwards, type Branch } from './group-tree.ts';
import { createBooks, sumOf, type Books, type Ledger } from './ledger.ts';
import type { InLine } from './line.ts';

interface Options {
  readonly ledger: Pick<Ledger, 'on' | 'running'>;
  readonly index: () => DeviceIndex;
  readonly leafOf: (group: string) => Branch;
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
  /** Those that are kept at that moment. */
  open(at: number): readonly ReservedPart[];
  /** What a task may have of a part that is kept for its group: its devices, and of a processor what the group does not hold of it yet. */
  ofPart(part: ReservedPart, task: TaskRequest, candidates: Candidates): Candidates;
  /** When one begins or ends next. */
  nextEdge(after: number): number | undefined;
}

export const createReservedParts = ({ ledger, index, leafOf }: Options, initial: readonly ReservedPart[]): ReservedParts => {
  let parts = initial;

  const belongs = (leaf: Branch, { group }: ReservedPart): boolean => {
    for (const { name } of upwards(leaf)) if (name === group) return true;
    return false;
  };

  /** With the devices of which they are shares, and their shares. */
  const devicesOf = ({ devices }: ReservedPart): Set<string> => new Set(devices.flatMap((id) => [id, ...(index().get(id)?.kin ?? [])]));

  /** The processor of which a part has cores. */
  const processor = (): IndexedDevice | undefined => index().devices.find(({ kind, parent }) => kind === 'cpu' && parent === undefined);

  /** Cores of a part that its group does not hold. */
  const unusedCores = (part: ReservedPart): number => {
    const own = processor();
    if (part.cores === 0 || !own) return 0;
    let held = 0;
    for (const [id, task] of ledger.on(own.id).tasks) {
      if (belongs(leafOf(task.group), part)) held += ledger.running.get(id)?.grant.cores ?? 0;
    }
    return Math.max(0, part.cores - held);
  };

  const barring = ({ leaf, longestMs }: Asking, at: number): { part: ReservedPart; window: Window }[] => {
    const ends = at + longestMs;
    const meets = ({ from, to }: Window): boolean => to > at && (from <= at || (ends < Infinity && from < ends));
    return parts.flatMap((part) => {
      const window = belongs(leaf, part) ? undefined : part.windows.find(meets);
      return window ? [{ part, window }] : [];
    });
  };

  const leftFor: ReservedParts['leftFor'] = (item, candidates, at) => {
    const kept = parts.length === 0 ? [] : barring(item, at).map(({ part }) => part);
    if (kept.length === 0) return candidates;
    const devices = new Set(kept.flatMap((part) => [...devicesOf(part)]));
    const cores = kept.reduce((sum, part) => sum + unusedCores(part), 0);
    return narrowed(candidates, (device) => {
      if (devices.has(device.id)) return undefined;
      return cores > 0 && device.id === processor()?.id ? { ...device, cores: device.cores - cores } : device;
    });
  };

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
      const ledger = sumOf(books, others);
      return grants.every((grant) => {
        const granted = [grant.device, ...grant.accelerators.map(({ device }) => device)].flatMap((id) => index().get(id) ?? []);
        const all = { usable: granted, inPreference: granted, unusable: [] };
        const left = leftFor(item, { processors: all, accelerators: all, absent: index().absent }, at).processors.usable;
        const fits = left.every((device) => device.kind !== 'cpu' || fitsProcessor({ ledger }, device, item.task));
        others.add(grant);
        return fits && left.length === granted.length;
      });
    },
    before: (item, at) => barring(item, at).sort((a, b) => a.window.from - b.window.from)[0],
    open: (at) => parts.filter(({ windows }) => windows.some(({ from, to }) => from <= at && to > at)),
    ofPart(part, task, candidates) {
      const devices = devicesOf(part);
      const cores = unusedCores(part);
      const own = processor();
      return narrowed(candidates, (device) => {
        if (devices.has(device.id)) return device;
        // Whoever has a device of the part gets what is free of the processor, since without that the device would be of no use.
        if (task.device) return device.kind === 'cpu' ? device : undefined;
        if (device.id !== own?.id || cores === 0) return undefined;
        return { ...device, cores: Math.min(device.cores, ledger.on(device.id).cores + cores) };
      });
    },
    nextEdge(after) {
      const edges = parts.flatMap(({ windows }) => windows.flatMap(({ from, to }) => [from, to]));
      const next = Math.min(...edges.filter((at) => at > after && at < Infinity));
      return next === Infinity ? undefined : next;
    },
  };
};

const narrowed = (candidates: Candidates, narrow: (device: IndexedDevice) => IndexedDevice | undefined): Candidates => {
  const left = (devices: readonly IndexedDevice[]): IndexedDevice[] => devices.flatMap((device) => narrow(device) ?? []);
  const listOf = (list: CandidateList): CandidateList => ({ ...list, usable: left(list.usable), inPreference: left(list.inPreference) });
  return { ...candidates, processors: listOf(candidates.processors), accelerators: listOf(candidates.accelerators) };
};
