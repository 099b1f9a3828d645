import type { ScheduleFigures } from '../../../../shared/model/plan.ts';
import type { Capacity, Grant } from '../../scheduler-port.ts';

/** A run with an end, as it is judged. */
export interface JudgedRun {
  readonly job: number;
  readonly group: string;
  readonly enqueuedAt: number;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly grant: Grant;
  readonly deadline?: number;
  /** It ran before the first moment: it uses the machine and is not judged. */
  readonly ranBefore: boolean;
}

/** How much there is of each resource, and how much of it a grant is. */
export type MeasureCapacity = (capacity: Capacity) => {
  readonly total: ArrayLike<number>;
  amountsOf(grant: Grant): ArrayLike<number>;
};

interface Machine {
  readonly capacity: Capacity;
  readonly measure: MeasureCapacity;
  /** Names of the amounts, in their order. */
  readonly resources: readonly string[];
}

/** Slowdowns of jobs shorter than this count as if they took so long. */
const boundSeconds = 10;

interface Job {
  readonly group: string;
  readonly waitSeconds: number;
  readonly slowdown: number;
  readonly isLate: boolean;
}

/** Judges a schedule that begins at `from`; of a job with several runs its first start and its last end count. Pure. */
export const figuresOf = (runs: readonly JudgedRun[], from: number, machine: Machine): ScheduleFigures => {
  const jobs = jobsOf(runs.filter(({ ranBefore }) => !ranBefore));
  const until = runs.reduce((last, { endsAt, ranBefore }) => (ranBefore ? last : Math.max(last, endsAt)), from);
  const groups = groupsOf(jobs);
  const fairness = jain(groups.map(({ meanBoundedSlowdown }) => meanBoundedSlowdown));
  const waits = jobs.map(({ waitSeconds }) => waitSeconds).sort((a, b) => a - b);
  return {
    jobs: jobs.length,
    makespanSeconds: (until - from) / 1000,
    ...(jobs.length > 0 && {
      meanWaitSeconds: mean(waits),
      p95WaitSeconds: waits[Math.floor(0.95 * waits.length)] ?? 0,
      maxWaitSeconds: waits.at(-1) ?? 0,
      meanBoundedSlowdown: mean(jobs.map(({ slowdown }) => slowdown)),
    }),
    ...(fairness !== undefined && { fairness }),
    utilization: until > from ? utilizationOf(runs, { from, until }, machine) : {},
    missedDeadlines: jobs.filter(({ isLate }) => isLate).length,
    groups,
  };
};

const jobsOf = (runs: readonly JudgedRun[]): Job[] => {
  const byJob = new Map<number, JudgedRun>();
  for (const run of runs) {
    const first = byJob.get(run.job);
    byJob.set(
      run.job,
      first ? { ...first, startedAt: Math.min(first.startedAt, run.startedAt), endsAt: Math.max(first.endsAt, run.endsAt) } : run,
    );
  }
  return [...byJob.values()].map(({ group, enqueuedAt, startedAt, endsAt, deadline }) => {
    const waitSeconds = Math.max(0, startedAt - enqueuedAt) / 1000;
    const bounded = Math.max((endsAt - startedAt) / 1000, boundSeconds);
    return { group, waitSeconds, slowdown: (waitSeconds + bounded) / bounded, isLate: deadline !== undefined && endsAt > deadline };
  });
};

const groupsOf = (jobs: readonly Job[]): ScheduleFigures['groups'] => {
  const byGroup = new Map<string, Job[]>();
  for (const job of jobs) {
    const list = byGroup.get(job.group) ?? [];
    byGroup.set(job.group, list);
    list.push(job);
  }
  return [...byGroup]
    .map(([name, list]) => ({
      name,
      jobs: list.length,
      meanWaitSeconds: mean(list.map(({ waitSeconds }) => waitSeconds)),
      maxWaitSeconds: list.reduce((most, { waitSeconds }) => Math.max(most, waitSeconds), 0),
      meanBoundedSlowdown: mean(list.map(({ slowdown }) => slowdown)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** 1 when all are the same, 1/n when one has everything. */
const jain = (values: readonly number[]): number | undefined => {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  return (sum * sum) / (values.length * values.reduce((total, value) => total + value * value, 0));
};

/** Of all resources of which there are any, but memory, which may be held and not used. */
const utilizationOf = (
  runs: readonly JudgedRun[],
  { from, until }: { from: number; until: number },
  { capacity, measure, resources }: Machine,
): Record<string, number> => {
  const { total, amountsOf } = measure(capacity);
  const used = resources.map(() => 0);
  for (const { grant, startedAt, endsAt } of runs) {
    const seconds = Math.max(0, Math.min(endsAt, until) - Math.max(startedAt, from)) / 1000;
    const amounts = amountsOf(grant);
    for (const place of used.keys()) used[place]! += seconds * (amounts[place] ?? 0); // a place in resources
  }
  const allSeconds = (until - from) / 1000;
  return Object.fromEntries(
    resources.flatMap((name, place) => {
      const all = total[place] ?? 0;
      return name === 'memory' || all <= 0 ? [] : [[name, (used[place] ?? 0) / (all * allSeconds)]];
    }),
  );
};

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
