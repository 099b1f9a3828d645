import { SimulationError } from './simulation-error.ts';
import { costOn, devicesOf, topologicalOrder, type Placed, type Workload, type WorkloadDevice } from './workload.ts';

/**
 * One task after the other to the end, without preemption: `fcfs` in the order of submission, `sjf` the one with the least mean cost of those
 * that are ready. The head takes the idle devices on which it ends first and blocks the rest while there are too few. Ties: order in the file;
 * the device named first.
 */
export const runInOrder = (workload: Workload, policy: 'fcfs' | 'sjf'): Placed[] => {
  const { tasks } = workload;
  const devices = devicesOf(workload);
  topologicalOrder(tasks);
  const types = [...new Set(devices.map(({ type }) => type))];
  const mean = tasks.map(({ id, cost, count = 1 }) => {
    const able = types.filter((type) => cost[type] !== undefined && devices.filter((device) => device.type === type).length >= count);
    if (able.length === 0) throw new SimulationError('no-type-for', { task: id, count });
    return able.reduce((total, type) => total + (cost[type] ?? 0), 0) / able.length;
  });
  const indexOf = new Map(tasks.map(({ id }, index) => [id, index]));
  const placed: (Placed & { devices: number[] })[] = [];
  const freeAt = devices.map(() => 0);
  const open = new Set(tasks.keys());
  let now = 0;

  const readyAt = (task: number): number =>
    Math.max(tasks[task]?.submit ?? 0, ...(tasks[task]?.after ?? []).map(({ id }) => placed[indexOf.get(id) ?? 0]?.end ?? Infinity));
  /** With the time its inputs need to get there. */
  const startOn = (task: number, device: number): number =>
    Math.max(
      now,
      ...(tasks[task]?.after ?? []).map(({ id, transfer }) => {
        const from = placed[indexOf.get(id) ?? 0];
        return (from?.end ?? 0) + (from?.devices.includes(device) ? 0 : transfer);
      }),
    );

  /** The idle devices of one type on which the task would end first; undefined while too few are idle. */
  const bestDevices = (task: number): (Placed & { devices: number[] }) | undefined => {
    const { id = '', count = 1 } = tasks[task] ?? {};
    const choices = types.flatMap((type) => {
      const idle = devices.flatMap((device, index) => (device.type === type && (freeAt[index] ?? 0) <= now ? [index] : []));
      const chosen = idle.sort((a, b) => startOn(task, a) - startOn(task, b) || a - b).slice(0, count);
      const cost = tasks[task] && costOn(tasks[task], devices[chosen[0] ?? 0] as WorkloadDevice);
      if (cost === undefined || chosen.length < count) return [];
      const start = Math.max(...chosen.map((device) => startOn(task, device)));
      const names = chosen.toSorted((a, b) => a - b).map((device) => devices[device]?.id);
      return [{ id, device: names.join('+'), start, end: start + cost, devices: chosen }];
    });
    return choices.reduce<(typeof choices)[number] | undefined>((best, one) => (best && best.end <= one.end ? best : one), undefined);
  };

  while (open.size > 0) {
    const ready = [...open].filter((task) => readyAt(task) <= now);
    ready.sort((a, b) =>
      policy === 'sjf' ? (mean[a] ?? 0) - (mean[b] ?? 0) || a - b : (tasks[a]?.submit ?? 0) - (tasks[b]?.submit ?? 0) || a - b,
    );
    for (const task of ready) {
      const choice = bestDevices(task);
      if (!choice) break;
      placed[task] = choice;
      for (const device of choice.devices) freeAt[device] = choice.end;
      open.delete(task);
    }
    const later = [...freeAt, ...[...open].map(readyAt)].filter((time) => time > now && time < Infinity);
    if (open.size > 0) now = Math.min(...later);
  }
  return tasks.map((_, task) => {
    const { id = '', device = '', start = 0, end = 0 } = placed[task] ?? {};
    return { id, device, start, end };
  });
};
