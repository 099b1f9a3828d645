import type { JobState } from '../../../../shared/model/job.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import type { EndsFor, SchedulerEvent } from '../../scheduler-port.ts';
import type { Calendar } from './calendar.ts';
import { splitOf } from './division/parts-of.ts';
import type { Entering } from './entering.ts';
import type { Executor } from './execution.ts';
import { readBroken, type EndedMember } from './gangs.ts';
import { hasStarted, requestOf, taskOf, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import { grantOf } from './placement.ts';

interface RecoverOptions {
  readonly table: JobTable;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly entering: Pick<Entering, 'enterAll' | 'readInputs'>;
  readonly executor: Pick<Executor, 'findAgain' | 'endWith' | 'end'>;
  readonly calendar: Pick<Calendar, 'learn'>;
  readonly apply: (event: SchedulerEvent) => void;
  readonly now: () => number;
}

/** Takes up the jobs that an earlier core left: what ran holds its grant before anything else stands in line. */
export const recover = async (unfinished: readonly JobEntry[], options: RecoverOptions): Promise<void> => {
  const { table, journal, reader, entering, executor, calendar, apply, now } = options;
  for (const entry of unfinished) table.add(entry);
  // The parts of a divided job were workers of the core that has ended.
  const divided = unfinished.filter(({ spec, state }) => splitOf(spec) && hasStarted(state));
  for (const entry of divided) void journal.record(table.transition(entry, { kind: 'pending', since: now() }));
  const started = unfinished.filter(({ state }) => hasStarted(state));
  const waiting = unfinished.filter(({ state }) => !hasStarted(state));
  for (const entry of started) await entering.readInputs(entry);
  for (const entry of started) {
    // It may go back in line.
    calendar.learn(entry.spec.hours);
    apply({ kind: 'recovered', task: requestOf(entry, []), ...heldIn(entry.state) });
  }
  const broken = await readBroken(unfinished, reader);
  await entering.enterAll(waiting.filter((entry) => !broken.has(entry)));
  for (const entry of started) executor.findAgain(entry);
  for (const [entry, other] of broken) endBroken(entry, other, options);
};

const heldIn = (
  state: JobState,
): Pick<Extract<SchedulerEvent, { kind: 'recovered' }>, 'grant' | 'startedAt' | 'standsStill' | 'endsFor'> => {
  if (!('placement' in state)) throw new Error(`a job that is ${state.kind} holds no grant`);
  const startedAt = state.startedAt + (state.pausedMs ?? 0);
  const endsFor = state.preemptedBy && preemptorOf(state.preemptedBy);
  // The journal does not know who asked first to go on; who has stood still for longest goes on first.
  const standsStill = state.kind === 'paused' && { since: state.since, ...(state.isResuming && { turn: state.since }) };
  return { grant: grantOf(state.placement), startedAt, ...(standsStill && { standsStill }), ...(endsFor && { endsFor }) };
};

const preemptorOf = (by: NonNullable<Extract<JobState, { kind: 'running' }>['preemptedBy']>): EndsFor => {
  if ('reservation' in by) return by;
  const { outran, saves, ...job } = by;
  return { task: taskOf(job.id), job, ...(outran && { outran }), ...(saves && { saves }) };
};

/** The earlier core ended while it was ending a gang. */
const endBroken = (entry: JobEntry, other: EndedMember, { executor, now }: RecoverOptions): void => {
  if (hasStarted(entry.state)) return executor.endWith(entry, other);
  const common = { attempt: entry.attempts, endedAt: now() };
  const reason = { code: 'gang-member-ended' as const, values: { job: other.job } };
  void executor.end(entry, other.state.kind === 'cancelled' ? { kind: 'cancelled', ...common } : { kind: 'failed', ...common, reason });
};
