import { valueIn } from './value-in.ts';

/** How devices compare on work that both have run. */
export interface DeviceRatios {
  /** The devices that have run this kind of work. */
  devicesOf(family: string): string[];
  /** The mean logarithm of time on `device` over time on `other`; undefined where they never ran the same. */
  between(device: string, other: string): number | undefined;
  learn(family: string, device: string, logSeconds: number): void;
}

interface Mean {
  count: number;
  mean: number;
}

/** Kept up to date pair by pair, so that nobody walks over all families to ask. */
export const createDeviceRatios = (): DeviceRatios => {
  /** Mean logarithms by family, then device. */
  const means = new Map<string, Map<string, Mean>>();
  /** Of each pair of devices, in the order of their ids: over how many families they were compared, and the sum of the differences. */
  const pairs = new Map<string, { families: number; sum: number }>();

  return {
    devicesOf: (family) => [...(means.get(family)?.keys() ?? [])],
    between(device, other) {
      const pair = pairs.get(keyOf(device, other));
      return pair && signOf(device, other) * (pair.sum / pair.families);
    },
    learn(family, device, logSeconds) {
      const known = valueIn(means, family, () => new Map<string, Mean>());
      const isNew = !known.has(device);
      const here = valueIn(known, device, (): Mean => ({ count: 0, mean: 0 }));
      here.count += 1;
      const before = here.mean;
      here.mean += (logSeconds - here.mean) / here.count;
      for (const [other, { mean }] of known) {
        if (other === device) continue;
        const pair = valueIn(pairs, keyOf(device, other), () => ({ families: 0, sum: 0 }));
        if (isNew) pair.families += 1;
        pair.sum += signOf(device, other) * (isNew ? here.mean - mean : here.mean - before);
      }
    },
  };
};

const keyOf = (device: string, other: string): string => [device, other].toSorted().join('\0');
const signOf = (device: string, other: string): number => (device < other ? 1 : -1);
