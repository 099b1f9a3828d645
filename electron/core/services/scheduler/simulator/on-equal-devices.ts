import { SimulationError } from './simulation-error.ts';
import { disciplines } from './disciplines.ts';
import { checkOneDeviceEach, devicesOf, type Placed, type Workload } from './workload.ts';

/** What the policies that move work between devices need: devices of one type, tasks of one device each that wait for no other. */
export const oneTypeOnly = (workload: Workload, policy: string): { devices: string[]; costs: number[] } => {
  const [type, ...others] = new Set(workload.devices.map((device) => device.type));
  if (type === undefined || others.length > 0) throw new SimulationError('one-type-only', { policy });
  checkOneDeviceEach(workload, policy);
  const costs = workload.tasks.map(({ id, cost, after }) => {
    const own = cost[type];
    if (own === undefined) throw new SimulationError('no-cost-on', { task: id, type });
    if (after.length > 0) throw new SimulationError('no-dependencies', { policy, task: id });
    return own;
  });
  return { devices: devicesOf(workload).map(({ id }) => id), costs };
};

/**
 * Preemptive sharing of equal devices: `srpt`, `ps` and `las`. A task's start is its first service; one that is served by several devices at
 * once or in turn has `type:*` for its device, unless there is only one.
 */
export const shareEqualDevices = (workload: Workload, policy: 'srpt' | 'ps' | 'las'): Placed[] => {
  const { devices, costs } = oneTypeOnly(workload, policy);
  const { tasks } = workload;
  const starts: (number | undefined)[] = [];
  const ends: number[] = [];
  const discipline = disciplines[policy](devices.length, {
    started: (task, now) => void (starts[task] ??= now),
    ended: (task, now) => void (ends[task] = now),
  });
  const arrivals = [...tasks.keys()].sort((a, b) => (tasks[a]?.submit ?? 0) - (tasks[b]?.submit ?? 0) || a - b);
  for (const task of arrivals) {
    const now = tasks[task]?.submit ?? 0;
    while (discipline.next() <= now) discipline.advance(discipline.next());
    discipline.advance(now);
    discipline.arrive(now, costs[task] ?? 0, task);
  }
  while (discipline.next() < Infinity) discipline.advance(discipline.next());
  const [first = ''] = devices;
  const device = devices.length === 1 ? first : `${first.slice(0, first.lastIndexOf(':'))}:*`;
  return tasks.map(({ id, submit }, index) => ({ id, device, start: starts[index] ?? submit, end: ends[index] ?? submit }));
};
