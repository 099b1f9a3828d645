import type { Lifetime } from '../../lib/lifetime.ts';
import { inSlices } from '../../lib/in-slices.ts';
import type { Estimate, SchedulerEvent } from '../../scheduler-port.ts';
import { taskOf, taskOfEntry, type JobEntry } from './job-entry.ts';

type Estimates = NonNullable<JobEntry['estimates']>;

/** What is known of how long waiting jobs will run. */
export interface Foresight {
  /** On the device that it will most likely get, and on others that it may get where that differs. */
  estimates(job: Pick<JobEntry, 'spec' | 'demand' | 'parts'>): Estimates;
  /** Whose runs say something about each other; undefined for what is never predicted. */
  familyOf(job: Pick<JobEntry, 'spec' | 'demand'>): string | undefined;
}

/** Keeps what the scheduler knows of run times up to date while jobs wait. */
export interface Estimating {
  /** Before the scheduler hears of it: what is known now, to be known better later. */
  add(entry: JobEntry): void;
  /** It waits no longer. */
  forget(entry: JobEntry): void;
  /** A run of the same kind of work has taught something. */
  learned(job: Pick<JobEntry, 'spec' | 'demand'>): void;
}

interface EstimatingOptions {
  readonly foresight: Foresight;
  readonly lifetime: Lifetime;
  readonly now: () => number;
  readonly apply: (event: SchedulerEvent) => void;
}

interface Family {
  /** In the order in which they began to wait. */
  readonly waiting: Set<JobEntry>;
  lookedAt: number;
  timer?: NodeJS.Timeout;
}

/** Waiting jobs of a kind are looked at again this often at most, however many of them end. */
const intervalMs = 2000;
/** So many of them, the first that wait; those behind them are looked at once they have come closer. */
const lookedAtOnce = 1000;
/** A figure that moves by less changes nobody's place. */
const leastChange = 1.1;

export const createEstimating = ({ foresight, lifetime, now, apply }: EstimatingOptions): Estimating => {
  const families = new Map<string, Family>();
  lifetime.add(() => {
    for (const { timer } of families.values()) clearTimeout(timer);
  });

  const lookAgain = async (family: Family): Promise<void> => {
    family.lookedAt = now();
    const changed: JobEntry[] = [];
    await inSlices([...family.waiting].slice(0, lookedAtOnce), (entry) => {
      if (!family.waiting.has(entry)) return;
      const known = foresight.estimates(entry);
      if (isAlike(entry.estimates, known)) return;
      keep(entry, known);
      changed.push(entry);
    });
    const estimates = changed
      .filter((entry) => family.waiting.has(entry))
      .flatMap((entry) => tasksOf(entry).map((task) => ({ task, ...entry.estimates })));
    if (estimates.length > 0 && !lifetime.signal.aborted) apply({ kind: 'estimated', estimates });
  };

  return {
    add(entry) {
      keep(entry, foresight.estimates(entry));
      const name = foresight.familyOf(entry);
      if (name === undefined) return;
      const family = families.get(name) ?? { waiting: new Set(), lookedAt: 0 };
      families.set(name, family);
      family.waiting.add(entry);
    },
    forget(entry) {
      const name = foresight.familyOf(entry);
      const family = name === undefined ? undefined : families.get(name);
      if (name === undefined || !family) return;
      family.waiting.delete(entry);
      if (family.waiting.size > 0) return;
      clearTimeout(family.timer);
      families.delete(name);
    },
    learned(job) {
      const family = families.get(foresight.familyOf(job) ?? '');
      if (!family || family.timer) return;
      const wait = Math.min(intervalMs, Math.max(0, family.lookedAt + intervalMs - now()));
      family.timer = setTimeout(() => {
        delete family.timer;
        void lookAgain(family);
      }, wait);
    },
  };
};

/** Devices that share a job are all done with it at one time. */
const keep = (entry: JobEntry, estimates: Estimates): void => {
  entry.estimates = estimates;
  for (const part of entry.parts ?? []) part.estimates = estimates;
};

const tasksOf = ({ id, parts }: JobEntry): string[] => (parts ? parts.filter(({ part }) => part.isInLine).map(taskOfEntry) : [taskOf(id)]);

const isAlike = (before: Estimates | undefined, after: Estimates): boolean => {
  const devices = new Set([...Object.keys(before?.estimateOn ?? {}), ...Object.keys(after.estimateOn ?? {})]);
  return isClose(before?.estimate, after.estimate) && [...devices].every((id) => isClose(before?.estimateOn?.[id], after.estimateOn?.[id]));
};

const isClose = (before: Estimate | undefined, after: Estimate | undefined): boolean => {
  if (!before || !after) return before === after;
  const ratios = [after.p50Seconds / before.p50Seconds, after.p90Seconds / before.p90Seconds];
  return ratios.every((ratio) => ratio < leastChange && ratio > 1 / leastChange);
};
