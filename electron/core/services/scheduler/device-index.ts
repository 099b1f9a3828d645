import type { DeviceKind } from '../../../../shared/model/device.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import { allowedDevices } from '../../allowed-devices.ts';
import type { Capacity, DeviceCapacity, TaskRequest } from '../../scheduler-port.ts';

/** The devices of a capacity with what follows from how they hang together. */
export interface DeviceIndex {
  readonly devices: readonly IndexedDevice[];
  get(id: string): IndexedDevice | undefined;
  /** Why a device that is not among them is not there. */
  readonly absent: DeviceReason;
}

export interface IndexedDevice extends DeviceCapacity {
  /** Where it stands among all devices; ties go to the lower one. */
  readonly place: number;
  /** Devices of which it is a share and shares of it: whoever has it whole has them as well. */
  readonly kin: readonly string[];
  /** Devices, the device itself left out, of which it is a share, in any number of steps. */
  readonly ancestors: readonly string[];
  readonly hasShares: boolean;
}

export const indexDevices = ({ devices, absent }: Pick<Capacity, 'devices' | 'absent'>): DeviceIndex => {
  const given = new Map(devices.map((device) => [device.id, device]));
  const ancestors = new Map(devices.map((device) => [device.id, ancestorsOf(device, given)]));
  const descendants = new Map<string, string[]>();
  for (const [id, above] of ancestors) for (const one of above) descendants.set(one, [...(descendants.get(one) ?? []), id]);

  const indexed = devices.map((device, place): IndexedDevice => {
    const above = ancestors.get(device.id) ?? [];
    const below = descendants.get(device.id) ?? [];
    const unusable = [device.id, ...above].map((id) => given.get(id)?.unusable).find((reason) => reason !== undefined);
    return { ...device, place, ancestors: above, kin: [...above, ...below], hasShares: below.length > 0, ...(unusable && { unusable }) };
  });
  const byId = new Map(indexed.map((device) => [device.id, device]));
  return { devices: indexed, get: (id) => byId.get(id), absent: absent ?? { code: 'device-gone', values: {} } };
};

const ancestorsOf = (device: DeviceCapacity, given: ReadonlyMap<string, DeviceCapacity>): string[] => {
  const found: string[] = [];
  for (let id = device.parent; id !== undefined && !found.includes(id); id = given.get(id)?.parent) found.push(id);
  return found;
};

/** The devices a task may have, by what it needs them for. */
export interface Candidates {
  readonly processors: CandidateList;
  /** Empty lists when it needs none. */
  readonly accelerators: CandidateList;
  /** Why there are none where both lists are empty. */
  readonly absent: DeviceReason;
  /** So much of the machine's memory is kept for others. */
  readonly keptBytes: number;
}

export interface CandidateList {
  readonly usable: readonly IndexedDevice[];
  /** The same in the order in which they are given away where nothing else decides. */
  readonly inPreference: readonly IndexedDevice[];
  /** Those it would take as well if they were given work. */
  readonly unusable: readonly UnusableDevice[];
}

interface UnusableDevice {
  readonly id: string;
  readonly why: DeviceReason;
  /** Absent when it is no longer among the devices. */
  readonly device?: IndexedDevice;
}

/** `kinds` remembers the kind of devices that are gone. */
export const candidatesOf = (
  index: DeviceIndex,
  kinds: ReadonlyMap<string, DeviceKind>,
  { device, on, notOn }: Pick<TaskRequest, 'device' | 'on' | 'notOn'>,
): Candidates => {
  const allowed = allowedDevices(notOn ? { notOn } : {}, index.devices);
  const listOf = (kind: DeviceKind): CandidateList => {
    // A name that nothing ever had is taken for what the task needs most particularly.
    const named = (on ?? []).filter((id) => (kinds.get(id) ?? device?.kind ?? 'cpu') === kind);
    const found = allowed.filter((one) => one.kind === kind && (named.length === 0 || named.includes(one.id)));
    const gone = named.filter((id) => index.get(id)?.kind !== kind);
    const usable = found.filter((one) => one.unusable === undefined);
    return {
      usable,
      inPreference: usable.toSorted(byDivision),
      unusable: [
        ...found.flatMap((one) => (one.unusable ? [{ id: one.id, why: one.unusable, device: one }] : [])),
        ...gone.map((id) => ({ id, why: index.absent })),
      ],
    };
  };
  const accelerators = device ? listOf(device.kind) : { usable: [], inPreference: [], unusable: [] };
  return { processors: listOf('cpu'), accelerators, absent: index.absent, keptBytes: 0 };
};

/** Undivided devices, then shares; a divided one last, because its shares cannot be used beside it. */
export const byDivision = (a: IndexedDevice, b: IndexedDevice): number => divisionRank(a) - divisionRank(b) || a.place - b.place;
export const isDividedAlike = (a: IndexedDevice, b: IndexedDevice): boolean => divisionRank(a) === divisionRank(b);
const divisionRank = (device: IndexedDevice): number => (device.hasShares ? 2 : Math.min(1, device.ancestors.length));
