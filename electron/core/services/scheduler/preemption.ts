import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { Decision, TaskRequest } from '../../scheduler-port.ts';
import { endOf } from './durations.ts';
import { createLedger, type Ledger, type Running } from './ledger.ts';

type Preempt = Extract<Decision, { kind: 'preempt' }>;
type Job = TaskRequest['job'];

/** Something that waits, and where it stands in line. */
interface Ranked {
  readonly task: TaskRequest;
  readonly rank: number;
}

interface PreemptionOptions {
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Where a running task would stand in line, in points of priority, less is earlier; undefined where the policy preempts nobody. */
  rankOf(task: TaskRequest): number | undefined;
  /** Whether two tasks are ranked with each other. */
  isComparable(a: TaskRequest, b: TaskRequest): boolean;
}

/** So many points of priority must lie between the one that waits and the one that is ended: ten minutes of ageing. */
const marginPoints = 10;

/**
 * Ends what runs and allows it, so that what matters more can start (scheduling rules, 1.11). What is being ended holds its grant until it
 * has ended. For one task at a time: whoever comes next sees first what that leaves.
 */
export interface Preemptions {
  /** A walk along the line begins. */
  begin(): void;
  /** For a task that does not fit, and would in such books: who is ended for it. Nothing when their end does not help or must wait. */
  makeRoom(waiting: Ranked, fitsIn: (ledger: Ledger) => boolean): Preempt[];
  recover(victim: string, by: Preempt['by']): void;
  forget(victim: string): void;
  /** For whom it is being ended. */
  byOf(victim: string): Preempt['by'] | undefined;
  /** Why a waiting task waits for what is being ended for it. */
  explainWait(task: string): WaitReason | undefined;
  explainEnd(victim: string): WaitReason | undefined;
  /** When something that may be ended for a waiting task will have run for long enough. */
  readonly wakeAt: number | undefined;
}

export const createPreemptions = ({ ledger, now, rankOf, isComparable }: PreemptionOptions): Preemptions => {
  /** What is being ended, and for whom. */
  const ending = new Map<string, Preempt['by']>();
  let wakeAt: number | undefined;

  /**
   * The least important first, then those that have run least: what they did is lost, or costs time to take up again. Whoever is ended
   * stands behind the one that it was ended for, so that no two ever end each other.
   */
  const victimsFor = ({ task, rank }: Ranked): Running[] =>
    [...ledger.endable]
      .flatMap((id) => ledger.running.get(id) ?? [])
      .filter((one) => mayBeEnded(one, now()) && one.task.boost <= task.boost && isComparable(task, one.task))
      .map((one) => ({ one, rank: rankOf(one.task) ?? -Infinity }))
      .filter((victim) => victim.rank >= rank + marginPoints)
      .sort((a, b) => b.rank - a.rank || b.one.startedAt - a.one.startedAt || b.one.task.sequence - a.one.task.sequence)
      .map(({ one }) => one);

  const makeRoom: Preemptions['makeRoom'] = (waiting, fitsIn) => {
    const { task } = waiting;
    if (ending.size > 0 || ledger.endable.size === 0) return [];
    const victims = victimsFor(waiting);
    if (victims.length === 0) return [];
    const ripe = victims.filter((one) => ripeAt(one) <= now());
    const chosen = enoughOf(ledger, ripe, fitsIn);
    if (chosen.length === 0 && victims.length > ripe.length && fitsIn(without(ledger, victims))) {
      const next = Math.min(...victims.filter((one) => !ripe.includes(one)).map(ripeAt));
      wakeAt = Math.min(wakeAt ?? Infinity, next);
    }
    const by = { task: task.id, job: task.job };
    for (const { task: victim } of chosen) ending.set(victim.id, by);
    return chosen.map((one): Preempt => ({ kind: 'preempt', task: one.task.id, by }));
  };

  const graceOf = (victim: string): number => ledger.running.get(victim)?.task.preemptible?.graceSeconds ?? 0;

  const explainWait: Preemptions['explainWait'] = (task) => {
    const victims = [...ending].filter(([, by]) => by.task === task).map(([victim]) => victim);
    if (victims.length === 0) return undefined;
    const jobs = victims.flatMap((victim): Job | Job[] => ledger.running.get(victim)?.task.job ?? []);
    return { code: 'preempting', values: { jobs, graceSeconds: Math.max(...victims.map(graceOf)) } };
  };

  const explainEnd: Preemptions['explainEnd'] = (victim) => {
    const by = ending.get(victim);
    return by && { code: 'being-preempted', values: { by: by.job, graceSeconds: graceOf(victim) } };
  };

  return {
    begin() {
      wakeAt = undefined;
    },
    makeRoom,
    recover: (victim, by) => void ending.set(victim, by),
    forget: (victim) => void ending.delete(victim),
    byOf: (victim) => ending.get(victim),
    explainWait,
    explainEnd,
    get wakeAt() {
      return wakeAt;
    },
  };
};

/** What should end within its grace anyway is left alone. */
const mayBeEnded = (one: Running, now: number): boolean => {
  const { preemptible } = one.task;
  return preemptible !== undefined && endOf(one, now) > now + preemptible.graceSeconds * 1000;
};

const ripeAt = ({ task, startedAt }: Running): number => startedAt + (task.preemptible?.quantumSeconds ?? 0) * 1000;

/** As few as suffice, the first ones first; none when all together do not. */
const enoughOf = (ledger: Ledger, victims: readonly Running[], fitsIn: (ledger: Ledger) => boolean): Running[] => {
  const chosen: Running[] = [];
  for (const victim of victims) {
    chosen.push(victim);
    if (fitsIn(without(ledger, chosen))) return needed(ledger, chosen, fitsIn);
  }
  return [];
};

/** Without those whose end is not needed after all, beginning with the most important. */
const needed = (ledger: Ledger, chosen: readonly Running[], fitsIn: (ledger: Ledger) => boolean): Running[] =>
  chosen.reduceRight<Running[]>(
    (kept, victim) => {
      const others = kept.filter((one) => one !== victim);
      return fitsIn(without(ledger, others)) ? others : kept;
    },
    [...chosen],
  );

/** The books as they will look without these. */
const without = (ledger: Ledger, gone: readonly Running[]): Ledger => {
  const left = createLedger();
  for (const one of ledger.running.values()) if (!gone.includes(one)) left.add(one.task, one.grant, one.startedAt);
  return left;
};
