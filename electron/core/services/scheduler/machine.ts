import type { DeviceKind } from '../../../../shared/model/device.ts';
import type { Capacity, TaskRequest } from '../../scheduler-port.ts';
import { candidatesOf, indexDevices, type Candidates, type DeviceIndex } from './device-index.ts';
import type { Ledger } from './ledger.ts';
import type { Group } from './line.ts';

/** What there is to be granted, as it was told last. */
export interface Machine {
  readonly capacity: Capacity;
  readonly index: DeviceIndex;
  set(capacity: Capacity): void;
  /** The same with less memory, of the machine or of a device, beside what is granted of it. */
  reducedTo(freeBytes: number, device: string | undefined): Capacity;
  /** The devices that a task may have. */
  candidatesOf(task: TaskRequest): Candidates;
  /** The same of any task of a group. */
  candidatesOfGroup(group: Group<unknown>): Candidates;
}

export const createMachine = (initial: Capacity, ledger: Pick<Ledger, 'memoryBytes' | 'on'>): Machine => {
  let capacity = initial;
  let index = indexDevices(capacity);
  /** Of every device that has ever been there. */
  const kinds = new Map<string, DeviceKind>(capacity.devices.map(({ id, kind }) => [id, kind]));
  /** By what asks for them, until the devices change. */
  const known = new Map<string, Candidates>();

  return {
    get capacity() {
      return capacity;
    },
    get index() {
      return index;
    },
    set(next) {
      capacity = next;
      index = indexDevices(next);
      known.clear();
      for (const { id, kind } of next.devices) kinds.set(id, kind);
    },
    reducedTo(freeBytes, device) {
      if (device === undefined) return { ...capacity, memoryBytes: ledger.memoryBytes + freeBytes };
      const memoryBytes = ledger.on(device).memoryBytes + freeBytes;
      return { ...capacity, devices: capacity.devices.map((one) => (one.id === device ? { ...one, memoryBytes } : one)) };
    },
    candidatesOf: (task) => candidatesOf(index, kinds, task),
    candidatesOfGroup({ devicesKey, example }) {
      const candidates = known.get(devicesKey) ?? candidatesOf(index, kinds, example);
      known.set(devicesKey, candidates);
      return candidates;
    },
  };
};
