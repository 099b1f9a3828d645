import type { ReservedPart } from '../../scheduler-port.ts';
import { isByMemory } from './allocation.ts';
import type { DeviceIndex, IndexedDevice } from './device-index.ts';
import { upwards, type Branch } from './group-tree.ts';
import type { Ledger } from './ledger.ts';

export interface UnusedOptions {
  readonly ledger: Pick<Ledger, 'on' | 'running'>;
  readonly index: () => DeviceIndex;
  readonly leafOf: (group: string) => Branch;
}

/** What of that which is kept for a group its own jobs do not hold yet: so much is taken from others. */
interface UnusedPart {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Of a device of which only some memory is kept. */
  on(device: string): number;
}

export const unusedOf = ({ ledger, index, leafOf }: UnusedOptions, part: ReservedPart): UnusedPart => {
  const own = processorIn(index())?.id;
  let cores = own === undefined ? 0 : part.cores;
  let { memoryBytes } = part;
  const isOfGroup = (group: string): boolean => belongs(leafOf(group), part);
  if (cores > 0 || memoryBytes > 0) {
    for (const { task, grant } of ledger.running.values()) {
      if (!isOfGroup(task.group)) continue;
      memoryBytes -= grant.memoryBytes;
      if (grant.device === own) cores -= grant.cores;
    }
  }
  return {
    cores: Math.max(0, cores),
    memoryBytes: Math.max(0, memoryBytes),
    on(device) {
      let unused = part.deviceMemoryBytes ?? 0;
      for (const [id, task] of ledger.on(device).tasks) {
        if (!isOfGroup(task.group)) continue;
        const held = ledger.running.get(id)?.grant.accelerators.find((one) => one.device === device);
        if (held) unused -= held.memoryBytes ?? Infinity;
      }
      return Math.max(0, unused);
    },
  };
};

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
