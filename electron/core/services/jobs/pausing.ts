import { pausedMs } from '../../../../shared/model/run-time.ts';
import type { JobState } from '../../../../shared/model/job.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { TaskRun } from '../../ports.ts';
import type { BackendAvailability } from './backend-availability.ts';
import type { Executor, ExecutorOptions } from './execution.ts';
import { taskOf, type JobEntry } from './job-entry.ts';
import type { TimeLimits } from './time-limits.ts';

/** How work that runs is stopped where it stands and goes on. */
export interface Pausing extends Pick<Executor, 'pause' | 'resume' | 'goOn'> {
  /** Stops again what an earlier core had paused, should that core have ended before it was stopped. */
  pauseAgain(entry: JobEntry, run: TaskRun): Promise<void>;
}

type PausingOptions = ExecutorOptions & { readonly availability: BackendAvailability; readonly timeLimits: TimeLimits };

type Paused = Extract<JobState, { kind: 'paused' }>;

/**
 * The pause is written down before anything is stopped, and the end of it after it went on: a core that dies in between leaves a job that
 * the next one pauses again, never one that stands still and passes for running.
 */
export const createPausing = ({ journal, table, apply, now, availability, timeLimits }: PausingOptions): Pausing => {
  /** One after the other, so that of a pause and the end of it the later one holds. */
  const inTurn = <Value>(entry: JobEntry, work: () => Promise<Value>): Promise<Value> => {
    const { active } = entry;
    const done = (active?.signalled ?? Promise.resolve()).then(work);
    if (active) active.signalled = done.catch(() => undefined);
    return done;
  };

  const refuseUnable = (entry: JobEntry): void => {
    if (availability.of(entry).pause) return;
    throw new Refusal({ code: entry.spec.runtime === 'process' ? 'pause-not-ours' : 'pause-in-one-go', values: { id: entry.id } });
  };

  const pauseOne = async (entry: JobEntry): Promise<void> => {
    const { state, active } = entry;
    if (state.kind !== 'running' || !active?.run) return;
    timeLimits.forget(entry);
    await journal.record(table.transition(entry, { ...state, kind: 'paused', since: now() }));
    // It may have ended meanwhile, and another attempt may run.
    if (entry.active !== active || !isPaused(entry.state)) return;
    const problem = await availability.of(entry).pause?.(active.run);
    if (entry.active !== active || !isPaused(entry.state)) return;
    if (problem === undefined) return apply({ kind: 'suspended', task: taskOf(entry.id) });
    await runOn(entry, entry.state);
    throw new Refusal({ code: 'pause-failed', values: { id: entry.id, detail: problem } });
  };

  const runOn = (entry: JobEntry, { attempt, startedAt, placement, predicted }: Paused): Promise<void> => {
    const recorded = journal.record(
      table.transition(entry, {
        kind: 'running',
        attempt,
        startedAt,
        placement,
        ...(predicted && { predicted }),
        pausedMs: pausedMs(entry.state, now()),
      }),
    );
    timeLimits.start(entry);
    return recorded;
  };

  const goOnNow = async (entry: JobEntry): Promise<void> => {
    const { active } = entry;
    if (!isPaused(entry.state) || !active?.run) return;
    const problem = await availability.of(entry).resume?.(active.run);
    if (entry.active !== active || !isPaused(entry.state)) return;
    if (problem === undefined) return runOn(entry, entry.state);
    const { isResuming: _isResuming, ...state } = entry.state;
    apply({ kind: 'suspended', task: taskOf(entry.id) });
    await journal.record(table.transition(entry, { ...state, problem }));
  };

  return {
    async pause(entries) {
      entries.forEach(refuseUnable);
      await Promise.all(entries.map((entry) => inTurn(entry, () => pauseOne(entry))));
    },
    async resume(entries) {
      const writes = entries.flatMap((entry) => {
        if (!isPaused(entry.state)) return [];
        const { problem: _problem, ...state } = entry.state;
        return table.transition(entry, { ...state, isResuming: true });
      });
      const recorded = journal.record(writes);
      for (const { id } of entries) apply({ kind: 'resumeWanted', task: taskOf(id) });
      await recorded;
    },
    goOn({ task }) {
      const entry = table.entryOfTask(task);
      if (entry) void inTurn(entry, () => goOnNow(entry));
    },
    pauseAgain: (entry, run) =>
      inTurn(entry, async () => {
        if (isPaused(entry.state)) await availability.of(entry).pause?.(run);
      }),
  };
};

const isPaused = (state: JobState): state is Paused => state.kind === 'paused';
