import type { Capacity, DeviceCapacity } from '../../scheduler-port.ts';

/** Memory and what of it cannot be granted. */
export interface MemoryFacts {
  readonly totalBytes: number;
  /** What programs hold that are not ours. */
  readonly foreignBytes: number;
  readonly reserveBytes: number;
  /** 1 grants every byte once. */
  readonly overcommit: number;
}

/** One device, or one hardware partition, as it is found. */
export interface WholeDevice extends Omit<DeviceCapacity, 'memoryBytes'> {
  /** Absent where it has none of its own or does not tell. */
  readonly memory?: MemoryFacts;
  readonly shares: readonly ShareOfDevice[];
}

export interface ShareOfDevice extends Pick<DeviceCapacity, 'id' | 'name' | 'cores' | 'numaNode' | 'unusable'> {
  /** Absent when it has no part of the memory to itself. */
  readonly memoryBytes?: number;
}

/**
 * What may be granted: of each memory (total − other programs − reserve) × over-commit, in whole bytes and never below nothing. Shares and
 * the rest of their device make up the whole; when other programs take so much that the shares do not fit any more, all of them shrink alike.
 * A processor's memory is the machine's.
 */
export const capacityOf = (machine: MemoryFacts, devices: readonly WholeDevice[]): Capacity => ({
  memoryBytes: grantableBytes(machine),
  foreignBytes: machine.foreignBytes,
  devices: devices.flatMap((device) => withShares(device, device.kind === 'cpu' ? machine : device.memory)),
});

export const grantableBytes = ({ totalBytes, foreignBytes, reserveBytes, overcommit }: MemoryFacts): number =>
  Math.floor(Math.max(0, totalBytes - foreignBytes - reserveBytes) * overcommit);

const withShares = (whole: WholeDevice, memory: MemoryFacts | undefined): DeviceCapacity[] => {
  const { shares, memory: _, ...device } = whole;
  const parts = memory ? partsOf(grantableBytes(memory), shares) : undefined;
  // A processor without shares of memory needs no figure of its own: the machine's holds.
  const tells = parts !== undefined && (device.kind !== 'cpu' || shares.some(({ memoryBytes }) => memoryBytes !== undefined));
  const cores = device.cores - shares.reduce((sum, share) => sum + share.cores, 0);
  return [
    { ...device, cores: Math.max(0, cores), ...(tells && { memoryBytes: parts.restBytes }) },
    ...shares.map(({ memoryBytes, ...share }, index) => ({
      ...share,
      kind: device.kind,
      parent: device.id,
      foreign: device.foreign,
      ...(memoryBytes !== undefined && { memoryBytes: parts?.shareBytes[index] ?? memoryBytes }),
    })),
  ];
};

/** How much of what is there each share gets, and what is left. */
const partsOf = (wholeBytes: number, shares: readonly ShareOfDevice[]): { shareBytes: number[]; restBytes: number } => {
  const wanted = shares.map(({ memoryBytes }) => memoryBytes ?? 0);
  const factor = Math.min(1, wholeBytes / Math.max(1, sum(wanted)));
  const shareBytes = wanted.map((bytes) => Math.floor(bytes * factor));
  return { shareBytes, restBytes: wholeBytes - sum(shareBytes) };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((so, one) => so + one, 0);

/** Changes of free memory below this are not worth a decision. */
const notableBytes = 16 * 1024 ** 2;

/** Whether the scheduler should look again: who may get work has changed, or how much by more than a little. */
export const isNotable = (before: Capacity, after: Capacity): boolean =>
  isMuch(before.memoryBytes, after.memoryBytes) ||
  before.devices.length !== after.devices.length ||
  before.absent?.code !== after.absent?.code ||
  before.devices.some((device, index) => {
    const other = after.devices[index];
    if (device.id !== other?.id || device.cores !== other.cores || device.parent !== other.parent) return true;
    if ((device.memoryBytes === undefined) !== (other.memoryBytes === undefined)) return true;
    return isMuch(device.memoryBytes ?? 0, other.memoryBytes ?? 0) || isOtherReason(device, other) || holders(device) !== holders(other);
  });

const isMuch = (before: number, after: number): boolean =>
  // The last bytes count: from or to nothing at all is always worth a look.
  Math.abs(before - after) > notableBytes || (before === 0) !== (after === 0);

/** For how long a device has been silent is no news. */
const isOtherReason = ({ unusable: before }: DeviceCapacity, { unusable: after }: DeviceCapacity): boolean =>
  before?.code !== after?.code || (before?.code !== 'device-silent' && JSON.stringify(before) !== JSON.stringify(after));

/** Those whom a reason names. */
const holders = ({ foreign }: DeviceCapacity): string =>
  foreign
    .slice(0, 3)
    .map(({ pid }) => pid)
    .toSorted((a, b) => a - b)
    .join(' ');
