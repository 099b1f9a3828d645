import { cpop, heft, shortestPossible } from './critical-path.ts';
import { earliestDeadlineFirst } from './deadlines.ts';
import { dominantShares, type DominantShares } from './dominant-share.ts';
import { fairTree } from './fair-tree.ts';
import { runInOrder } from './in-order.ts';
import { shareEqualDevices } from './on-equal-devices.ts';
import { startTimeFair } from './start-time-fair.ts';
import { gavelPolicies, throughputShares, type GavelPolicy, type ThroughputShares } from './throughput-shares.ts';
import { checkOneDeviceEach, devicesOf, type Placed, type Workload } from './workload.ts';

const placingPolicies = ['heft', 'cpop', 'fcfs', 'sjf', 'srpt', 'ps', 'las', 'sfq', 'fair-tree', 'edf'] as const;
export const workloadPolicies = [...placingPolicies, 'drf', ...gavelPolicies] as const;
export type WorkloadPolicy = (typeof workloadPolicies)[number];

/** Times are seconds. */
export interface Schedule {
  readonly policy: (typeof placingPolicies)[number];
  readonly makespan: number;
  readonly tasks: readonly Placed[];
  readonly metrics: {
    readonly n: number;
    readonly meanWait: number;
    readonly meanResponse: number;
    readonly maxWait: number;
    /** Busy device time / (devices × makespan), for policies that give each task its devices alone. */
    readonly util?: number;
    /** Makespan / the cheapest costs along the critical path. */
    readonly slr?: number;
    readonly missedDeadlines: number;
  };
  /** Only of edf. */
  readonly rejected?: readonly string[];
}

export type WorkloadResult = Schedule | ({ policy: 'drf' } & DominantShares) | ({ policy: GavelPolicy } & ThroughputShares);

/** Runs a described workload under one policy. Throws SimulationError with what the policy misses. */
export const simulateWorkload = (workload: Workload, policy: WorkloadPolicy): WorkloadResult => {
  switch (policy) {
    case 'heft':
    case 'cpop':
      checkOneDeviceEach(workload, policy);
      return scheduleOf(workload, policy, policy === 'heft' ? heft(workload) : cpop(workload));
    case 'fcfs':
    case 'sjf':
      return scheduleOf(workload, policy, runInOrder(workload, policy));
    case 'srpt':
    case 'ps':
    case 'las':
      return scheduleOf(workload, policy, shareEqualDevices(workload, policy));
    case 'sfq':
      return scheduleOf(workload, policy, startTimeFair(workload));
    case 'fair-tree':
      return scheduleOf(workload, policy, fairTree(workload));
    case 'edf': {
      const { placed, rejected } = earliestDeadlineFirst(workload);
      return { ...scheduleOf(workload, policy, placed), rejected };
    }
    case 'drf':
      return { policy, ...dominantShares(workload) };
    default:
      return { policy, ...throughputShares(workload, policy) };
  }
};

const scheduleOf = (workload: Workload, policy: Schedule['policy'], tasks: readonly Placed[]): Schedule => {
  const specOf = new Map(workload.tasks.map((task) => [task.id, task]));
  const waits = tasks.map(({ id, start }) => start - (specOf.get(id)?.submit ?? 0));
  const responses = tasks.map(({ id, end }) => end - (specOf.get(id)?.submit ?? 0));
  const makespan =
    most(tasks.map(({ end }) => end)) +
    most(
      tasks.map(({ id }) => -(specOf.get(id)?.submit ?? 0)),
      -Infinity,
    );
  const busy = tasks.reduce((total, { device, start, end }) => total + (end - start) * device.split('+').length, 0);
  const isShared = policy === 'srpt' || policy === 'ps' || policy === 'las' || policy === 'edf';
  const n = tasks.length;
  return {
    policy,
    makespan: n === 0 ? 0 : makespan,
    tasks,
    metrics: {
      n,
      meanWait: n === 0 ? 0 : sum(waits) / n,
      meanResponse: n === 0 ? 0 : sum(responses) / n,
      maxWait: most(waits),
      ...(!isShared && makespan > 0 && { util: busy / (devicesOf(workload).length * makespan) }),
      ...((policy === 'heft' || policy === 'cpop') && n > 0 && { slr: makespan / shortestPossible(workload) }),
      missedDeadlines: tasks.filter(({ id, end }) => end > (specOf.get(id)?.deadline ?? Infinity)).length,
    },
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** There may be more than a call takes arguments. */
const most = (numbers: readonly number[], least = 0): number => numbers.reduce((found, number) => Math.max(found, number), least);
