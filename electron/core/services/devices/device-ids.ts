import type { FoundDevice } from '../../ports.ts';

type Newcomer = Pick<FoundDevice, 'key' | 'kind' | 'pci' | 'parentKey'>;

/**
 * Ids for devices that have none yet: gpu0, gpu1, npu0 …, in the order of their addresses on the bus; gpu0-mig0 for a hardware partition
 * of gpu0. `taken` are all keys with the ids that were ever given, so that no id ever means another device.
 */
export const giveIds = (taken: ReadonlyMap<string, string>, newcomers: readonly Newcomer[]): Map<string, string> => {
  const used = new Set(taken.values());
  const given = new Map<string, string>();
  for (const device of newcomers.toSorted(byAddress)) {
    if (taken.has(device.key) || given.has(device.key)) continue;
    const parent = device.parentKey === undefined ? undefined : (taken.get(device.parentKey) ?? given.get(device.parentKey));
    const id = firstFree(parent === undefined ? device.kind : `${parent}-mig`, used);
    used.add(id);
    given.set(device.key, id);
  }
  return given;
};

/** Devices before their partitions; those without an address last. */
const byAddress = (a: Newcomer, b: Newcomer): number =>
  Number(a.parentKey !== undefined) - Number(b.parentKey !== undefined) ||
  Number(a.pci === undefined) - Number(b.pci === undefined) ||
  compare(a.pci ?? '', b.pci ?? '') ||
  compare(a.key, b.key);

/** By code units, so that the order does not depend on the language of the machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const firstFree = (stem: string, used: ReadonlySet<string>): string => {
  let number = 0;
  while (used.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
};
