import type { Capacity, DeviceCapacity, Grant, TaskRequest } from '../../scheduler-port.ts';
import { noAmounts, resources, type Amounts } from './use.ts';

/** How much there is of each resource, and which part of that a grant is. A device is one, whatever its shares are called. */
export interface MachineSize {
  readonly total: Amounts;
  amountsOf(grant: Grant): Amounts;
  /** What a task would probably be granted. */
  demandOf(task: TaskRequest): Amounts;
}

/** A device with its shares. */
interface Family {
  readonly root: string;
  readonly kind: DeviceCapacity['kind'];
  members: number;
  memoryBytes: number;
}

export const sizeOf = (capacity: Capacity): MachineSize => {
  const devices = new Map(capacity.devices.map((device) => [device.id, device]));
  const families = new Map<string, Family>();
  const total = noAmounts();
  total[1] = capacity.memoryBytes;
  for (const device of capacity.devices) {
    total[0]! += device.cores; // the first of resources
    const root = rootOf(device, devices);
    const family = families.get(root) ?? { root, kind: device.kind, members: 0, memoryBytes: 0 };
    family.members += 1;
    family.memoryBytes += device.memoryBytes ?? 0;
    if (!families.has(root) && placeOf(device.kind) >= 0) total[placeOf(device.kind)]! += 1; // a place in resources
    families.set(root, family);
  }

  const partOf = (id: string, memoryBytes: number | undefined): number => {
    const device = devices.get(id);
    const family = device && families.get(rootOf(device, devices));
    if (!family || (id === family.root && memoryBytes === undefined)) return 1;
    const bytes = memoryBytes ?? device.memoryBytes;
    return bytes === undefined || family.memoryBytes <= 0 ? 1 / family.members : Math.min(1, bytes / family.memoryBytes);
  };

  return {
    total,
    amountsOf({ cores, memoryBytes, accelerators }) {
      const amounts = noAmounts();
      amounts.set([cores, memoryBytes]);
      for (const one of accelerators) {
        const place = placeOf(devices.get(one.device)?.kind ?? 'cpu');
        if (place >= 0) amounts[place]! += partOf(one.device, one.memoryBytes); // a place in resources
      }
      return amounts;
    },
    demandOf({ cores, memoryBytes, device }) {
      const amounts = noAmounts();
      amounts.set([cores, memoryBytes]);
      const family = device && [...families.values()].find(({ kind }) => kind === device.kind);
      if (family) amounts[placeOf(device.kind)] = device.count * partOf(family.root, device.memoryBytes);
      return amounts;
    },
  };
};

/** -1 for processors, which count as cores. */
const placeOf = (kind: DeviceCapacity['kind']): number => (resources as readonly string[]).indexOf(kind);

const rootOf = (device: DeviceCapacity, devices: ReadonlyMap<string, DeviceCapacity>): string => {
  const seen = new Set([device.id]);
  let root = device;
  for (let next = devices.get(device.parent ?? ''); next && !seen.has(next.id); next = devices.get(next.parent ?? '')) {
    seen.add(next.id);
    root = next;
  }
  return root.id;
};
