import type { Grant, ReservedPart } from '../../scheduler-port.ts';
import { isByMemory } from './allocation.ts';
import type { DeviceIndex, IndexedDevice } from './device-index.ts';
import { upwards, type Branch } from './group-tree.ts';
import type { Ledger } from './ledger.ts';

/** What of that which is kept for a group its own jobs do not hold yet: so much is taken from others. */
export interface UnusedPart {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Of a device of which only some memory is kept. */
  on(device: string): number;
}

/**
 * Of parts that are kept at one time. What a job holds counts once: for a part of its own group before one of those that this is a part of,
 * and what is more than is kept there for the next.
 */
export type UnusedOf = (parts: readonly ReservedPart[]) => (part: ReservedPart) => UnusedPart;

interface UnusedOptions {
  readonly ledger: Pick<Ledger, 'running' | 'changes'>;
  readonly index: () => DeviceIndex;
  readonly leafOf: (group: string) => Branch;
}

/** Works it out once for the same parts until something starts or ends, since a walk along the line asks for every task. */
export const createUnusedOf = ({ ledger, index, leafOf }: UnusedOptions): UnusedOf => {
  let known: { readonly parts: readonly ReservedPart[]; readonly unused: ReturnType<UnusedOf> }[] = [];
  let seen: { readonly changes: number; readonly index: DeviceIndex } | undefined;

  const workOut: UnusedOf = (parts) => {
    const own = processorIn(index())?.id;
    const all = parts.map((part) => ({ part, left: keptIn(part, own) }));
    const nearestFirst = all.filter(({ left }) => left.size > 0).sort((a, b) => depthOf(b.part) - depthOf(a.part));
    for (const { task, grant } of nearestFirst.length === 0 ? [] : ledger.running.values()) {
      const leaf = leafOf(task.group);
      const ofGroup = nearestFirst.filter(({ part }) => belongs(leaf, part));
      if (ofGroup.length === 0) continue;
      const held = heldIn(grant, own);
      for (const { left } of ofGroup) take(held, left);
    }
    return (part) => {
      const left = all.find((one) => one.part === part)?.left;
      const amountOf = (what: string): number => left?.get(what) ?? 0;
      return { cores: amountOf(cores), memoryBytes: amountOf(memory), on: (device) => amountOf(memoryOf(device)) };
    };
  };

  return (parts) => {
    if (seen?.changes !== ledger.changes || seen.index !== index()) known = [];
    seen = { changes: ledger.changes, index: index() };
    const found = known.find((one) => one.parts.length === parts.length && one.parts.every((part, place) => part === parts[place]));
    if (found) return found.unused;
    const unused = workOut(parts);
    known.push({ parts, unused });
    return unused;
  };
};

/** By what they are of. */
type Amounts = Map<string, number>;
const cores = 'cores';
const memory = 'memory';
const memoryOf = (device: string): string => `memory of ${device}`;

/** Without a processor that has cores nobody could have any. */
const keptIn = (part: ReservedPart, processor: string | undefined): Amounts => {
  const { deviceMemoryBytes } = part;
  return new Map([
    ...(part.cores > 0 && processor !== undefined ? [[cores, part.cores] as const] : []),
    ...(part.memoryBytes > 0 ? [[memory, part.memoryBytes] as const] : []),
    ...(deviceMemoryBytes === undefined ? [] : part.devices.map((id) => [memoryOf(id), deviceMemoryBytes] as const)),
  ]);
};

const heldIn = (grant: Grant, processor: string | undefined): Amounts =>
  new Map([
    [cores, grant.device === processor ? grant.cores : 0],
    [memory, grant.memoryBytes],
    ...grant.accelerators.map(({ device, memoryBytes = Infinity }) => [memoryOf(device), memoryBytes] as const),
  ]);

/** As much of what is held as there is from what is kept. */
const take = (held: Amounts, kept: Amounts): void => {
  for (const [what, amount] of held) {
    const taken = Math.min(amount, kept.get(what) ?? 0);
    held.set(what, amount - taken);
    if (taken > 0) kept.set(what, (kept.get(what) ?? 0) - taken);
  }
};

const depthOf = ({ group }: ReservedPart): number => group.split('/').length;

/** Whether something of this group may have what is kept for that one. */
export const belongs = (leaf: Branch, { group }: Pick<ReservedPart, 'group'>): boolean => {
  for (const { name } of upwards(leaf)) if (name === group) return true;
  return false;
};

/** The processor of which parts have cores. */
export const processorIn = ({ devices }: DeviceIndex): IndexedDevice | undefined =>
  devices.find(({ kind, parent }) => kind === 'cpu' && parent === undefined);

/** Whether only some memory of a device is kept, not the whole of it. */
export const isKeptByMemory = ({ deviceMemoryBytes }: ReservedPart, device: IndexedDevice): boolean =>
  device.kind !== 'cpu' && isByMemory(device, deviceMemoryBytes);
