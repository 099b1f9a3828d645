import type { Grant, SchedulerEvent, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';
import type { FairShares } from './fair-shares.ts';
import type { Ledger, Running } from './ledger.ts';
import type { Preemptions } from './preemption.ts';
import type { Suspensions } from './suspensions.ts';
import type { Together } from './together.ts';

/** Everything that holds a grant: taken up and given up in all books at once. */
export interface RunningTasks {
  /** `isLate`: it cannot end by its deadline. */
  start(task: TaskRequest, grant: Grant, isLate: boolean): void;
  /** One that an earlier core started. */
  recover(event: Extract<SchedulerEvent, { kind: 'recovered' }>): void;
  /** It holds nothing any more; answers what it held, if anything. */
  release(task: string): Running | undefined;
  /** Whether it was late when it started, so that it was promised nothing. */
  startedLate(task: string): boolean;
  snapshot(): SchedulerSnapshot['running'];
}

interface RunningTasksOptions {
  readonly ledger: Ledger;
  readonly shares: FairShares;
  readonly together: Together;
  readonly suspensions: Suspensions;
  readonly preemptions: Preemptions;
  readonly now: () => number;
}

export const createRunningTasks = (options: RunningTasksOptions): RunningTasks => {
  const { ledger, shares, together, suspensions, preemptions, now } = options;
  const late = new Set<string>();

  const hold = (task: TaskRequest, grant: Grant, startedAt: number): void => {
    ledger.add(task, grant, startedAt);
    together.add(task);
    shares.hold(task, grant, startedAt);
  };

  return {
    start(task, grant, isLate) {
      hold(task, grant, now());
      if (isLate) late.add(task.id);
    },
    recover({ task, grant, startedAt = now(), standsStill, endsFor, startedLate }) {
      hold(task, grant, startedAt);
      if (standsStill) suspensions.recover(task.id, standsStill);
      if (endsFor) preemptions.recover(task.id, endsFor);
      if (startedLate) late.add(task.id);
    },
    release(id) {
      suspensions.forget(id);
      preemptions.forget(id);
      late.delete(id);
      shares.release(id);
      const released = ledger.remove(id);
      if (released) together.remove(released.task);
      return released;
    },
    startedLate: (id) => late.has(id),
    snapshot: () =>
      [...ledger.running.values()].map((one) => {
        const { id } = one.task;
        const standsStill = suspensions.of(id);
        const endsFor = preemptions.endsFor(id);
        return {
          ...one,
          ...(standsStill && { standsStill }),
          ...(endsFor && { endsFor }),
          ...(late.has(id) && { startedLate: true as const }),
        };
      }),
  };
};
