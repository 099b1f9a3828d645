import { oneTypeOnly } from './on-equal-devices.ts';
import type { Placed, Workload } from './workload.ts';

/** Chooses whose turn it is; tasks are named by their index. */
export interface Turns {
  arrived(task: number, now: number): void;
  /** Takes out the task that starts now; undefined when nothing waits. */
  next(now: number): number | undefined;
  ended?(task: number, now: number): void;
}

/**
 * Tasks that run to their end one after the other on equal devices, each on the first that is free. At each instant ends come first, then
 * arrivals in the order of the file, then starts.
 */
export const runInTurn = (workload: Workload, policy: string, makeTurns: (costs: readonly number[]) => Turns): Placed[] => {
  const { devices, costs } = oneTypeOnly(workload, policy);
  const { tasks } = workload;
  const turns = makeTurns(costs);
  const placed: Placed[] = [];
  const running = devices.map((): number | undefined => undefined);
  const arriving = [...tasks.keys()].sort((a, b) => (tasks[a]?.submit ?? 0) - (tasks[b]?.submit ?? 0) || a - b);
  const endOf = (task: number): number => placed[task]?.end ?? 0;
  const busy = (): number[] => running.filter((task) => task !== undefined);

  while (arriving.length > 0 || busy().length > 0) {
    const now = Math.min(...busy().map(endOf), tasks[arriving[0] ?? -1]?.submit ?? Infinity);
    for (const [device, task] of running.entries()) {
      if (task === undefined || endOf(task) > now) continue;
      running[device] = undefined;
      turns.ended?.(task, now);
    }
    for (let [task] = arriving; task !== undefined && (tasks[task]?.submit ?? 0) <= now; [task] = arriving) {
      arriving.shift();
      turns.arrived(task, now);
    }
    for (const [device, occupied] of running.entries()) {
      const task = occupied === undefined ? turns.next(now) : undefined;
      if (task === undefined) continue;
      running[device] = task;
      placed[task] = { id: tasks[task]?.id ?? '', device: devices[device] ?? '', start: now, end: now + (costs[task] ?? 0) };
    }
  }
  return placed;
};

export const weightOf = ({ groups }: Workload, name: string): number => groups.find((group) => group.name === name)?.weight ?? 1;
