import type { Notice } from '../../../../shared/contract/app.ts';
import type { EndedState, JobState, RanOn } from '../../../../shared/model/job.ts';
import { ranSeconds } from '../../../../shared/model/run-time.ts';
import type { FailReason } from '../../../../shared/model/reason.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import { peakOnDevices } from '../../lib/peak-on-devices.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { NewArtifact, Outcome, StopReason, TaskRun } from '../../ports.ts';
import { endedState, nextStep } from './after-attempt.ts';
import type { BackendAvailability } from './backend-availability.ts';
import { deviceWorkOf, workOf } from './demand.ts';
import type { Executor, ExecutorOptions } from './execution.ts';
import { numbersIn } from './arrays.ts';
import { gangOf } from './gangs.ts';
import { hasStarted, requestOf, taskOf, taskOfEntry, type ActiveAttempt, type JobEntry, type PartEntry } from './job-entry.ts';
import { backInLine } from './preempting.ts';
import { ranOnOf } from './ran-on.ts';

/** How attempts come to their end. */
export interface Ends {
  /** What an attempt came to: the job's end, or another attempt. */
  finish(entry: JobEntry, attempt: number, run: TaskRun, outcome: Outcome): Promise<void>;
  requeue(entry: JobEntry, isPreempted?: boolean): Promise<void>;
  /** An attempt of a part of a divided job has ended, whatever it came to: its place is free. */
  partEnded(entry: PartEntry): void;
  /** What the parts of a divided job came to together. `active` is the attempt that says why, when it is not the job's own. */
  endDivided(job: JobEntry, outcome: Outcome, facts: { readonly ranOn?: RanOn; readonly active?: ActiveAttempt }): Promise<void>;
  /** Tells a running attempt to end; only the first reason counts, and one that ends it for good before one that does not. */
  abort(entry: JobEntry, reason: StopReason): void;
  readonly end: Executor['end'];
  readonly endWith: Executor['endWith'];
  readonly stop: Executor['stop'];
}

interface Kept {
  readonly settled: Outcome;
  readonly writes: Write[];
  /** To be called when they are in the journal or given up. */
  readonly release: () => void;
}

type EndsOptions = ExecutorOptions & { readonly availability: BackendAvailability };

export const createEnds = (options: EndsOptions): Ends => {
  const { layout, journal, table, apply, now, lifetime, machine, availability } = options;

  const finish: Ends['finish'] = async (entry, attempt, run, outcome) => {
    // A late word about an attempt that is no longer the current one changes nothing.
    if (outcome.kind === 'detached' || entry.attempts !== attempt || !hasStarted(entry.state)) return;
    const backend = availability.of(entry);
    const { settled, writes, release } = await keepArtifacts(entry, outcome);
    const step = nextStep(entry, settled, backend);
    if (step.kind === 'again') {
      if (step.unavailable !== undefined) availability.set(backend, { kind: 'unavailable', detail: step.unavailable });
      if (!step.countsAttempt) entry.attempts -= 1;
      await requeue(entry, step.isPreempted);
    } else {
      const result = settled.kind === 'succeeded' ? settled.result : undefined;
      const ranOn = ranOnOf(entry, 'ranOn' in settled ? settled.ranOn : undefined, machine);
      const state = endedState(entry, settled, { at: now(), ...(ranOn && { ranOn }) });
      learnPeak(entry, state);
      // That it was preempted before is a part of its state once it is entered.
      options.runTimes.learn({ ...entry, state: entry.preemptions ? { ...state, preemptions: entry.preemptions } : state });
      await end(entry, state, { ...(result && { result }), writes });
    }
    release();
    await backend.forget(run);
  };

  const endDivided: Ends['endDivided'] = async (job, outcome, { ranOn, active }) => {
    const { settled, writes, release } = await keepArtifacts(job, outcome);
    const result = settled.kind === 'succeeded' ? settled.result : undefined;
    // What ended the job itself comes before what ended a part of it.
    const told = job.active?.stopReason || !active ? job : { ...job, active };
    const state = endedState(told, settled, { at: now(), ...(ranOn && { ranOn }) });
    options.runTimes.learn({ ...job, state });
    await end(job, state, { ...(result && { result }), writes });
    release();
  };

  const partEnded: Ends['partEnded'] = (entry) => {
    clearActive(entry);
    table.transition(entry, { kind: 'pending', since: now() });
    apply({ kind: 'ended', task: taskOfEntry(entry), succeeded: true });
  };

  /** What cannot be kept fails the attempt. */
  const keepArtifacts = async (entry: JobEntry, outcome: Outcome): Promise<Kept> => {
    const artifacts: readonly NewArtifact[] = ('artifacts' in outcome && outcome.artifacts) || [];
    if (artifacts.some((artifact) => 'path' in artifact)) markCompleting(entry);
    const writes: Write[] = [];
    const settling: (() => void)[] = [];
    const release = (): void => settling.forEach((settle) => settle());
    try {
      for (const artifact of artifacts) {
        const kept = await options.files.keep(artifact);
        settling.push(kept.settled);
        writes.push(kept.write, ['linkArtifact', { job: entry.id, ...kept.artifact }]);
      }
      return { settled: outcome, writes, release };
    } catch (error) {
      return { settled: { kind: 'failed', reason: failureOf(error, layout.artifacts) }, writes: [], release };
    }
  };

  const markCompleting = (entry: JobEntry): void => {
    if (entry.state.kind !== 'running' && entry.state.kind !== 'starting') return;
    void journal.record(table.transition(entry, { ...entry.state, kind: 'completing' }));
  };

  const requeue: Ends['requeue'] = (entry, isPreempted = false) => {
    const writes = isPreempted ? backInLine(table, entry, now()) : table.transition(entry, { kind: 'pending', since: now() });
    clearActive(entry);
    const recorded = journal.record(writes);
    // A divided job goes back in line only with the core's end, and its parts are in no journal.
    if (!entry.parts) apply({ kind: 'requeued', task: requestOf(entry, []) });
    return recorded;
  };

  const end: Ends['end'] = async (entry, state, details = {}) => {
    const hadStarted = hasStarted(entry.state);
    clearActive(entry);
    const writes = [...(details.writes ?? []), ...table.transition(entry, state, details.result)];
    const recorded = journal.record(writes);
    // Its place is free at once: whatever starts there is written after this row.
    if (hadStarted) apply({ kind: 'ended', task: taskOf(entry.id), succeeded: state.kind === 'succeeded' });
    if (state.kind !== 'succeeded') endOthers(entry, state);
    await recorded;
    table.ended(entry);
    const notice = noticeOf(entry, state);
    if (notice) options.notices.emit(notice);
  };

  /** What is left of a gang is of no use: its jobs wait for each other. */
  const endOthers = ({ id, name, spec }: JobEntry, state: EndedState): void => {
    const gang = gangOf(spec);
    for (const one of gang ? numbersIn(gang) : []) {
      const other = table.entry(one);
      if (other && hasStarted(other.state)) endWith(other, { job: { id, name }, state });
    }
  };

  const endWith: Ends['endWith'] = (entry, { job, state }) => {
    if (!entry.active || entry.active.stopReason) return;
    if (state.kind === 'cancelled') return abort(entry, 'cancel');
    entry.active.endedFor = { code: 'gang-member-ended', values: { job } };
    abort(entry, 'gang');
  };

  const clearActive = (entry: JobEntry): void => {
    entry.active?.forgetTimeLimit?.();
    delete entry.active;
  };

  const learnPeak = (entry: JobEntry, state: JobState): void => {
    if (state.kind !== 'succeeded') return;
    // A worker tells its own peak, also of work that was over before anybody had looked.
    const peaks = [entry.active?.peakBytes, state.ranOn?.peakMemoryBytes].filter((bytes) => bytes !== undefined);
    keepPeak(workOf(entry.spec), peaks.length === 0 ? undefined : Math.max(...peaks));
    const { device } = entry.demand;
    if (device) keepPeak(deviceWorkOf(entry.spec, device.kind), peakOnDevices(state.ranOn?.devices, device.count));
  };

  const keepPeak = (work: string, peak: number | undefined): void => {
    if (peak === undefined || (options.peaks.get(work) ?? 0) >= peak) return;
    options.peaks.set(work, peak);
    void journal.record([['setPeak', { work, bytes: peak }]]);
  };

  const abort: Ends['abort'] = (entry, reason) => {
    const { active } = entry;
    if (!active) return;
    // What is to come back is not ended for good by that; what is then ended for good is.
    if (active.stopReason && active.stopReason !== 'preempt') return;
    active.stopReason = reason;
    if (reason === 'preempt') active.preemptedAt = now();
    active.stop.abort(reason);
  };

  const stop: Ends['stop'] = (entry, reason) => {
    abort(entry, reason);
    return table.whenEnded(entry.id, lifetime.signal);
  };

  return { finish, endDivided, partEnded, requeue, abort, end, endWith, stop };
};

const failureOf = (error: unknown, path: string): FailReason => {
  if (error instanceof Refusal && error.reason.code === 'disk-full') return error.reason;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC') return { code: 'disk-full', values: { path } };
  return {
    code: 'run-failed',
    values: { detail: `the result could not be stored: ${error instanceof Error ? error.message : String(error)}` },
  };
};

const noticeOf = (entry: JobEntry, state: EndedState): Notice | undefined => {
  const { id, name } = entry;
  if (state.kind === 'cancelled') return undefined;
  if (state.kind === 'succeeded') {
    return { code: 'job-done', values: { id, name, seconds: ranSeconds(state, state.endedAt) ?? 0 } };
  }
  return { code: 'job-failed', values: { id, name, reason: state.reason } };
};
