import type { SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { requestOf, taskOfEntry, type JobEntry, type PartEntry } from './job-entry.ts';

/**
 * What the scheduler is told so that a waiting or held job stands in line as it is now. All parts of a divided job stand there, since whoever
 * of them finds its device free first begins; of a held one only the first, for the job's place among the held.
 */
export const standInLine = (entry: JobEntry, after: TaskRequest['after']): SchedulerEvent[] => {
  if (!entry.parts) return [{ kind: 'changed', task: requestOf(entry, after) }];
  if (entry.state.kind !== 'held') return joinLine(entry.parts, after);
  return [...leaveLine(entry.parts.slice(1)), ...joinLine(entry.parts.slice(0, 1), after)];
};

export const joinLine = (parts: readonly PartEntry[], after: TaskRequest['after']): SchedulerEvent[] =>
  parts.map((entry) => {
    const { part } = entry;
    const kind = part.isInLine ? 'changed' : 'submitted';
    part.isInLine = true;
    entry.boost = part.job.boost;
    entry.enqueuedAt = part.job.enqueuedAt;
    return { kind, task: requestOf(entry, after) };
  });

/** What it is told when a job, or parts of one, wait no longer. */
export const leaveLine = (entries: readonly JobEntry[]): SchedulerEvent[] =>
  entries.flatMap((entry): SchedulerEvent[] => {
    if (entry.parts) return leaveLine(entry.parts);
    if (!entry.part) return [{ kind: 'removed', task: taskOfEntry(entry) }];
    if (!entry.part.isInLine) return [];
    entry.part.isInLine = false;
    return [{ kind: 'removed', task: taskOfEntry(entry) }];
  });
