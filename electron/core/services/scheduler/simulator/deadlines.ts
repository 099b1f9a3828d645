import { oneTypeOnly } from './on-equal-devices.ts';
import type { Placed, Workload } from './workload.ts';

export interface DeadlineSchedule {
  readonly placed: readonly Placed[];
  /** Tasks that could not be admitted without someone missing a deadline, in the order in which they were turned away. */
  readonly rejected: readonly string[];
}

interface Admitted {
  readonly index: number;
  readonly deadline: number;
  left: number;
}

/**
 * Earliest deadline first with admission, preemptive, on devices of one type. Whoever is admitted keeps its promise; when those that arrive at
 * one instant cannot all be on time, the longest of them up to the first miss is turned away until all are (Moore 1968, which is optimal when
 * all arrive at once on one device). Ties: deadline, submit, order in the file.
 */
export const earliestDeadlineFirst = (workload: Workload): DeadlineSchedule => {
  const { devices, costs } = oneTypeOnly(workload, 'edf');
  const { tasks } = workload;
  const arrivals = [...tasks.keys()].sort((a, b) => (tasks[a]?.submit ?? 0) - (tasks[b]?.submit ?? 0) || a - b);
  const starts: (number | undefined)[] = [];
  const ends: number[] = [];
  const lastDevice: number[] = [];
  const rejected: string[] = [];
  let admitted: Admitted[] = [];
  let now = 0;

  const run = (until: number): void => {
    while (admitted.length > 0 && now < until) {
      const running = admitted.slice(0, devices.length);
      const step = Math.min(until - now, ...running.map(({ left }) => left));
      for (const [device, task] of running.entries()) {
        starts[task.index] ??= now;
        lastDevice[task.index] = device;
        task.left = task.left === step ? 0 : task.left - step;
        if (task.left === 0) ends[task.index] = now + step;
      }
      now += step;
      admitted = admitted.filter(({ left }) => left > 0);
    }
    if (until < Infinity) now = Math.max(now, until);
  };

  for (let at = 0; at < arrivals.length;) {
    const instant = tasks[arrivals[at] ?? 0]?.submit ?? 0;
    run(instant);
    const arrived = new Set<number>();
    for (; at < arrivals.length && tasks[arrivals[at] ?? 0]?.submit === instant; at += 1) {
      const index = arrivals[at] ?? 0;
      arrived.add(index);
      admitted.push({ index, deadline: tasks[index]?.deadline ?? Infinity, left: costs[index] ?? 0 });
    }
    admitted.sort((a, b) => a.deadline - b.deadline || (tasks[a.index]?.submit ?? 0) - (tasks[b.index]?.submit ?? 0) || a.index - b.index);
    for (let miss = firstMiss(admitted, now, devices.length); miss !== undefined; miss = firstMiss(admitted, now, devices.length)) {
      const longest = admitted
        .slice(0, miss + 1)
        .filter(({ index }) => arrived.has(index))
        .reduce<Admitted | undefined>((most, task) => (most === undefined || task.left > most.left ? task : most), undefined);
      if (!longest) throw new Error('a task that was admitted would miss its deadline');
      admitted = admitted.filter((task) => task !== longest);
      rejected.push(tasks[longest.index]?.id ?? '');
    }
  }
  run(Infinity);
  const isRejected = new Set(rejected);
  return {
    rejected,
    placed: tasks.flatMap(({ id }, index) =>
      isRejected.has(id)
        ? []
        : [{ id, device: devices[lastDevice[index] ?? 0] ?? '', start: starts[index] ?? now, end: ends[index] ?? now }],
    ),
  };
};

/** Index of the first task, in order of deadlines, that would be late when all run to their end without another arrival. */
const firstMiss = (admitted: readonly Admitted[], now: number, devices: number): number | undefined => {
  const left = admitted.map((task) => ({ ...task }));
  let open = [...left.keys()];
  let at = now;
  const late: number[] = [];
  while (open.length > 0) {
    const running = open.slice(0, devices);
    const step = Math.min(...running.map((index) => left[index]?.left ?? 0));
    at += step;
    for (const index of running) {
      const task = left[index] as Admitted;
      task.left = task.left === step ? 0 : task.left - step;
      if (task.left === 0 && at > task.deadline * (1 + 1e-12)) late.push(index);
    }
    open = open.filter((index) => (left[index]?.left ?? 0) > 0);
  }
  return late.length === 0 ? undefined : Math.min(...late);
};
