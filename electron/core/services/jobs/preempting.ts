import type { JobState, Preemptions } from '../../../../shared/model/job.ts';
import { ranSeconds } from '../../../../shared/model/run-time.ts';
import { attainedAfter } from '../../attained.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { Decision } from '../../scheduler-port.ts';
import type { ExecutorOptions } from './execution.ts';
import { requestOf, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import { takesUpItsWork } from './preemptible-of.ts';

type Preempting = Pick<ExecutorOptions, 'journal' | 'table'> & {
  /** Tells a running attempt to end. */
  readonly ends: { abort(entry: JobEntry, reason: 'preempt'): void };
};

/**
 * Ends an attempt to make room for another job. That is written down first: however the attempt ends then, and under whichever core, it
 * was not its own fault.
 */
export const preempt = async (
  { journal, table, ends }: Preempting,
  { task, by }: Extract<Decision, { kind: 'preempt' }>,
): Promise<void> => {
  const entry = table.entryOfTask(task);
  if (!entry || !('placement' in entry.state) || !entry.active || entry.active.stopReason) return;
  if (entry.part) return giveWay(entry.part);
  const { active, state } = entry;
  const preemptedBy =
    'reservation' in by ? by : { ...by.job, ...(by.outran && { outran: by.outran }), ...(by.saves && { saves: by.saves }) };
  await journal.record(table.transition(entry, { ...state, preemptedBy }));
  if (entry.active === active) ends.abort(entry, 'preempt');
};

/** A part of a divided job ends with the chunk that it has in hand, so that nothing it did is lost; what is left waits for it or is done by others. */
const giveWay = (part: NonNullable<JobEntry['part']>): void => {
  part.givesWay = true;
  part.wake?.();
};

/** Puts a preempted job back in line, with what that has cost it so far. */
export const backInLine = (table: JobTable, entry: JobEntry, now: number): Write[] => {
  const { state } = entry;
  if (!('placement' in state) || !state.preemptedBy) throw new Error(`job ${entry.id} was not preempted`);
  entry.preemptions = countedOnce(entry, state.preemptedBy, now);
  const { kind: _kind, ...started } = state;
  const preempted: JobState = { ...onlyStarted(started), kind: 'preempted', since: now };
  return [...table.transition(entry, preempted), ...table.transition(entry, { kind: 'pending', since: now })];
};

type Started = Omit<Extract<JobState, { kind: 'running' }>, 'kind'>;

const onlyStarted = ({ attempt, startedAt, placement, predicted, pausedMs, preemptedBy }: Started): Started => ({
  attempt,
  startedAt,
  placement,
  ...(predicted && { predicted }),
  ...(pausedMs !== undefined && { pausedMs }),
  ...(preemptedBy && { preemptedBy }),
});

const countedOnce = (entry: JobEntry, by: Preemptions['by'], now: number): Preemptions => {
  const { count, lostSeconds } = entry.preemptions ?? { count: 0, lostSeconds: 0 };
  const ran = ranSeconds(entry.state, now) ?? 0;
  const { seconds: attainedSeconds } = attainedAfter(requestOf(entry, []), { seconds: ran, endSeconds: 0 }, now);
  return { count: count + 1, lostSeconds: lostSeconds + lostIn(entry, ran, now), attainedSeconds, by, at: now };
};

/** What it did is lost when it begins anew; else the time that its end took. */
const lostIn = ({ spec, active }: JobEntry, ran: number, now: number): number =>
  takesUpItsWork(spec) ? Math.max(0, now - (active?.preemptedAt ?? now)) / 1000 : ran;
