import type { DeviceState } from '../../../shared/contract/devices.ts';

export interface CoreCell {
  core: number;
  /** Absent where it was not measured. */
  percent: number | undefined;
  /** The share that has it. */
  share: string | undefined;
  /** Whether it can still be split off: no share has it, and it is one of those that may be granted. */
  isFree: boolean;
}

export interface CoreNode {
  /** The NUMA node; absent where there is only one. */
  node: number | undefined;
  cells: readonly CoreCell[];
}

/** Every core of a processor, or of a share of one, by NUMA node. */
export const coreNodesOf = (
  device: DeviceState,
  processor: DeviceState | undefined,
  shares: readonly DeviceState[],
): readonly CoreNode[] => {
  const percents = (device.sample ?? processor?.sample)?.corePercents ?? [];
  const numa = (device.topology ?? processor?.topology)?.numaNodes ?? [];
  const known = [...percents.keys(), ...numa.flatMap(({ coreIds }) => coreIds)];
  // A processor keeps the cores that no share has; all of them are shown.
  const ids = [...new Set((device.sample ? undefined : device.coreIds) ?? known)].sort((one, other) => one - other);
  const shareOf = new Map(shares.flatMap(({ id, coreIds = [] }) => coreIds.map((core) => [core, id] as const)));
  const kept = device.coreIds && new Set(device.coreIds);
  const cellOf = (core: number): CoreCell => ({
    core,
    percent: percents[core],
    share: shareOf.get(core),
    isFree: !shareOf.has(core) && (kept?.has(core) ?? true),
  });
  if (numa.length < 2) return [{ node: undefined, cells: ids.map(cellOf) }];
  const here = new Set(ids);
  return numa
    .map(({ node, coreIds }) => ({ node, cells: coreIds.filter((core) => here.has(core)).map(cellOf) }))
    .filter(({ cells }) => cells.length > 0);
};
