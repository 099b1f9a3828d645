import { SimulationError } from './simulation-error.ts';
import { solve, type Constraint } from 'yalps';
import type { Workload } from './workload.ts';

export const gavelPolicies = ['gavel-maxmin', 'gavel-makespan', 'gavel-ftf', 'gavel-maxsum'] as const;
export type GavelPolicy = (typeof gavelPolicies)[number];

export interface ThroughputShares {
  /** What was optimised: the least normalised throughput, the makespan in seconds, the worst finish-time ratio, the sum of normalised throughputs. */
  readonly objective: number;
  /** Part of the time that each task spends on each type of device. */
  readonly shares: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface Problem {
  readonly ids: readonly string[];
  readonly types: readonly string[];
  /** Devices of each type. */
  readonly workers: readonly number[];
  /** Steps per second of each task on each type. */
  readonly throughput: readonly (readonly number[])[];
  /** Devices that each task needs at once. */
  readonly scale: readonly number[];
  readonly weight: readonly number[];
  readonly steps: readonly (number | undefined)[];
}

/** Linear programs are solved to this precision. */
const precision = 1e-9;

/**
 * Time fractions over unlike devices that optimise one objective (Gavel: Narayanan et al., OSDI 2020, with the definitions of its
 * published policies). Every task stands at its beginning: nothing has elapsed. Optima need not be unique; the objective is.
 */
export const throughputShares = (workload: Workload, policy: GavelPolicy): ThroughputShares => {
  const problem = problemOf(workload);
  switch (policy) {
    case 'gavel-maxmin':
      return largestLeast(problem, maxMinFactors(problem));
    case 'gavel-ftf': {
      const { objective, shares } = largestLeast(problem, finishTimeFactors(problem));
      return { objective: 1 / objective, shares };
    }
    case 'gavel-makespan':
      return leastMakespan(problem);
    case 'gavel-maxsum':
      return largestSum(problem);
  }
};

const problemOf = (workload: Workload): Problem => {
  const types = [...new Set(workload.devices.map(({ type }) => type))];
  const throughput = workload.tasks.map((task) => types.map((type) => task.throughput[type] ?? 0));
  for (const [index, row] of throughput.entries()) {
    if (!row.some((speed) => speed > 0)) throw new SimulationError('no-throughput', { task: workload.tasks[index]?.id ?? '' });
  }
  return {
    ids: workload.tasks.map(({ id }) => id),
    types,
    workers: types.map((type) => workload.devices.reduce((total, device) => total + (device.type === type ? device.count : 0), 0)),
    throughput,
    scale: workload.tasks.map(({ count = 1 }) => count),
    weight: workload.tasks.map(({ group }) => workload.groups.find(({ name }) => name === group)?.weight ?? 1),
    steps: workload.tasks.map(({ steps }) => steps),
  };
};

/** Steps per second when a task spends these parts of its time on the types. */
const effective = (throughput: readonly number[], parts: readonly number[]): number =>
  throughput.reduce((total, speed, type) => total + speed * (parts[type] ?? 0), 0);

/** scale / (weight × throughput of an equal share); an equal share is workers / tasks, scaled so that a task's parts add up to 1. */
const maxMinFactors = ({ workers, throughput, scale, weight }: Problem): number[] => {
  const all = workers.reduce((total, count) => total + count, 0);
  const equal = workers.map((count) => count / all);
  return throughput.map((row, task) => (scale[task] ?? 1) / ((weight[task] ?? 1) * effective(row, equal)));
};

/** 1 / throughput of the task alone on its own 1/n of the devices, at most all of its time: the ratio of the times from the beginning. */
const finishTimeFactors = ({ workers, throughput }: Problem): number[] => {
  const share = workers.map((count) => count / throughput.length);
  const total = share.reduce((sum, part) => sum + part, 0);
  const alone = total > 1 ? share.map((part) => part / total) : share;
  return throughput.map((row) => 1 / effective(row, alone));
};

const part = (task: number, type: number): string => `x${task}_${type}`;

/** Σ over types ≤ 1 for each task, Σ scale × part ≤ workers for each type. */
const limits = ({ throughput, workers }: Problem): Map<string, Constraint> =>
  new Map([
    ...throughput.map((_, task): [string, Constraint] => [`task${task}`, { max: 1 }]),
    ...workers.map((count, type): [string, Constraint] => [`type${type}`, { max: count }]),
  ]);

type Columns = Map<string, Map<string, number>>;

const columnsOf = ({ throughput, types, scale }: Problem): Columns => {
  const columns: Columns = new Map();
  for (const task of throughput.keys()) {
    for (const type of types.keys()) {
      columns.set(
        part(task, type),
        new Map([
          [`task${task}`, 1],
          [`type${type}`, scale[task] ?? 1],
        ]),
      );
    }
  }
  return columns;
};

/** Maximises the least of factor × throughput. */
const largestLeast = (problem: Problem, factors: readonly number[]): ThroughputShares => {
  const constraints = limits(problem);
  const columns = columnsOf(problem);
  const least = new Map([['objective', 1]]);
  for (const [task, row] of problem.throughput.entries()) {
    constraints.set(`least${task}`, { min: 0 });
    least.set(`least${task}`, -1);
    for (const [type, speed] of row.entries()) columns.get(part(task, type))?.set(`least${task}`, (factors[task] ?? 0) * speed);
  }
  columns.set('least', least);
  const { value, values } = optimum('maximize', constraints, columns);
  return { objective: value, shares: sharesOf(problem, values, 1) };
};

/** The sum of throughputs, each as a part of what the task reaches on its best type. */
const largestSum = (problem: Problem): ThroughputShares => {
  const columns = columnsOf(problem);
  for (const [task, row] of problem.throughput.entries()) {
    const best = Math.max(...row);
    for (const [type, speed] of row.entries()) columns.get(part(task, type))?.set('objective', speed / best);
  }
  const { value, values } = optimum('maximize', limits(problem), columns);
  return { objective: value, shares: sharesOf(problem, values, 1) };
};

/** Least M with throughput × M ≥ steps: one program in the times Y = parts × M, whose limits grow with M. */
const leastMakespan = (problem: Problem): ThroughputShares => {
  const constraints = new Map<string, Constraint>();
  const columns = columnsOf(problem);
  const makespan = new Map([['objective', 1]]);
  for (const [task, row] of problem.throughput.entries()) {
    const steps = problem.steps[task];
    if (steps === undefined) throw new SimulationError('no-steps', { task: problem.ids[task] ?? '', policy: 'gavel-makespan' });
    constraints.set(`task${task}`, { max: 0 });
    makespan.set(`task${task}`, -1);
    constraints.set(`steps${task}`, { min: 1 });
    // In parts of all steps, so that the numbers of the program are of one size.
    for (const [type, speed] of row.entries()) columns.get(part(task, type))?.set(`steps${task}`, speed / steps);
  }
  for (const [type, count] of problem.workers.entries()) {
    constraints.set(`type${type}`, { max: 0 });
    makespan.set(`type${type}`, -count);
  }
  columns.set('makespan', makespan);
  const { value, values } = optimum('minimize', constraints, columns);
  return { objective: value, shares: sharesOf(problem, values, value) };
};

const optimum = (direction: 'maximize' | 'minimize', constraints: Map<string, Constraint>, variables: Columns) => {
  const {
    status,
    result,
    variables: values,
  } = solve({ direction, objective: 'objective', constraints, variables }, { precision, maxPivots: Infinity });
  if (status !== 'optimal') throw new Error(`the linear program is ${status}`);
  return { value: result, values: new Map(values) };
};

const sharesOf = ({ ids, types }: Problem, values: ReadonlyMap<string, number>, unit: number): ThroughputShares['shares'] =>
  Object.fromEntries(
    ids.map((id, task) => [id, Object.fromEntries(types.map((type, index) => [type, (values.get(part(task, index)) ?? 0) / unit]))]),
  );
