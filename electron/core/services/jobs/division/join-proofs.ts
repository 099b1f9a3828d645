import type { RanOn } from '../../../../../shared/model/job.ts';
import type { PartEntry } from '../job-entry.ts';

/** What really ran of a divided job, from what its parts can prove; undefined where none can. Pure. */
export const joinProofs = (parts: readonly PartEntry[], nameOf: (device: string) => string): RanOn | undefined => {
  const proven = parts.filter(({ part }) => part.proofs.length > 0).toSorted((a, b) => b.part.items - a.part.items);
  const proofs = proven.flatMap(({ part }) => part.proofs);
  const [most] = proven;
  const main = most?.part.proofs.at(-1);
  if (!main) return undefined;
  const devices = proofs.flatMap((proof) => proof.devices ?? []);
  const peak = total(proven.map(({ part }) => Math.max(...part.proofs.map(({ peakMemoryBytes = 0 }) => peakMemoryBytes))));
  const cpuSeconds = total(proofs.map((proof) => proof.cpuSeconds ?? 0));
  const { devices: _, ...rest } = main;
  return {
    ...rest,
    cores: total(proven.map(({ part }) => part.proofs.at(-1)?.cores ?? 0)),
    ...(peak > 0 && { peakMemoryBytes: peak }),
    ...(cpuSeconds > 0 && { cpuSeconds }),
    ...(devices.length > 0 && { devices }),
    ...(proofs.some(({ confined }) => confined !== undefined) && { confined: proofs.every(({ confined }) => confined === true) }),
    parts: parts.flatMap(({ part }) => {
      const provider = part.proofs.at(-1)?.provider;
      if (part.proofs.length === 0) return [];
      return {
        device: part.device,
        deviceName: nameOf(part.device),
        ...(provider !== undefined && { provider }),
        items: part.items,
        seconds: part.seconds,
        ...(part.seconds > 0 && { itemsPerSecond: part.items / part.seconds }),
      };
    }),
  };
};

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
