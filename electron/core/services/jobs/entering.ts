import { isEnded } from '../../../../shared/model/job.ts';
import type { Decision, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import type { Calendar } from './calendar.ts';
import { namesNone, type Dependencies, type NeverReason, type Standing } from './dependencies.ts';
import type { Estimating } from './estimating.ts';
import type { Executor } from './execution.ts';
import { standInLine } from './in-line.ts';
import { requestOf, taskOf, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';

/** How jobs come to stand in the scheduler's line, or end because they will never run. */
export interface Entering {
  /** Gives waiting jobs to the scheduler, or ends what settled in the meantime that it will not run. */
  enterAll(entries: readonly JobEntry[]): Promise<void>;
  enter(entry: JobEntry): Promise<void>;
  /** Where those ran that a job waited for which runs already: it may go back in line. */
  readInputs(entry: JobEntry): Promise<void>;
  /** A job that has ended runs again: who still waits and names it waits for its new end. */
  waitAgain(id: number): Promise<void>;
  /** The scheduler found that a task will never run. */
  rejectTask(decision: Extract<Decision, { kind: 'reject' }>): void;
}

interface EnteringOptions {
  readonly table: JobTable;
  readonly dependencies: Pick<Dependencies, 'standingOf' | 'waitingFor'>;
  readonly estimates: Estimating;
  readonly calendar: Pick<Calendar, 'learn'>;
  readonly executor: Pick<Executor, 'divide' | 'end'>;
  /** Tells the scheduler, in one decision. */
  readonly tell: (events: readonly SchedulerEvent[]) => void;
  readonly now: () => number;
}

export const createEntering = ({ table, dependencies, estimates, calendar, executor, tell, now }: EnteringOptions): Entering => {
  /** Those that wait for no other come at once: an array may be ten thousand jobs. */
  const enterAll = async (entries: readonly JobEntry[]): Promise<void> => {
    tell(entries.filter(({ spec }) => namesNone(spec)).flatMap((entry) => standing(entry, [])));
    for (const entry of entries) if (!namesNone(entry.spec)) await enter(entry);
  };

  const standing = (entry: JobEntry, unmet: TaskRequest['after']): SchedulerEvent[] => {
    executor.divide(entry);
    estimates.add(entry);
    calendar.learn(entry.spec.hours);
    return entry.parts ? standInLine(entry, unmet) : [{ kind: 'submitted', task: requestOf(entry, unmet) }];
  };

  const enter = async (entry: JobEntry): Promise<void> => {
    const found = await dependencies.standingOf(entry.spec);
    // Cancelled while it was looked at.
    if (isEnded(entry.state)) return;
    keepInputs(entry, found);
    if (found.kind === 'open') return tell(standing(entry, found.unmet));
    const gone = (id: number): NeverReason => ({ code: 'dependency-failed', values: { job: { id, name: `job ${id}` } } });
    reject(entry, found.kind === 'never' ? found.reason : gone(found.id));
    // Others may wait for it already.
    tell([{ kind: 'removed', task: taskOf(entry.id) }]);
  };

  const reject = (entry: JobEntry, reason: NeverReason): void => {
    estimates.forget(entry);
    const kind = reason.code === 'not-needed' ? 'cancelled' : 'failed';
    void executor.end(entry, { kind, attempt: entry.attempts, endedAt: now(), reason });
  };

  return {
    enterAll,
    enter,
    readInputs: async (entry) => keepInputs(entry, await dependencies.standingOf(entry.spec)),
    async waitAgain(id) {
      for (const entry of dependencies.waitingFor(id)) {
        const found = await dependencies.standingOf(entry.spec);
        if (found.kind === 'open') tell([{ kind: 'dependenciesChanged', task: taskOf(entry.id), after: found.unmet }]);
      }
    },
    rejectTask({ task, because, isNotNeeded }) {
      const entry = table.jobOfTask(task);
      // The parts of a divided job are rejected one after the other.
      if (!entry || isEnded(entry.state)) return;
      reject(entry, { code: isNotNeeded ? 'not-needed' : 'dependency-failed', values: { job: because } });
    },
  };
};

const keepInputs = (entry: JobEntry, found: Standing): void => {
  if (found.kind === 'open' && found.inputsFrom) entry.inputsFrom = found.inputsFrom;
};
