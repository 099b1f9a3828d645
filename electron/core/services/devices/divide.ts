import type { Device } from '../../../../shared/model/device.ts';

/** A part of a device with a name of its own. */
export interface Share {
  readonly id: string;
  readonly coreIds?: readonly number[];
  readonly memoryBytes?: number;
}

/** A device with what its shares have left of it, then its shares. */
export const divide = (whole: Device, shares: readonly Share[]): [Device, ...Device[]] => [
  onNode(restOf(whole, shares), whole),
  ...shares.map((share) => onNode(shareOf(whole, share), whole)),
];

/** The system's numbers of the cores that may be granted; without knowing better they are counted from 0. */
export const coreIdsOf = ({ coreIds, topology, cores = 0 }: Device): readonly number[] =>
  coreIds ?? topology?.numaNodes?.flatMap((node) => node.coreIds) ?? Array.from({ length: cores }, (_, index) => index);

const restOf = (whole: Device, shares: readonly Share[]): Device => {
  const given = new Set(shares.flatMap(({ coreIds = [] }) => coreIds));
  if (given.size === 0) return whole;
  const { cores: all = 0, ...rest } = whole;
  const cores = Math.max(0, all - given.size);
  // A device whose cores are all given away has none to name.
  return { ...rest, coreIds: coreIdsOf(whole).filter((core) => !given.has(core)), ...(cores > 0 && { cores }) };
};

const shareOf = (whole: Device, { id, coreIds, memoryBytes }: Share): Device => {
  const { cores: _cores, coreIds: _ids, physicalCores: _physical, topology: _topology, memoryTotalBytes: _memory, ...common } = whole;
  return {
    ...common,
    id,
    parent: whole.id,
    ...(coreIds && { cores: coreIds.length, coreIds: [...coreIds] }),
    ...(memoryBytes !== undefined && { memoryTotalBytes: memoryBytes }),
  };
};

/** With the NUMA node that has all of its cores, where there are several nodes. */
const onNode = (device: Device, { topology: { numaNodes = [] } = {} }: Device): Device => {
  const own = coreIdsOf(device);
  if (numaNodes.length < 2 || own.length === 0) return device;
  const found = numaNodes.find(({ coreIds }) => own.every((core) => coreIds.includes(core)));
  return found ? { ...device, numaNode: found.node } : device;
};
