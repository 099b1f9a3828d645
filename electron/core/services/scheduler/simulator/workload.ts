import * as z from 'zod';
import { SimulationError } from './simulation-error.ts';

/** Beyond this sums of seconds are no longer exact. */
const largest = 1e15;
const amount = z.number().nonnegative().max(largest);
/** By which things are looked up: some every object has. */
const name = z
  .string()
  .min(1)
  .refine((text) => !(text in {}));
const amounts = z.record(name, amount).default(() => ({}));

/** A described workload: devices, groups and tasks. Fields that a policy does not need may be absent; times are seconds. */
export const Workload = z.object({
  devices: z
    .array(
      z.object({
        type: name,
        count: z.int().positive().max(10_000).default(1),
        /** What one of these devices has of each resource. */
        capacity: amounts,
      }),
    )
    .min(1),
  groups: z.array(z.object({ name, weight: z.number().positive().max(largest).default(1) })).default([]),
  /** Seconds in which what groups have used counts half; a week where it is absent. */
  halfLife: z.number().positive().max(largest).default(604_800),
  tasks: z.array(
    z.object({
      id: name,
      group: name.default('default'),
      submit: amount.default(0),
      /** The time by which it must be done; null is none. */
      deadline: z.number().max(largest).nullable().default(null),
      /** Devices it needs at once; for drf the number of its like, as many as fit where it is absent. */
      count: z.int().positive().max(largest).exactOptional(),
      /** Seconds on each type of device; it cannot run on a type that is not named. */
      cost: amounts,
      demand: amounts,
      /** Steps per second on each type of device. */
      throughput: amounts,
      steps: z.number().positive().max(largest).exactOptional(),
      /** Tasks that come before it, and the seconds that their results need to another device. */
      after: z.array(z.object({ id: name, transfer: amount.default(0) })).default([]),
    }),
  ),
});
export type Workload = z.infer<typeof Workload>;
export type WorkloadTask = Workload['tasks'][number];

/** For policies that give each task one device. */
export const checkOneDeviceEach = ({ tasks }: Workload, policy: string): void => {
  for (const { id, count = 1 } of tasks) if (count > 1) throw new SimulationError('one-device-only', { policy, task: id, count });
};

/** One device; the i-th of type t is called `t:i`. */
export interface WorkloadDevice {
  readonly id: string;
  readonly type: string;
}

export const devicesOf = ({ devices }: Workload): WorkloadDevice[] =>
  devices.flatMap(({ type, count }) => Array.from({ length: count }, (_, index) => ({ id: `${type}:${index}`, type })));

/** Seconds of a task on a device; undefined where it cannot run. */
export const costOn = (task: WorkloadTask, device: WorkloadDevice): number | undefined => task.cost[device.type];

/** Where a task ran and when. Several devices at once are joined by `+`. */
export interface Placed {
  readonly id: string;
  readonly device: string;
  readonly start: number;
  readonly end: number;
}

/** Indices of the tasks so that each comes after those it waits for; throws for an unknown one and names a cycle. */
export const topologicalOrder = (tasks: readonly WorkloadTask[]): number[] => {
  const indexOf = new Map(tasks.map(({ id }, index) => [id, index]));
  if (indexOf.size < tasks.length) throw new SimulationError('same-id');
  const waitsFor = tasks.map(({ id, after }) =>
    after.map((before) => {
      const index = indexOf.get(before.id);
      if (index === undefined) throw new SimulationError('after-unknown', { task: id, before: before.id });
      return index;
    }),
  );
  const left = waitsFor.map((before) => before.length);
  const followers: number[][] = tasks.map(() => []);
  for (const [index, before] of waitsFor.entries()) for (const one of before) followers[one]?.push(index);
  const order = [...left.keys()].filter((index) => left[index] === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const follower of followers[order[at] ?? 0] ?? []) {
      left[follower] = (left[follower] ?? 0) - 1;
      if (left[follower] === 0) order.push(follower);
    }
  }
  if (order.length < tasks.length) throw new SimulationError('cycle', { tasks: cycleOf(tasks, waitsFor, left).join(' → ') });
  return order;
};

const cycleOf = (tasks: readonly WorkloadTask[], waitsFor: readonly (readonly number[])[], left: readonly number[]): string[] => {
  const seen: number[] = [];
  let at = left.findIndex((count) => count > 0);
  while (!seen.includes(at)) {
    seen.push(at);
    at = waitsFor[at]?.find((before) => (left[before] ?? 0) > 0) ?? at;
  }
  return [...seen.slice(seen.indexOf(at)), at].map((index) => tasks[index]?.id ?? '');
};
