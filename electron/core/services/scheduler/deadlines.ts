import type { DeviceCapacity, TaskRequest } from '../../scheduler-port.ts';
import { whoIsLate, type Due } from './admission.ts';
import { endOf } from './durations.ts';
import type { Ledger } from './ledger.ts';
import { countOf } from './line.ts';
import type { Machine } from './machine.ts';
import type { Waiting } from './waiting.ts';
import type { WaitingLists } from './waiting-lists.ts';

interface DeadlineOptions {
  readonly lists: WaitingLists;
  readonly machine: Machine;
  readonly ledger: Ledger;
  readonly now: number;
  /** What runs and nothing is known of goes on for as long. */
  readonly typicalSeconds: number;
}

/** So many are assessed at once, those that are due first; who is due after them counts as in time until then. */
const mostAssessed = 1000;

/** Puts who cannot end in time behind those that can, and says why. */
export const assessDeadlines = (options: DeadlineOptions): void => {
  const { lists, now } = options;
  const waiting = lists.dues.slice(0, mostAssessed);
  if (waiting.length === 0) return;
  const pools = poolsOf(options);
  const dues = waiting.map((item): Due<Waiting> => {
    const longest = item.longestMs;
    // As long as tasks took when it came: were it to change later, who is late by itself might not stay so.
    const longestMs = longest < Infinity ? longest : item.typicalSeconds * 1000;
    const loadMs = longestMs * pools.partOf(item.task) * countOf(item);
    return { item, due: item.rank, longestMs, loadMs, pool: poolOf(item.task), wasAdmitted: item.wasAdmitted === true };
  });
  const late = whoIsLate(dues, now, pools.busyMs);
  for (const item of waiting) {
    const lateness = late.get(item);
    // Only these count for where it stands.
    const isSame = (lateness === undefined) === (item.lateness === undefined) && lateness?.isForGood === item.lateness?.isForGood;
    if (!isSame) lists.delete(item);
    if (lateness) item.lateness = lateness;
    else {
      delete item.lateness;
      item.wasAdmitted = true;
    }
    item.tier = lateness ? 1 : 0;
    if (!isSame) lists.add(item);
  }
};

/** What tasks compete for: devices of a kind, or cores. */
const poolOf = ({ device }: TaskRequest): string => device?.kind ?? 'cpu';

const poolsOf = ({ machine, ledger, now, typicalSeconds }: DeadlineOptions) => {
  const { devices } = machine.capacity;
  const cores = devices.reduce((sum, one) => sum + one.cores, 0);
  const whole = Map.groupBy(
    devices.filter(({ parent }) => parent === undefined),
    ({ kind }) => kind,
  );
  const sizes = new Map([...whole].map(([kind, ones]) => [kind, { count: ones.length, largest: largestOf(ones) }]));

  /** Which part of its pool a task takes; of a device's memory as much as of the largest one. */
  const partOf = ({ device, cores: own }: TaskRequest): number => {
    if (!device) return Math.min(1, own / cores);
    const { count, largest } = sizes.get(device.kind) ?? { count: 1, largest: 0 };
    const ofOne = device.memoryBytes !== undefined && largest > 0 ? Math.min(1, device.memoryBytes / largest) : 1;
    return Math.min(1, (device.count * ofOne) / count);
  };

  const running = Map.groupBy(
    [...ledger.running.values()].map((one) => {
      const end = endOf(one, now);
      return { pool: poolOf(one.task), part: partOf(one.task), leftMs: end < Infinity ? end - now : typicalSeconds * 1000 };
    }),
    ({ pool }) => pool,
  );

  return {
    partOf,
    /** How long what runs keeps all of the pool busy within a time. */
    busyMs(pool: string, withinMs: number): number {
      let sum = 0;
      for (const { part, leftMs } of running.get(pool) ?? []) sum += part * Math.min(leftMs, withinMs);
      return sum;
    },
  };
};

const largestOf = (devices: readonly DeviceCapacity[]): number => Math.max(0, ...devices.map(({ memoryBytes = 0 }) => memoryBytes));
