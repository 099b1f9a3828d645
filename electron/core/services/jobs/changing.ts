import { isEnded, type JobState } from '../../../../shared/model/job.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { inSlices } from '../../lib/in-slices.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { SchedulerEvent } from '../../scheduler-port.ts';
import { numbersIn, type Arrays } from './arrays.ts';
import type { Dependencies } from './dependencies.ts';
import type { Entering } from './entering.ts';
import type { Estimating } from './estimating.ts';
import type { Executor } from './execution.ts';
import { gangOf } from './gangs.ts';
import { leaveLine, standInLine } from './in-line.ts';
import { entryOf, hasStarted, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import { wrongState } from './wrong-state.ts';

/** What a person or a program does to jobs by their numbers; that of an array goes to all of its jobs that it fits. */
export interface Changing {
  cancel(ids: readonly number[]): Promise<void>;
  hold(ids: readonly number[]): Promise<void>;
  release(ids: readonly number[]): Promise<void>;
  retry(ids: readonly number[]): Promise<void>;
  next(ids: readonly number[]): Promise<void>;
  /** Stops running jobs where they stand. */
  pauseJobs(ids: readonly number[]): Promise<void>;
  resumeJobs(ids: readonly number[]): Promise<void>;
}

interface ChangingOptions {
  readonly table: JobTable;
  readonly arrays: Arrays;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly dependencies: Pick<Dependencies, 'refuseHopeless'>;
  readonly estimates: Pick<Estimating, 'forget'>;
  readonly entering: Pick<Entering, 'enter' | 'waitAgain'>;
  readonly executor: Pick<Executor, 'stop' | 'end' | 'pause' | 'resume'>;
  /** Tells the scheduler, in one decision. */
  readonly tell: (events: readonly SchedulerEvent[]) => void;
  /** The highest number that was ever given. */
  readonly lastId: () => number;
  /** What was put first last, under whichever core. */
  readonly lastBoost: number;
  readonly now: () => number;
}

export const createChanging = (options: ChangingOptions): Changing => {
  const { table, arrays, journal, reader, dependencies, estimates, entering, executor, tell, now } = options;
  let { lastBoost } = options;

  /** The unfinished jobs that are named; of an array those that allow it, of which there must be one. */
  const entriesOf = async (ids: readonly number[], action: string, allowed: (state: JobState) => boolean): Promise<JobEntry[]> =>
    [...(await numbersOf(ids))].flatMap(([id, ofArray]) => {
      const members = ofArray.flatMap((one) => table.entry(one) ?? []);
      const fitting = members.filter(({ state }) => allowed(state));
      if (fitting.length > 0) return fitting;
      const entry = table.entry(id) ?? members[0];
      if (!entry && id > options.lastId()) throw new Refusal({ code: 'job-unknown', values: { id } });
      if (!entry) throw wrongState({ id, action, state: 'ended' }, ids.length);
      if (!allowed(entry.state)) throw wrongState({ id, action, state: entry.state.kind }, ids.length);
      return entry;
    });

  /** Jobs and arrays by number, with the numbers of the jobs of each array; a job of a gang stands for all of its gang. */
  const numbersOf = async (ids: readonly number[]): Promise<Map<number, readonly number[]>> => {
    const found = new Map<number, readonly number[]>();
    for (const id of ids) {
      const gang = gangOf(table.entry(id)?.spec);
      if (gang) found.set(gang.id, numbersIn(gang));
      else found.set(id, table.entry(id) ? [] : ((await arrays.idsOf(id)) ?? []));
    }
    return found;
  };

  const cancel = async (ids: readonly number[]): Promise<void> => {
    const entries = await entriesOf(ids, 'cancel', (state) => !isEnded(state));
    const ended: Promise<void>[] = [];
    await inSlices(entries, (entry) => {
      // It may have ended by itself while others were cancelled.
      if (!isEnded(entry.state)) ended.push(cancelOne(entry));
    });
    await Promise.all(ended);
  };

  const cancelOne = (entry: JobEntry): Promise<void> => {
    if (hasStarted(entry.state)) return executor.stop(entry, 'cancel');
    estimates.forget(entry);
    const ended = executor.end(entry, { kind: 'cancelled', attempt: entry.attempts, endedAt: now() });
    tell(leaveLine([entry]));
    return ended;
  };

  const setHeld = async (ids: readonly number[], isHeld: boolean): Promise<void> => {
    const entries = await entriesOf(ids, isHeld ? 'hold' : 'release', (state) => state.kind === (isHeld ? 'pending' : 'held'));
    const writes = entries.flatMap((entry) => table.transition(entry, { kind: isHeld ? 'held' : 'pending', since: now() }));
    tell(entries.flatMap((entry) => standInLine(entry, [])));
    await journal.record(writes);
  };

  const next = async (ids: readonly number[]): Promise<void> => {
    const entries = await entriesOf(ids, 'next', (state) => state.kind === 'pending');
    const writes: Write[] = [];
    for (const entry of entries.toReversed()) {
      lastBoost += 1;
      entry.boost = lastBoost;
      writes.push(['setBoost', { id: entry.id, boost: entry.boost }]);
    }
    tell(entries.flatMap((entry) => standInLine(entry, [])));
    await journal.record(writes);
  };

  const retry = async (asked: readonly number[]): Promise<void> => {
    const ids = await toRetry(asked);
    refuseUnfinished(ids);
    const found = await Promise.all(ids.map((id) => reader.job(id)));
    const entries = found.map((record, index) => {
      if (!record) throw new Refusal({ code: 'job-unknown', values: { id: ids[index] ?? 0 } });
      return entryOf(record);
    });
    for (const { spec } of entries)
      if (spec.runtime === 'process') throw new Refusal({ code: 'process-unknown', values: { pid: spec.pid } });
    await Promise.all(entries.map(({ spec }) => dependencies.refuseHopeless(spec)));
    // Somebody else may have asked for the same while the journal was read.
    refuseUnfinished(ids);
    const at = now();
    const writes = entries.flatMap((entry): Write[] => {
      entry.enqueuedAt = at;
      // Begun anew by hand, it begins from the beginning.
      delete entry.preemptions;
      table.revive(entry);
      return [['unlinkArtifacts', { job: entry.id }], ...table.transition(entry, { kind: 'pending', since: at })];
    });
    await journal.record(writes);
    for (const entry of entries) await entering.enter(entry);
    for (const { id } of entries) await entering.waitAgain(id);
  };

  /** Those of a gang run again together, whoever of them is named; of another array those without success, or all when none is. */
  const toRetry = async (ids: readonly number[]): Promise<number[]> => {
    const all = await Promise.all(
      ids.map(async (id) => {
        const record = (await reader.job(id)) ?? (await reader.memberOfArray(id));
        const gang = gangOf(record && entryOf(record).spec);
        if (gang) return numbersIn(gang);
        if (!record || record.id === id) return [id];
        const members = await reader.jobsOfArray(id);
        const unsuccessful = members.filter(({ kind, is_active }) => !is_active && kind !== 'succeeded');
        return (unsuccessful.length > 0 ? unsuccessful : members).map((member) => member.id);
      }),
    );
    return [...new Set(all.flat())];
  };

  const refuseUnfinished = (ids: readonly number[]): void => {
    for (const id of ids) {
      const entry = table.entry(id);
      if (entry) throw wrongState({ id, action: 'retry', state: entry.state.kind }, ids.length);
      if (table.isLeaving(id)) throw new Refusal({ code: 'job-unknown', values: { id } });
    }
  };

  return {
    cancel,
    hold: (ids) => setHeld(ids, true),
    release: (ids) => setHeld(ids, false),
    retry,
    next,
    pauseJobs: async (ids) => executor.pause(await entriesOf(ids, 'pause', (state) => state.kind === 'running')),
    resumeJobs: async (ids) => executor.resume(await entriesOf(ids, 'resume', (state) => state.kind === 'paused')),
  };
};
