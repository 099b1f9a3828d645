import { createProfile } from './profile.ts';
import type { TraceJob } from './trace.ts';

/** The machine as a policy sees it; jobs are named by their index. */
export interface Machine {
  readonly jobs: readonly TraceJob[];
  readonly now: number;
  /** Idle processors; `start` takes from them. */
  free: number;
  start(job: number): void;
}

export interface ReplayPolicy {
  readonly waiting: number;
  arrived(job: number): void;
  ended?(job: number): void;
  /** Starts what may start now. */
  pass(): void;
}

export const replayPolicies = {
  /** First come, first served; the head blocks the rest. */
  fcfs: (machine) => inOrder(machine, () => 0),
  /** The shortest estimate first; the head blocks the rest. */
  sjf: (machine) => inOrder(machine, ({ estimate }) => estimate),
  /** Whatever fits, in order of arrival. */
  firstfit: (machine) => firstFit(machine),
  easy: (machine) => easy(machine, () => 0),
  /** EASY that looks through the candidates by their estimates, shortest first (Tsafrir, Etsion, Feitelson 2007). */
  'easy-sjbf': (machine) => easy(machine, ({ estimate }) => estimate),
  conservative: (machine) => conservative(machine),
} as const satisfies Record<string, (machine: Machine) => ReplayPolicy>;

export type ReplayPolicyName = keyof typeof replayPolicies;

/** Waiting jobs by a key, then by arrival: indices are in the order (submit, id). */
const createQueue = (machine: Machine, key: (job: TraceJob) => number) => {
  const items: number[] = [];
  const keyOf = (index: number): number => {
    const job = machine.jobs[index];
    return job ? key(job) : 0;
  };
  /** Where the index stands, or would. */
  const place = (index: number): number => {
    const own = keyOf(index);
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = items[middle] ?? 0;
      if (keyOf(other) < own || (keyOf(other) === own && other < index)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    items,
    add: (index: number): void => void items.splice(place(index), 0, index),
    remove: (index: number): void => void items.splice(place(index), 1),
  };
};

const sizeOf = ({ jobs }: Machine, job: number): number => jobs[job]?.size ?? 0;
const estimateOf = ({ jobs }: Machine, job: number): number => jobs[job]?.estimate ?? 0;

const inOrder = (machine: Machine, key: (job: TraceJob) => number): ReplayPolicy => {
  const queue = createQueue(machine, key);
  return {
    get waiting() {
      return queue.items.length;
    },
    arrived: queue.add,
    pass: () => {
      let started = 0;
      for (const job of queue.items) {
        if (sizeOf(machine, job) > machine.free) break;
        machine.start(job);
        started += 1;
      }
      queue.items.splice(0, started);
    },
  };
};

const firstFit = (machine: Machine): ReplayPolicy => {
  const queue = createQueue(machine, () => 0);
  return {
    get waiting() {
      return queue.items.length;
    },
    arrived: queue.add,
    pass: () => startSome(machine, queue.items, (job) => sizeOf(machine, job) <= machine.free),
  };
};

/** Starts those that may, in order, and takes them out of the queue. */
const startSome = (machine: Machine, items: number[], may: (job: number) => boolean): void => {
  if (machine.free === 0) return;
  let kept = 0;
  for (let index = 0; index < items.length; index += 1) {
    const job = items[index] ?? 0;
    if (machine.free > 0 && may(job)) machine.start(job);
    else {
      items[kept] = job;
      kept += 1;
    }
  }
  items.length = kept;
};

/**
 * EASY backfilling (Lifka 1995): the head has a reservation at the shadow time, when enough processors will be free by the estimates; a
 * later job may start now if it ends before that, or uses only processors that the head will not need then.
 */
const easy = (machine: Machine, candidateKey: (job: TraceJob) => number): ReplayPolicy => {
  const queue = createQueue(machine, () => 0);
  const candidates = createQueue(machine, candidateKey);
  /** Running jobs by the time at which they end at the latest. */
  const running: { job: number; endsBy: number; size: number }[] = [];

  const start = (job: number): void => {
    const endsBy = machine.now + estimateOf(machine, job);
    let at = running.length;
    while (at > 0 && (running[at - 1]?.endsBy ?? 0) > endsBy) at -= 1;
    running.splice(at, 0, { job, endsBy, size: sizeOf(machine, job) });
    machine.start(job);
    queue.remove(job);
  };

  const reservation = (need: number): { shadow: number; extra: number } => {
    let free = machine.free;
    let shadow = machine.now;
    for (const { endsBy, size } of running) {
      if (free >= need && endsBy > shadow) break;
      free += size;
      shadow = endsBy;
    }
    return { shadow, extra: free - need };
  };

  const backfill = (head: number): void => {
    const { shadow, extra: extraAtShadow } = reservation(sizeOf(machine, head));
    let extra = extraAtShadow;
    let kept = 0;
    const { items } = candidates;
    for (let index = 0; index < items.length; index += 1) {
      const job = items[index] ?? 0;
      const size = sizeOf(machine, job);
      const endsInTime = machine.now + estimateOf(machine, job) <= shadow;
      if (job !== head && size <= machine.free && (endsInTime || size <= extra)) {
        if (!endsInTime) extra -= size;
        start(job);
      } else {
        items[kept] = job;
        kept += 1;
      }
    }
    items.length = kept;
  };

  return {
    get waiting() {
      return queue.items.length;
    },
    arrived: (job) => {
      queue.add(job);
      candidates.add(job);
    },
    ended: (job) =>
      void running.splice(
        running.findIndex((one) => one.job === job),
        1,
      ),
    pass: () => {
      let [head] = queue.items;
      for (; head !== undefined && sizeOf(machine, head) <= machine.free; [head] = queue.items) {
        candidates.remove(head);
        start(head);
      }
      if (head !== undefined && machine.free > 0) backfill(head);
    },
  };
};

/**
 * Conservative backfilling: at every event all waiting jobs are planned anew in order, each at the earliest hole of the availability profile
 * for its estimate; those whose hole begins now start.
 */
const conservative = (machine: Machine): ReplayPolicy => {
  const queue = createQueue(machine, () => 0);
  const running = new Map<number, number>();
  return {
    get waiting() {
      return queue.items.length;
    },
    arrived: queue.add,
    ended: (job) => void running.delete(job),
    pass: () => {
      if (queue.items.length === 0) return;
      const profile = createProfile(machine.now, machine.free);
      for (const [job, endsBy] of running) profile.release(endsBy, sizeOf(machine, job));
      const starting: number[] = [];
      for (const job of queue.items) {
        const at = profile.reserve(sizeOf(machine, job), estimateOf(machine, job));
        if (at === machine.now) starting.push(job);
      }
      for (const job of starting) {
        running.set(job, machine.now + estimateOf(machine, job));
        machine.start(job);
        queue.remove(job);
      }
    },
  };
};
