import { createHeap, popFrom, pushOnto } from './heap.ts';

/** How servers of speed 1 divide themselves among jobs. Times never go back. */
export interface Discipline {
  arrive(now: number, size: number, job: number): void;
  /** When something changes next if nothing arrives; Infinity when nobody is there. */
  next(): number;
  /** Works until `now`, which is not after `next()`. */
  advance(now: number): void;
}

export type DisciplineName = 'fcfs' | 'sjf' | 'srpt' | 'ps' | 'las';

export interface Listener {
  /** A job has a server, for the first time or again. */
  started?(job: number, now: number): void;
  ended(job: number, now: number): void;
}

/** Each costs O(log n) per event and, where several servers are divided, O(servers). */
export const disciplines: Readonly<Record<DisciplineName, (servers: number, listener: Listener) => Discipline>> = {
  fcfs: (servers, listener) => toTheEnd(servers, listener, (a, b) => a.order - b.order),
  sjf: (servers, listener) => toTheEnd(servers, listener, (a, b) => a.size - b.size || a.order - b.order),
  srpt: (servers, listener) => shortestRemaining(servers, listener),
  ps: (servers, listener) => processorSharing(servers, listener),
  las: (servers, listener) => leastAttained(servers, listener),
};

interface Waiting {
  readonly job: number;
  readonly size: number;
  /** Of arrival. */
  readonly order: number;
}

/** Whoever has a server keeps it to the end. */
const toTheEnd = (servers: number, listener: Listener, compare: (a: Waiting, b: Waiting) => number): Discipline => {
  const waiting = createHeap<Waiting>(compare);
  const running = createHeap<{ job: number; endsAt: number }>((a, b) => a.endsAt - b.endsAt);
  let arrivals = 0;
  const start = (now: number, { job, size }: Omit<Waiting, 'order'>): void => {
    running.push({ job, endsAt: now + size });
    listener.started?.(job, now);
  };
  return {
    arrive: (now, size, job) => {
      if (running.size < servers) start(now, { job, size });
      else waiting.push({ job, size, order: arrivals++ });
    },
    next: () => running.first()?.endsAt ?? Infinity,
    advance: (now) => {
      for (let first = running.first(); first && first.endsAt <= now; first = running.first()) {
        running.pop();
        listener.ended(first.job, now);
        const next = waiting.pop();
        if (next) start(now, next);
      }
    },
  };
};

/** The jobs with the least left have the servers (Schrage 1968). */
const shortestRemaining = (servers: number, listener: Listener): Discipline => {
  const waiting = createHeap<{ job: number; left: number }>((a, b) => a.left - b.left || a.job - b.job);
  /** In order of their ends; never more than there are servers. */
  const running: { job: number; endsAt: number }[] = [];
  const run = (now: number, job: number, left: number): void => {
    const endsAt = now + left;
    let at = running.length;
    while (at > 0 && (running[at - 1]?.endsAt ?? 0) > endsAt) at -= 1;
    running.splice(at, 0, { job, endsAt });
    listener.started?.(job, now);
  };
  return {
    arrive: (now, size, job) => {
      const last = running.at(-1);
      if (running.length < servers) run(now, job, size);
      else if (last && now + size < last.endsAt) {
        running.pop();
        waiting.push({ job: last.job, left: last.endsAt - now });
        run(now, job, size);
      } else waiting.push({ job, left: size });
    },
    next: () => running[0]?.endsAt ?? Infinity,
    advance: (now) => {
      for (let [first] = running; first && first.endsAt <= now; [first] = running) {
        running.shift();
        listener.ended(first.job, now);
        const next = waiting.pop();
        if (next) run(now, next.job, next.left);
      }
    },
  };
};

/** All jobs share all servers equally, none having more than one. A job ends when the common service reaches its mark. */
const processorSharing = (servers: number, listener: Listener): Discipline => {
  const jobs = createHeap<{ job: number; endsAtService: number }>((a, b) => a.endsAtService - b.endsAtService || a.job - b.job);
  let service = 0;
  let at = 0;
  const rate = (): number => Math.min(1, servers / jobs.size);
  const next = (): number => {
    const first = jobs.first();
    return first ? at + Math.max(0, first.endsAtService - service) / rate() : Infinity;
  };
  return {
    arrive: (now, size, job) => {
      jobs.push({ job, endsAtService: service + size });
      listener.started?.(job, now);
    },
    next,
    advance: (now) => {
      const first = jobs.first();
      const isEnd = first !== undefined && now >= next();
      if (first) service = isEnd ? first.endsAtService : service + (now - at) * rate();
      at = now;
      if (!isEnd || !first) return;
      jobs.pop();
      listener.ended(first.job, now);
    },
  };
};

/** Jobs that have had the same service; the shortest of them ends first. */
interface Level {
  attained: number;
  rate: number;
  /** A heap. */
  jobs: Served[];
}

interface Served {
  readonly job: number;
  readonly size: number;
}

const bySize = (a: Served, b: Served): number => a.size - b.size || a.job - b.job;

/**
 * Least attained service: the servers go to those who have had least, shared equally among equals, until they have caught up with the next
 * (foreground-background; Kleinrock 1976).
 */
const leastAttained = (servers: number, listener: Listener): Discipline => {
  /** The least attained last, so that it is at hand. */
  const levels: Level[] = [];
  let at = 0;
  /** What comes next, from `at`; anew after every change. */
  let event = { after: Infinity, level: -1, isEnd: false };

  const share = (): void => {
    let left = servers;
    for (let index = levels.length - 1; index >= 0; index -= 1) {
      const level = levels[index] as Level;
      const isServed = left > 0;
      if (!isServed && level.rate === 0) break;
      level.rate = isServed ? Math.min(1, left / level.jobs.length) : 0;
      left -= level.rate * level.jobs.length;
    }
    event = soonest();
  };

  /** Walks through the levels that are served, with the one above each. */
  const soonest = (): typeof event => {
    let found = { after: Infinity, level: -1, isEnd: false };
    for (let index = levels.length - 1; index >= 0; index -= 1) {
      const level = levels[index] as Level;
      if (level.rate === 0) break;
      const end = Math.max(0, (level.jobs[0]?.size ?? 0) - level.attained) / level.rate;
      if (end < found.after) found = { after: end, level: index, isEnd: true };
      const above = levels[index - 1];
      if (!above || level.rate <= above.rate) continue;
      const caughtUp = (above.attained - level.attained) / (level.rate - above.rate);
      if (caughtUp < found.after) found = { after: caughtUp, level: index, isEnd: false };
    }
    return found;
  };

  const work = (seconds: number): void => {
    for (let index = levels.length - 1; index >= 0; index -= 1) {
      const level = levels[index] as Level;
      if (level.rate === 0) break;
      level.attained += seconds * level.rate;
    }
  };

  const endFirst = (index: number, now: number): void => {
    const level = levels[index] as Level;
    const job = popFrom(level.jobs, bySize);
    if (level.jobs.length === 0) levels.splice(index, 1);
    if (job) listener.ended(job.job, now);
  };

  /** The level has caught up with the one above it. The smaller heap goes into the larger one. */
  const join = (index: number): void => {
    const level = levels[index] as Level;
    const above = levels[index - 1] as Level;
    const [from, to] = level.jobs.length < above.jobs.length ? [level.jobs, above.jobs] : [above.jobs, level.jobs];
    for (const job of from) pushOnto(to, job, bySize);
    above.jobs = to;
    levels.splice(index, 1);
  };

  return {
    arrive: (now, size, job) => {
      listener.started?.(job, now);
      const least = levels.at(-1);
      if (least && least.attained === 0) pushOnto(least.jobs, { job, size }, bySize);
      else levels.push({ attained: 0, rate: 0, jobs: [{ job, size }] });
      share();
    },
    next: () => at + event.after,
    advance: (now) => {
      const isDue = event.level >= 0 && now >= at + event.after;
      work(isDue ? event.after : now - at);
      at = now;
      if (!isDue) {
        event = soonest();
        return;
      }
      if (event.isEnd) endFirst(event.level, now);
      else join(event.level);
      share();
    },
  };
};
