import { SimulationError } from './simulation-error.ts';
import type { Workload } from './workload.ts';

export interface DominantShares {
  /** Whose task was granted, one after the other. */
  readonly order: readonly string[];
  readonly allocated: Readonly<Record<string, number>>;
  /** The largest part of any resource that a group has, divided by its weight. */
  readonly dominantShare: Readonly<Record<string, number>>;
}

/** Sums of fractions are compared with this much tolerance. */
const tolerance = 1e-9;
/** Each is looked for among all groups. */
const mostTasks = 1_000_000;

/**
 * Dominant resource fairness by progressive filling (Ghodsi et al. 2011): one task after the other to the group with the least dominant share
 * whose next task fits. Ties by name. All devices together are the capacity.
 */
export const dominantShares = (workload: Workload): DominantShares => {
  const capacity = totalCapacity(workload);
  const left = new Map(capacity);
  const groups = [...new Set(workload.tasks.map(({ group }) => group))].sort().map((name) => {
    const weight = workload.groups.find((group) => group.name === name)?.weight ?? 1;
    const tasks = workload.tasks.filter(({ group }) => group === name).map(({ demand, count }) => ({ demand, left: count ?? Infinity }));
    return { name, weight, tasks, used: new Map<string, number>(), share: 0, allocated: 0 };
  });
  for (const { id, demand } of workload.tasks) {
    if (!Object.values(demand).some((amount) => amount > 0)) throw new SimulationError('no-demand', { task: id });
  }
  const fits = (demand: Readonly<Record<string, number>>): boolean =>
    Object.entries(demand).every(([resource, amount]) => amount <= (left.get(resource) ?? 0) + tolerance);

  const order: string[] = [];
  for (;;) {
    const [group] = groups
      .filter(({ tasks }) => {
        const next = tasks.find((task) => task.left > 0);
        return next !== undefined && fits(next.demand);
      })
      .sort((a, b) => (Math.abs(a.share - b.share) <= tolerance ? 0 : a.share - b.share));
    const task = group?.tasks.find((one) => one.left > 0);
    if (!group || !task) break;
    task.left -= 1;
    for (const [resource, amount] of Object.entries(task.demand)) {
      left.set(resource, (left.get(resource) ?? 0) - amount);
      group.used.set(resource, (group.used.get(resource) ?? 0) + amount);
    }
    group.allocated += 1;
    group.share = Math.max(
      0,
      ...[...group.used].map(([resource, used]) => (used > 0 ? used / (group.weight * (capacity.get(resource) ?? 0)) : 0)),
    );
    order.push(group.name);
    if (order.length > mostTasks) throw new SimulationError('too-many-tasks', { limit: mostTasks });
  }
  return {
    order,
    allocated: Object.fromEntries(groups.map(({ name, allocated }) => [name, allocated])),
    dominantShare: Object.fromEntries(groups.map(({ name, share }) => [name, share])),
  };
};

const totalCapacity = ({ devices }: Workload): Map<string, number> => {
  const total = new Map<string, number>();
  for (const { capacity, count } of devices) {
    for (const [resource, amount] of Object.entries(capacity)) total.set(resource, (total.get(resource) ?? 0) + amount * count);
  }
  return total;
};
