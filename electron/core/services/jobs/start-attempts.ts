import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobSpec, Placement } from '../../../../shared/model/job.ts';
import type { FailReason } from '../../../../shared/model/reason.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import { attemptPaths } from '../../infrastructure/storage/layout.ts';
import type { Outcome, Sink, TaskRun } from '../../ports.ts';
import type { Grant, PlacedFor } from '../../scheduler-port.ts';
import type { BackendAvailability } from './backend-availability.ts';
import { createDivisions } from './division/create-divisions.ts';
import type { Ends } from './end-attempts.ts';
import type { Executor, ExecutorOptions } from './execution.ts';
import { gangOf } from './gangs.ts';
import { isPart, requestOf, taskOfEntry, type JobEntry, type PartEntry } from './job-entry.ts';
import type { Pausing } from './pausing.ts';
import { acceleratorsOf, grantOf, memoryLimitOf, placementOf } from './placement.ts';
import { predictAgain } from './predict-again.ts';
import { energyBefore } from './ran-on.ts';
import type { TimeLimits } from './time-limits.ts';

/** An attempt to begin, with what it is granted. */
interface Launch {
  readonly entry: JobEntry;
  readonly grant: Grant;
  readonly why?: PlacedFor;
}

/** How attempts begin, and who follows them. */
export interface Starts extends Pick<Executor, 'start' | 'startHeld' | 'findAgain' | 'divide'> {
  /** Whether a start was refused since it was asked last. */
  takeRefused(): boolean;
  /** Resolves when nothing that was begun is followed any more. */
  settled(): Promise<unknown>;
}

interface StartsOptions extends ExecutorOptions {
  readonly availability: BackendAvailability;
  readonly ends: Ends;
  readonly timeLimits: TimeLimits;
  readonly pausing: Pausing;
}

export const createStarts = (options: StartsOptions): Starts => {
  const { layout, journal, table, apply, now, lifetime, machine, availability, ends, timeLimits, pausing } = options;
  const { resolve } = options.files;
  const madeFolders = new Map<string, Promise<unknown>>();
  const open = new Set<Promise<void>>();
  let wasRefused = false;

  const start: Starts['start'] = (decisions) => {
    const missing = missingNow(decisions.map(({ grant }) => grant));
    if (!missing) return launch(decisions.map((decision) => ({ entry: entryOf(decision.task), grant: decision.grant, why: decision })));
    wasRefused = true;
    apply({ kind: 'together', events: decisions.map(({ task }) => ({ kind: 'startRefused', task, ...missing })) });
  };

  const entryOf = (task: string): JobEntry => {
    const entry = table.entryOfTask(task);
    if (!entry) throw new Error(`the scheduler started task ${task}, which is not in the table`);
    return entry;
  };

  const startHeld: Starts['startHeld'] = (entry, grant) => {
    apply({ kind: 'recovered', task: requestOf(entry, []), grant });
    launch([{ entry, grant }]);
  };

  /** The intents of those that start together are one entry of the journal, so that no crash can leave only some of them. */
  const launch = (starts: readonly Launch[]): void => {
    const startedAt = now();
    const launched = starts.map((one) => ({ ...one, ...beginAttempt(one, startedAt) }));
    const intent = launched.flatMap(({ rows }) => rows);
    const committed = intent.length === 0 ? Promise.resolve() : journal.record(intent);
    for (const { entry, placement } of launched) follow(entry, begin(entry, placement, committed));
  };

  const beginAttempt = ({ entry, grant, why }: Launch, startedAt: number): { placement: Placement; rows: Write[] } => {
    const placement = placementOf(grant, machine.devices, entry, why);
    entry.attempts += 1;
    entry.active = { stop: new AbortController(), rootProcesses: [], energyBefore: energyBefore(placement, machine) };
    const state = { kind: 'starting' as const, attempt: entry.attempts, startedAt, placement };
    const task = taskOfEntry(entry);
    const warm = availability.of(entry).holdWarm?.({ task, attempt: entry.attempts, spec: entry.spec, placement, resolve });
    const predicted = isPart(entry) ? divisions.predict(entry) : options.runTimes.predict(entry, state, warm);
    const rows = table.transition(entry, { ...state, ...(predicted && { predicted }) });
    if (isPart(entry)) divisions.launched(entry);
    return { placement, rows };
  };

  /** A divided job begins with the first of its parts. */
  const beginJob = (job: JobEntry, { state }: PartEntry): AbortSignal => {
    if (!('placement' in state)) throw new Error(`a part of job ${job.id} begins without a place`);
    job.attempts += 1;
    job.active = { stop: new AbortController(), rootProcesses: [] };
    const predicted = options.runTimes.predict(job);
    const begun = {
      kind: 'starting' as const,
      attempt: job.attempts,
      startedAt: now(),
      placement: state.placement,
      ...(predicted && { predicted }),
    };
    void journal.record(table.transition(job, begun));
    return signalOf(job);
  };

  const folderOfParts = (job: JobEntry): string => attemptPaths(layout, job.id, job.attempts).partsFolder;

  const divisions = createDivisions({ ...options, beginJob, follow: (job, work) => follow(job, work), folderOf: folderOfParts });

  const finish = async (entry: JobEntry, attempt: number, run: TaskRun, outcome: Outcome): Promise<void> =>
    isPart(entry) ? divisions.finish(entry, attempt, outcome, run) : ends.finish(entry, attempt, run, outcome);

  /** Another look at the memory, because other programs take theirs without a word. What is granted counts although it is not used yet. */
  const missingNow = (grants: readonly Grant[]): { freeBytes: number; device?: string } | undefined => {
    const capacity = machine.fresh();
    const free = capacity.memoryBytes - table.grantedBytes();
    if (grants.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) > free) return { freeBytes: Math.max(0, free) };
    const wanted = new Map<string, number>();
    for (const { device, memoryBytes } of grants.flatMap(({ accelerators }) => accelerators)) {
      const total = capacity.devices.find(({ id }) => id === device)?.memoryBytes;
      if (memoryBytes === undefined || total === undefined) continue;
      const left = total - table.grantedOn(device);
      wanted.set(device, (wanted.get(device) ?? 0) + memoryBytes);
      if ((wanted.get(device) ?? 0) > left) return { device, freeBytes: Math.max(0, left) };
    }
    return undefined;
  };

  const begin = async (entry: JobEntry, placement: Placement, committed: Promise<void>): Promise<void> => {
    const backend = availability.of(entry);
    const { attempt, run } = await prepare(entry, placement);
    // The intent is on the disk before anything happens, so that no crash can make an attempt run twice. Work without side effects
    // need not wait: its end is written after its intent in any case, and an attempt that nobody knows of has done nothing.
    if (!backend.isRepeatable) await committed;
    // An adopted process runs already: its backend ends it, or lets it go.
    const isBegun = entry.spec.runtime === 'process';
    if (!isBegun && entry.active?.stop.signal.aborted) return finish(entry, attempt, run, { kind: 'stopped' });
    const signal = signalOf(entry);
    const whole = isPart(entry) ? { ...run, chunks: divisions.sourceOf(entry, signal) } : run;
    await finish(entry, attempt, whole, await backend.start(whole, sinkOf(entry, attempt), signal));
  };

  const prepare = async (entry: JobEntry, placement: Placement): Promise<{ attempt: number; run: TaskRun }> => {
    const attempt = entry.attempts;
    const paths = attemptPaths(layout, entry.id, (entry.part?.job ?? entry).attempts);
    const run = runOf(entry, placement, paths);
    await makeFolder(paths.parent);
    return { attempt, run };
  };

  /** Made once: those that wait for the same folder go on in the order in which they came. */
  const makeFolder = (path: string): Promise<unknown> => {
    const known = madeFolders.get(path);
    if (known) return known;
    const made = mkdir(path, { recursive: true, mode: 0o700 });
    madeFolders.set(path, made);
    made.catch(() => madeFolders.delete(path));
    return made;
  };

  const runOf = (entry: JobEntry, placement: Placement, paths: ReturnType<typeof attemptPaths>): TaskRun => {
    const attempt = entry.attempts;
    const accelerators = acceleratorsOf(placement, machine.devices);
    const memoryLimitBytes = memoryLimitOf(entry, placement, machine.devices);
    if (entry.active && memoryLimitBytes !== undefined) entry.active.memoryLimitBytes = memoryLimitBytes;
    const run: TaskRun = {
      task: taskOfEntry(entry),
      attempt,
      jobId: entry.id,
      spec: specOf(entry),
      placement,
      ...(accelerators.length > 0 && { accelerators, machine: machine.devices }),
      ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
      folder: entry.part ? join(folderOfParts(entry.part.job), `${entry.part.number}.${attempt}`) : paths.folder,
      logFile: paths.logFile,
      resolve,
    };
    if (entry.active) entry.active.run = run;
    return run;
  };

  const sinkOf = (entry: JobEntry, attempt: number): Sink => ({
    foundWorker(isWarm) {
      if (entry.attempts === attempt && entry.active) predictAgain(options, entry, isWarm);
    },
    running(rootProcesses) {
      if (entry.attempts !== attempt || !entry.active) return;
      entry.active.rootProcesses = rootProcesses;
      for (const begun of entry.part ? [entry, entry.part.job] : [entry]) {
        if (begun.state.kind !== 'starting') continue;
        const rows = table.transition(begun, { ...begun.state, kind: 'running' });
        if (rows.length > 0) void journal.record(rows);
      }
    },
    progress(progress) {
      if (entry.attempts !== attempt || !entry.active) return;
      if (isPart(entry)) return divisions.progressed(entry, progress);
      entry.active.progress = progress;
      table.changed(entry.id);
    },
  });

  const signalOf = (entry: JobEntry): AbortSignal => {
    if (!entry.active) throw new Error(`job ${entry.id} has no active attempt`);
    // What ends a divided job in time ends its parts with it.
    if (!entry.part) timeLimits.start(entry);
    return entry.active.stop.signal;
  };

  // ── Finding again ──

  const findAgain: Starts['findAgain'] = (entry) => {
    if (!('placement' in entry.state)) return;
    entry.active = { stop: new AbortController(), rootProcesses: [] };
    // An earlier core was about to end it, or had begun to.
    if (entry.state.preemptedBy) ends.abort(entry, 'preempt');
    follow(entry, adopt(entry, entry.state.placement));
  };

  const adopt = async (entry: JobEntry, placement: Placement): Promise<void> => {
    const backend = availability.of(entry);
    const { attempt, run } = await prepare(entry, placement);
    const found = await backend.find(run, sinkOf(entry, attempt), signalOf(entry));
    switch (found.kind) {
      case 'running':
        await pausing.pauseAgain(entry, run);
        return ends.finish(entry, attempt, run, await found.outcome);
      case 'ended':
        if (entry.active) entry.active.endedUnseen = true;
        return ends.finish(entry, attempt, run, found.outcome);
      case 'unknown':
        return ends.finish(entry, attempt, run, { kind: 'lost' });
      case 'never-started':
        // Its number is used again: start is idempotent for it, should the earlier core's start still be on its way.
        if (entry.active?.stop.signal.aborted) return ends.finish(entry, attempt, run, { kind: 'stopped' });
        if (!backend.isRepeatable) entry.attempts -= 1;
        if (!gangOf(entry.spec)) return ends.requeue(entry);
        // The others of its gang run already or begin now as well, and it still holds what it was granted.
        entry.active?.forgetTimeLimit?.();
        return launch([{ entry, grant: grantOf(placement) }]);
    }
  };

  /** Nothing below is expected to throw; when it does, the bug must not take the job with it. */
  const follow = (entry: JobEntry, work: Promise<void>): void => {
    const followed = work.catch(async (error: unknown) => {
      if (lifetime.signal.aborted) return;
      const reason: FailReason = { code: 'run-failed', values: { detail: error instanceof Error ? error.message : String(error) } };
      if (isPart(entry)) divisions.finish(entry, entry.attempts, { kind: 'failed', reason });
      else await ends.end(entry, { kind: 'failed', attempt: entry.attempts, endedAt: now(), reason });
      process.emitWarning(error instanceof Error ? error : new Error(String(error)), `job ${entry.id}`);
    });
    open.add(followed);
    void followed.finally(() => open.delete(followed));
  };

  return {
    start,
    startHeld,
    divide: divisions.open,
    findAgain,
    takeRefused: () => {
      const refused = wasRefused;
      wasRefused = false;
      return refused;
    },
    settled: async () => {
      // The end of the last part of a divided job is followed by that of the job.
      while (open.size > 0) await Promise.all(open);
    },
  };
};

/** What was preempted takes up its work again where it knows how. */
const specOf = ({ spec, preemptions }: JobEntry): JobSpec =>
  spec.runtime === 'command' && spec.resumeCommand && preemptions ? { ...spec, command: spec.resumeCommand } : spec;
