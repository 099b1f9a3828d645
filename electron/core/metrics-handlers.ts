import type { DeviceState } from '../../shared/contract/devices.ts';
import type { Quantity, Resource, Utilization } from '../../shared/model/metrics.ts';
import type { Handlers } from './dispatch.ts';
import type { MetricsStore } from './infrastructure/storage/metrics/metrics-store.ts';
import { comparable, utilizationOf, type Used } from './services/metrics/utilization.ts';

interface MetricsParts {
  readonly store: MetricsStore;
  /** As they are now; what an earlier device was called nobody needs to know. */
  readonly devices: () => readonly DeviceState[];
}

/** The calls that answer what was measured over time. */
export const createMetricsHandlers = ({ store, devices }: MetricsParts): Handlers['metrics'] => ({
  series: ({ device, group, job, ...query }) => store.series({ ...query, subject: subjectOf(device, group, job) }),
  utilization: async ({ from, to, by }) => {
    const measured = await measuredUse(store, { from, to });
    if (by === 'group') return { rows: await groupRows(store, { from, to }, measured, devices()) };
    return { rows: by === 'device' ? deviceRows(measured, devices()) : kindRows(measured, devices()) };
  },
});

interface Window {
  readonly from: number;
  readonly to: number;
}

const subjectOf = (device: string | undefined, group: string | undefined, job: number | undefined): string => {
  if (device !== undefined) return `device:${device}`;
  return group === undefined ? `job:${job}` : `group:${group}`;
};

type Use = Used & { readonly subject: string; readonly pair: Pair };

interface Pair {
  readonly used: Quantity;
  /** What there is of it; a device is there once. */
  readonly total?: Quantity;
  /** Stored in units of which the total has so many. */
  readonly scale: number;
}

const corePair: Pair = { used: 'coresUsed', total: 'cores', scale: 1 };
const memoryPair: Pair = { used: 'memoryUsedBytes', total: 'memoryTotalBytes', scale: 1 };
const busyPair: Pair = { used: 'utilization', scale: 100 };
const pairs = [corePair, memoryPair, busyPair];

/** What devices used of what they had, over the seconds in which both were measured. */
const measuredUse = async (store: MetricsStore, window: Window): Promise<Use[]> => {
  const quantities = pairs.flatMap(({ used, total }) => (total ? [used, total] : [used]));
  const means = await store.means({ of: 'device', quantities, ...window });
  const find = (subject: string, quantity: Quantity) => means.find((mean) => mean.subject === subject && mean.quantity === quantity);
  const subjects = [...new Set(means.map(({ subject }) => subject))];
  return subjects.flatMap((subject) =>
    pairs.flatMap((pair) => {
      const used = find(subject, pair.used);
      const total = pair.total === undefined ? 1 : find(subject, pair.total)?.mean;
      // One measurement a second.
      return used && total !== undefined ? [{ subject, pair, used: used.mean / pair.scale, total, seconds: used.weight }] : [];
    }),
  );
};

const resourceOf = (pair: Pair, { kind }: DeviceState): Resource | undefined => {
  if (pair === corePair) return 'cores';
  if (pair === memoryPair) return kind === 'cpu' ? 'memory' : 'deviceMemory';
  return kind === 'cpu' ? undefined : 'compute';
};

/** Every use with its device, and of which resource it is. */
const usesOf = (measured: readonly Use[], devices: readonly DeviceState[]): { device: DeviceState; resource: Resource; use: Use }[] =>
  devices.flatMap((device) =>
    measured.flatMap((use) => {
      const resource = use.subject === `device:${device.id}` ? resourceOf(use.pair, device) : undefined;
      return resource ? [{ device, resource, use }] : [];
    }),
  );

const rowOf = (key: string, resource: Resource, parts: readonly Used[]): Utilization[] => {
  const utilization = utilizationOf(parts);
  return utilization ? [{ key, resource, ...utilization }] : [];
};

const deviceRows = (measured: readonly Use[], devices: readonly DeviceState[]): Utilization[] =>
  usesOf(measured, devices).flatMap(({ device, resource, use }) => rowOf(device.id, resource, [use]));

/** Sums over whole devices, which hold their shares; busy time only where it can be compared. */
const kindRows = (measured: readonly Use[], devices: readonly DeviceState[]): Utilization[] => {
  const whole = devices.filter(({ parent }) => parent === undefined);
  const uses = Map.groupBy(usesOf(measured, whole), ({ device, resource }) => `${device.kind} ${resource}`);
  return [...uses.values()].flatMap((parts) => {
    const [first] = parts;
    if (!first) return [];
    const busy = parts.map(({ device, use }) => ({ ...use, name: device.name, gflops: device.capability?.gflops }));
    return rowOf(first.device.kind, first.resource, (first.resource === 'compute' ? comparable(busy) : busy) ?? []);
  });
};

const groupResources = [
  { quantity: 'grantedCores', resource: 'cores' },
  { quantity: 'grantedMemoryBytes', resource: 'memory' },
  { quantity: 'grantedDeviceMemoryBytes', resource: 'deviceMemory' },
] as const;

/** What a group was granted of what the whole machine had in all that time. */
const groupRows = async (
  store: MetricsStore,
  window: Window,
  measured: readonly Use[],
  devices: readonly DeviceState[],
): Promise<Utilization[]> => {
  const whole = usesOf(
    measured,
    devices.filter(({ parent }) => parent === undefined),
  );
  const granted = await store.means({ of: 'group', quantities: groupResources.map(({ quantity }) => quantity), ...window });
  return granted.flatMap(({ subject, quantity, mean, weight }) => {
    const resource = groupResources.find((one) => one.quantity === quantity)?.resource;
    const total = whole.filter((one) => one.resource === resource).reduce((sum, { use }) => sum + use.total * use.seconds, 0);
    const used = mean * weight;
    return resource && total > 0 ? [{ key: subject.slice('group:'.length), resource, used, total, ratio: used / total }] : [];
  });
};
