import { SimulationError } from './simulation-error.ts';
import { costOn, devicesOf, topologicalOrder, type Placed, type Workload, type WorkloadDevice, type WorkloadTask } from './workload.ts';

/** Sums of many costs are compared with this relative tolerance, where equality means lying on the critical path. */
const tolerance = 1e-9;

interface Graph {
  readonly tasks: readonly WorkloadTask[];
  readonly devices: readonly WorkloadDevice[];
  readonly order: readonly number[];
  readonly before: readonly (readonly { task: number; transfer: number }[])[];
  readonly after: readonly (readonly { task: number; transfer: number }[])[];
  /** Mean cost over the devices that can run the task. */
  readonly mean: readonly number[];
}

/**
 * Heterogeneous earliest finish time (Topcuoglu, Hariri, Wu 2002): tasks in the order of their longest way to the end, each where it ends
 * first, in a gap of that device where one is long enough. Ties: the earlier in dependency order; the device named first.
 */
export const heft = (workload: Workload): Placed[] => {
  const graph = graphOf(workload);
  const upward = upwardRanks(graph);
  const position = new Map(graph.order.map((task, at) => [task, at]));
  const plan = createPlan(graph);
  const byRank = [...graph.order].sort((a, b) => (upward[b] ?? 0) - (upward[a] ?? 0) || (position.get(a) ?? 0) - (position.get(b) ?? 0));
  for (const task of byRank) plan.placeBest(task);
  return plan.placed();
};

/**
 * Critical path on a processor (same paper): the tasks of one critical path all go to the device on which they take least together, all
 * others to where they end first; the ready task on the longest way through the graph comes first.
 */
export const cpop = (workload: Workload): Placed[] => {
  const graph = graphOf(workload);
  const upward = upwardRanks(graph);
  const downward = downwardRanks(graph);
  const through = upward.map((rank, task) => rank + (downward[task] ?? 0));
  const path = new Set(criticalPath(graph, through));
  const pathDevice = cheapestDevice(graph, path);
  const plan = createPlan(graph);
  const waiting = graph.before.map((before) => before.length);
  const ready = graph.order.filter((task) => waiting[task] === 0);
  while (ready.length > 0) {
    const at = ready.reduce((best, task, index) => ((through[task] ?? 0) > (through[ready[best] ?? 0] ?? 0) ? index : best), 0);
    const [task = 0] = ready.splice(at, 1);
    if (path.has(task) && pathDevice !== undefined) plan.place(task, pathDevice);
    else plan.placeBest(task);
    for (const { task: follower } of graph.after[task] ?? []) {
      waiting[follower] = (waiting[follower] ?? 0) - 1;
      if (waiting[follower] === 0) ready.push(follower);
    }
  }
  return plan.placed();
};

/** The cheapest costs along the critical path: no schedule is shorter, and a makespan divided by it is its length ratio (SLR). */
export const shortestPossible = (workload: Workload): number => {
  const { tasks, devices, order, before } = graphOf(workload);
  const ends: number[] = [];
  for (const task of order) {
    const least = Math.min(...devices.flatMap((device) => costOn(tasks[task] as WorkloadTask, device) ?? []));
    ends[task] = least + Math.max(tasks[task]?.submit ?? 0, ...(before[task] ?? []).map((one) => ends[one.task] ?? 0));
  }
  return Math.max(0, ...ends);
};

const graphOf = (workload: Workload): Graph => {
  const { tasks } = workload;
  const devices = devicesOf(workload);
  const order = topologicalOrder(tasks);
  const indexOf = new Map(tasks.map(({ id }, index) => [id, index]));
  const before = tasks.map(({ after }) => after.map(({ id, transfer }) => ({ task: indexOf.get(id) ?? 0, transfer })));
  const after: { task: number; transfer: number }[][] = tasks.map(() => []);
  for (const [task, list] of before.entries()) for (const one of list) after[one.task]?.push({ task, transfer: one.transfer });
  const mean = tasks.map((task) => {
    const costs = devices.flatMap((device) => costOn(task, device) ?? []);
    if (costs.length === 0) throw new SimulationError('no-cost', { task: task.id });
    return costs.reduce((total, cost) => total + cost, 0) / costs.length;
  });
  return { tasks, devices, order, before, after, mean };
};

/** rank_u: the mean cost of a task and of all that follow it, along the longest way. */
const upwardRanks = ({ order, after, mean }: Graph): number[] => {
  const ranks: number[] = [];
  for (const task of order.toReversed()) {
    ranks[task] = (mean[task] ?? 0) + Math.max(0, ...(after[task] ?? []).map((one) => one.transfer + (ranks[one.task] ?? 0)));
  }
  return ranks;
};

/** rank_d: what lies before a task, along the longest way. */
const downwardRanks = ({ order, before, mean }: Graph): number[] => {
  const ranks: number[] = [];
  for (const task of order) {
    ranks[task] = Math.max(0, ...(before[task] ?? []).map((one) => (ranks[one.task] ?? 0) + (mean[one.task] ?? 0) + one.transfer));
  }
  return ranks;
};

/** One way from a first to a last task on which every task is as long through as the whole graph. */
const criticalPath = ({ order, before, after }: Graph, through: readonly number[]): number[] => {
  const longest = Math.max(0, ...through);
  const isCritical = (task: number): boolean => (through[task] ?? 0) >= longest * (1 - tolerance);
  const path: number[] = [];
  let task = order.find((one) => before[one]?.length === 0 && isCritical(one));
  while (task !== undefined) {
    path.push(task);
    task = after[task]?.find((one) => isCritical(one.task))?.task;
  }
  return path;
};

/** The device on which these tasks take least together; undefined when no device can run them all. */
const cheapestDevice = ({ tasks, devices }: Graph, path: ReadonlySet<number>): number | undefined => {
  let best: { device: number; cost: number } | undefined;
  for (const [device, one] of devices.entries()) {
    let cost: number | undefined = 0;
    for (const task of path) {
      const own = costOn(tasks[task] as WorkloadTask, one);
      cost = own === undefined || cost === undefined ? undefined : cost + own;
    }
    if (cost !== undefined && (best === undefined || cost < best.cost)) best = { device, cost };
  }
  return best?.device;
};

interface Slot {
  readonly start: number;
  readonly end: number;
}

/** Devices with what is planned on them, in order of time. */
const createPlan = ({ tasks, devices, before }: Graph) => {
  const slots: Slot[][] = devices.map(() => []);
  const where: { device: number; start: number; end: number }[] = [];

  const readyAt = (task: number, device: number): number =>
    Math.max(
      tasks[task]?.submit ?? 0,
      ...(before[task] ?? []).map((one) => {
        const from = where[one.task];
        return (from?.end ?? 0) + (from?.device === device ? 0 : one.transfer);
      }),
    );

  /** The first gap that is long enough; undefined where the task cannot run. */
  const gapFor = (task: number, device: number): (Slot & { at: number }) | undefined => {
    const cost = costOn(tasks[task] as WorkloadTask, devices[device] as WorkloadDevice);
    if (cost === undefined) return undefined;
    const list = slots[device] ?? [];
    let start = readyAt(task, device);
    let at = 0;
    for (; at < list.length; at += 1) {
      const next = list[at] as Slot;
      if (start + cost <= next.start) break;
      start = Math.max(start, next.end);
    }
    return { start, end: start + cost, at };
  };

  const place = (task: number, device: number): void => {
    const gap = gapFor(task, device);
    if (!gap) throw new Error(`task ${tasks[task]?.id} cannot run on ${devices[device]?.id}`);
    slots[device]?.splice(gap.at, 0, { start: gap.start, end: gap.end });
    where[task] = { device, start: gap.start, end: gap.end };
  };

  return {
    place,
    placeBest: (task: number): void => {
      const ends = devices.map((_, device) => gapFor(task, device)?.end ?? Infinity);
      place(task, ends.indexOf(Math.min(...ends)));
    },
    placed: (): Placed[] =>
      tasks.map(({ id }, task) => {
        const { device = 0, start = 0, end = 0 } = where[task] ?? {};
        return { id, device: devices[device]?.id ?? '', start, end };
      }),
  };
};
