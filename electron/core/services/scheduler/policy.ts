import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { TaskRequest } from '../../scheduler-port.ts';
import { longestOf } from './durations.ts';
import { byOutrunning, byPoints, rankOfAttained, waitingPerRunning, type GivingWay } from './giving-way.ts';
import { byDeadline } from './making-room-in-time.ts';

/** Where a task stands in line; less is earlier. */
export interface Standing {
  /** Counts before the rank. */
  tier: number;
  rank: number;
  /** Milliseconds that it and the longest chain of those that wait for it should take. */
  path: number;
}

/** What a standing follows from, beside the task itself. */
interface Circumstances {
  /** Where those stand that wait for it. */
  readonly dependents: readonly (Readonly<Standing> & { readonly task: TaskRequest })[];
  /** How long tasks have taken on average of late; what nothing is known of counts as long. */
  readonly typicalSeconds: number;
  /** Whether it cannot end by its deadline, or only at the cost of others. */
  readonly isLate: boolean;
}

/** What a policy decides; the state machine around it is the same for all. */
export interface Policy {
  readonly name: PolicyName;
  /** It must not change with time alone, so that one insertion places a task for good. */
  stand(task: TaskRequest, circumstances: Circumstances): Standing;
  /** Whether those that wait for a task count for where it stands. */
  readonly countsDependents: boolean;
  /** The standing counts among the tasks of a group only; whose group's turn it is, their shares say. */
  readonly isByGroup: boolean;
  /** Whether tasks that cannot end by their deadlines stand behind those that can. */
  readonly admits: boolean;
  /** Whether a task goes where it ends first, though it may have to wait for that. */
  readonly seeksFastest: boolean;
  /** When what runs and allows it is ended for others; where this is absent, never. */
  readonly givesWay?: GivingWay;
}

const plain = { countsDependents: false, isByGroup: false, admits: false, seeksFastest: false } as const;
const alike = { tier: 0, path: 0 } as const;

const millisecondsIn = ({ estimate }: TaskRequest, typicalSeconds: number): number => 1000 * (estimate?.p50Seconds ?? typicalSeconds);

/** First come, first served. */
const fifo: Policy = { ...plain, name: 'fifo', stand: (task) => ({ ...alike, rank: task.enqueuedAt }) };

/** A waiting task gains one point of priority in this time. */
const millisecondsPerPoint = 60_000;

/**
 * Priority with linear ageing: effective(t) = priority + (t - enqueuedAt) / 60 s. The difference of two waiting tasks never changes,
 * so the constant key enqueuedAt / 60 s - priority orders them (scheduling rules, 1.1).
 */
const priorityKey = (task: TaskRequest): number => task.enqueuedAt / millisecondsPerPoint - task.priority;

/** Who is waited for stands no further back than who waits for it, so that low priority cannot hold up high. */
const priority: Policy = {
  ...plain,
  name: 'priority',
  givesWay: byPoints,
  countsDependents: true,
  stand: (task, { dependents }) => ({ ...alike, rank: Math.min(priorityKey(task), ...dependents.map(({ rank }) => rank)) }),
};

/** Fair shares between groups, priority with ageing inside each. */
const fair: Policy = { ...priority, name: 'fair', isByGroup: true };

/**
 * The shortest first, by the median of what it should take (scheduling rules, 1.6). With equal predictions this is first come, first served.
 * What was ended because it outran its prediction, or for whatever else, counts by what it has had where that is more.
 */
const shortest: Policy = {
  ...plain,
  name: 'shortest',
  givesWay: byOutrunning,
  stand(task, { typicalSeconds }) {
    const rank = millisecondsIn(task, typicalSeconds) + task.enqueuedAt / waitingPerRunning;
    return { ...alike, rank: task.attained ? Math.max(rank, rankOfAttained(task.attained)) : rank };
  },
};

/**
 * The earliest deadline first; then those that would be late, then those without a deadline by priority (scheduling rules, 1.9). Who is
 * waited for must end early enough that those can end in time that wait for it. Who has none waits as long as those with one fill the machine.
 */
const deadline: Policy = {
  ...plain,
  name: 'deadline',
  givesWay: byDeadline,
  countsDependents: true,
  admits: true,
  stand(task, { dependents, isLate }) {
    const dues = dependents.filter(({ tier }) => tier === 0).map((one) => one.rank - finiteLongest(one.task));
    const due = Math.min(task.deadline ?? Infinity, ...dues);
    if (due < Infinity) return { tier: isLate ? 1 : 0, rank: due, path: 0 };
    const ranks = dependents.filter(({ tier }) => tier === 2).map(({ rank }) => rank);
    return { tier: 2, rank: Math.min(priorityKey(task), ...ranks), path: 0 };
  },
};

const finiteLongest = (task: TaskRequest): number => {
  const longest = longestOf(task);
  return longest < Infinity ? longest : 0;
};

/**
 * The longest way to the end of its pipeline first, each task where it ends first (heterogeneous earliest finish time: scheduling rules,
 * 1.8). A second of waiting counts like a second of that way, so that short pipelines are not passed by long ones for ever.
 */
const fastest: Policy = {
  ...plain,
  name: 'fastest',
  countsDependents: true,
  seeksFastest: true,
  stand(task, { dependents, typicalSeconds }) {
    const path = meanMilliseconds(task, typicalSeconds) + Math.max(0, ...dependents.map((one) => one.path));
    return { tier: 0, rank: task.enqueuedAt - path, path };
  },
};

/** Over the devices on which it is known to differ. */
const meanMilliseconds = (task: TaskRequest, typicalSeconds: number): number => {
  const others = Object.values(task.estimateOn ?? {}).map(({ p50Seconds }) => 1000 * p50Seconds);
  return [millisecondsIn(task, typicalSeconds), ...others].reduce((sum, one) => sum + one, 0) / (others.length + 1);
};

export const policies: Readonly<Record<PolicyName, Policy>> = { fifo, priority, fair, shortest, deadline, fastest };
