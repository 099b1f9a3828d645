import type { Device } from '../../../../shared/model/device.ts';
import type { RefusalReason } from '../../../../shared/model/reason.ts';
import { formatBytes } from '../../../../shared/words/format.ts';
import { grantableBytes } from './capacity.ts';
import { coreIdsOf, type Share } from './divide.ts';

/** What is known of a device when somebody wants to change it. */
export interface Changeable {
  /** As it was found, before anything was cut out of it. */
  readonly device: Device;
  readonly isShare: boolean;
  /** Whether the hardware itself is partitioned, so that nothing more can be cut out of it. */
  readonly isPartitioned: boolean;
  readonly shares: readonly Share[];
  /** Of the device's memory; a processor's is the machine's. */
  readonly reserveBytes: number;
  readonly overcommit: number;
}

/** Why a share cannot be cut out of a device; nothing when it can. Without `memoryBytes` it has no memory to itself. */
export const checkSplit = (target: Changeable, wanted: Omit<Share, 'id'>): RefusalReason | undefined => {
  const { device } = target;
  const by = wanted.coreIds ? 'cores' : 'memory';
  const refused: RefusalReason = { code: 'split-not-possible', values: { device: device.id, by } };
  if (target.isShare || target.isPartitioned) return refused;
  // A share of memory alone would have no core to run on, and only a processor has cores to give.
  if ((device.kind === 'cpu') !== (wanted.coreIds !== undefined)) return refused;
  if (device.kind !== 'cpu' && (wanted.memoryBytes === undefined || device.memoryTotalBytes === undefined)) return refused;
  return checkCores(target, wanted.coreIds ?? []) ?? checkMemory(target, wanted.memoryBytes ?? 0);
};

/** Why so much cannot be kept back, or granted so often: the shares must still fit. */
export const checkMemorySettings = (
  target: Changeable,
  change: { readonly reserveBytes?: number; readonly overcommit?: number },
): RefusalReason | undefined => {
  const { device } = target;
  if (target.isShare) return { code: 'input-invalid', values: { detail: `${device.id} is a share of ${device.parent}; set it there.` } };
  if (device.memoryTotalBytes === undefined) return { code: 'input-invalid', values: { detail: `${device.id} has no memory of its own.` } };
  const changed = { ...target, ...change };
  const { reserveBytes } = changed;
  if (freeForShares(changed) >= 0 && reserveBytes <= device.memoryTotalBytes) return undefined;
  if (change.overcommit !== undefined) return tooLarge(device.id, 'its shares with this ratio', bytes(grantedAt(changed)));
  return tooLarge(device.id, bytes(reserveBytes), bytes(device.memoryTotalBytes - sharedBytes(target) / target.overcommit));
};

const checkCores = ({ device, shares }: Changeable, wanted: readonly number[]): RefusalReason | undefined => {
  const given = new Set(shares.flatMap(({ coreIds = [] }) => coreIds));
  const left = coreIdsOf(device).filter((core) => !given.has(core));
  const isAllThere = wanted.every((core) => left.includes(core)) && new Set(wanted).size === wanted.length;
  // A control group may allow less time than all its cores have.
  const isEnough = wanted.length <= (device.cores ?? 0) - given.size;
  return isAllThere && isEnough ? undefined : tooLarge(device.id, cores(wanted), left.length > 0 ? cores(left) : 'no core');
};

const checkMemory = (target: Changeable, wanted: number): RefusalReason | undefined =>
  wanted <= freeForShares(target) ? undefined : tooLarge(target.device.id, bytes(wanted), bytes(Math.max(0, freeForShares(target))));

/** Memory that is in no share, when no other program runs. */
const freeForShares = (target: Changeable): number => grantedAt(target) - sharedBytes(target);

const grantedAt = ({ device, reserveBytes, overcommit }: Changeable): number =>
  grantableBytes({ totalBytes: device.memoryTotalBytes ?? 0, foreignBytes: 0, reserveBytes, overcommit });

const sharedBytes = ({ shares }: Changeable): number => shares.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);

const tooLarge = (device: string, wanted: string, left: string): RefusalReason => ({
  code: 'split-too-large',
  values: { device, wanted, left },
});

const bytes = (count: number): string => formatBytes(count, 'en');

const cores = (ids: readonly number[]): string => `${ids.length === 1 ? 'core' : 'cores'} ${formatCores(ids)}`;

/** 0-3,6 */
const formatCores = (ids: readonly number[]): string => {
  const runs: [first: number, last: number][] = [];
  for (const core of ids.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && core === run[1] + 1) run[1] = core;
    else runs.push([core, core]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
};
