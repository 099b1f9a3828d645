import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Capacity, Decision, DeviceCapacity, Scheduler, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { createScheduler } from './scheduler.ts';

/* A small machine and small tasks for the tests of the scheduler. */

export const gigabyte = 1e9;

export const cpu: DeviceCapacity = { id: 'cpu', kind: 'cpu', name: 'Processor', cores: 4, foreign: [] };

export const capacityWith = (...devices: DeviceCapacity[]): Capacity => ({
  memoryBytes: 8 * gigabyte,
  foreignBytes: gigabyte,
  devices: [cpu, ...devices],
});

/** Four cores and eight gigabytes. */
export const capacity = capacityWith();

export const oneCore: Capacity = { ...capacity, devices: [{ ...cpu, cores: 1 }] };

export const gpu = (number: number, values: Partial<DeviceCapacity> = {}): DeviceCapacity => ({
  id: `gpu${number}`,
  kind: 'gpu',
  name: `GPU ${number}`,
  cores: 0,
  memoryBytes: 16 * gigabyte,
  foreign: [],
  ...values,
});

export const share = (of: string, id: string, values: Partial<DeviceCapacity> = {}): DeviceCapacity => ({
  ...gpu(0, { id, name: id, parent: of, memoryBytes: 4 * gigabyte }),
  ...values,
});

/** Shares and cards that are as good as each other, so that what is near decides between them. */
export const evenly: Capacity = {
  ...capacity,
  devices: [
    { ...cpu, cores: 0 },
    ...['a', 'b', 'c', 'd'].map((id, index): DeviceCapacity => ({ ...cpu, id, parent: 'cpu', cores: 2, numaNode: index % 2 })),
    ...[0, 1].map((number) => gpu(number, { name: 'Card', numaNode: number })),
  ],
};

/** A scheduler for which no time passes unless a test says so. */
export interface TestScheduler extends Scheduler {
  apply(event: SchedulerEvent, now?: number): Decision[];
}

export const open = (policy: PolicyName = 'fifo', given: Capacity = capacity): TestScheduler => {
  const scheduler = createScheduler({ policy, isPaused: false, capacity: given });
  const { apply } = scheduler;
  return Object.assign(scheduler, { apply: (event: SchedulerEvent, now = 0) => apply(event, now) });
};

export const request = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => ({
  id: String(id),
  job: jobOf(id),
  group: 'default',
  priority: 0,
  cores: 1,
  memoryBytes: gigabyte,
  backend: 'command',
  after: [],
  enqueuedAt: id * 1000,
  sequence: id,
  boost: 0,
  isHeld: false,
  ...values,
});

export const jobOf = (id: number) => ({ id, name: `job-${id}` });
export const waitsFor = (id: number) => ({ task: String(id), job: jobOf(id) });

export const started = (decisions: readonly Decision[]): string[] =>
  decisions.flatMap((decision) => (decision.kind === 'start' ? [decision.task] : []));

export const submit = (scheduler: TestScheduler, ...tasks: TaskRequest[]): string[] =>
  tasks.flatMap((task) => started(scheduler.apply({ kind: 'submitted', task })));

export const end = (scheduler: TestScheduler, id: number, succeeded = true): Decision[] =>
  scheduler.apply({ kind: 'ended', task: String(id), succeeded });
