import type { DeviceCapacity, TaskRequest } from '../../scheduler-port.ts';
import type { DeviceIndex } from './device-index.ts';

/** What tasks compete for: devices of a kind, or cores. */
export const poolOf = ({ device }: TaskRequest): string => device?.kind ?? 'cpu';

/** Which part of its pool a task takes; of a device's memory as much as of the largest one. What gets no work is in no pool. */
export const partsOf = ({ devices }: Pick<DeviceIndex, 'devices'>): ((task: TaskRequest) => number) => {
  const usable = devices.filter(({ unusable }) => unusable === undefined);
  const cores = usable.reduce((sum, one) => sum + one.cores, 0);
  const whole = Map.groupBy(
    usable.filter(({ parent }) => parent === undefined),
    ({ kind }) => kind,
  );
  const sizes = new Map([...whole].map(([kind, ones]) => [kind, { count: ones.length, largest: largestOf(ones) }]));
  return ({ device, cores: own }) => {
    if (!device) return cores > 0 ? Math.min(1, own / cores) : 1;
    const { count, largest } = sizes.get(device.kind) ?? { count: 1, largest: 0 };
    const ofOne = device.memoryBytes !== undefined && largest > 0 ? Math.min(1, device.memoryBytes / largest) : 1;
    return Math.min(1, (device.count * ofOne) / count);
  };
};

const largestOf = (devices: readonly DeviceCapacity[]): number => Math.max(0, ...devices.map(({ memoryBytes = 0 }) => memoryBytes));
