import { access, constants, readFile, rm, rmdir, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobSpec } from '../../../../../shared/model/job.ts';
import { endTree, isGroupAlive } from '../../../lib/end-tree.ts';
import { pauseTree, resumeTree } from '../../../lib/pause-tree.ts';
import type { Availability, Backend, Found, Outcome, Sink, TaskRun } from '../../../ports.ts';
import { boundTo, coreList, NotBound } from '../bind-to-cores.ts';
import { collectFiles } from '../collect-files.ts';
import { signalOf } from '../../../lib/exit-signal.ts';
import { readRecord, stateFileOf, withdraw } from './attempt-state.ts';
import { environmentOf, inheritedFrom } from './environment.ts';
import { isHeldByAnother, isWrapper } from './is-wrapper.ts';
import type { Launcher, LaunchEnd } from './launcher.ts';
import { noSuchProgram, whyFolderFails, whyLogFails, whyProgramFails, whySpawnFails, writeReasonOf } from './why-not-started.ts';
import { wrapperArguments } from './wrapper.ts';

export interface CommandBackendOptions {
  readonly launcher: Launcher;
  /** The environment that a few variables are taken from, see environment.ts. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  /** How often a command of an earlier core is looked at; those of this core tell it themselves. */
  readonly followMs?: number;
}

const shell = '/bin/sh';

/** How long a command that was told to run is waited for until it does. */
const claimMs = 5_000;

/**
 * Runs programs of this machine. They survive the core: each runs under a small shell script in its own session (wrapper.ts), which
 * leaves in the attempt's folder what `find` needs.
 */
export const createCommandBackend = (options: CommandBackendOptions): Backend => {
  const context: Context = {
    launcher: options.launcher,
    environment: inheritedFrom(options.environment ?? process.env),
    graceMs: options.graceMs ?? 5_000,
    followMs: options.followMs ?? 250,
    bootId: readBootId(),
    traceless: new Set(),
  };
  return {
    name: 'command',
    isRepeatable: false,
    check: checkShell,
    start: (run, sink, signal) => start(context, attemptOf(context, run), sink, signal),
    find: (run, sink, signal) => find(context, attemptOf(context, run), sink, signal),
    pause: (run) => signalWork(context, run, pauseTree),
    resume: (run) => signalWork(context, run, resumeTree),
    forget: (run) => forget(context, run),
  };
};

interface Context {
  readonly launcher: Launcher;
  /** What every command inherits. */
  readonly environment: Readonly<{ [name: string]: string }>;
  readonly graceMs: number;
  readonly followMs: number;
  /** Changes when the machine starts anew, which ends every process; empty where the system has none. */
  readonly bootId: Promise<string>;
  /** Folders of attempts that left nothing but their first state file. */
  readonly traceless: Set<string>;
}

interface Attempt {
  readonly run: TaskRun;
  readonly spec: Extract<JobSpec, { runtime: 'command' }>;
  readonly environment: { readonly [name: string]: string };
}

const attemptOf = (context: Context, run: TaskRun): Attempt => {
  if (run.spec.runtime !== 'command') throw new Error(`the command backend was given a job of runtime ${run.spec.runtime}`);
  return { run, spec: run.spec, environment: environmentOf(run, run.spec, context.environment) };
};

const readBootId = async (): Promise<string> => {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    return '';
  }
};

const checkShell = async (): Promise<Availability> => {
  try {
    await access(shell, constants.X_OK);
    return { kind: 'ready' };
  } catch {
    return { kind: 'unavailable', detail: `Commands need a POSIX shell, and ${shell} is not there.` };
  }
};

const start = async (context: Context, attempt: Attempt, sink: Sink, signal: AbortSignal): Promise<Outcome> => {
  if (signal.aborted) return abortedOutcome(signal);
  return launch(context, attempt, { stateFile: stateFileOf(attempt.run.folder, 1), isAgain: false }, sink, signal);
};

/** Its folder was there, which means an earlier start: perhaps it runs already. */
const startAgain = async (context: Context, attempt: Attempt, sink: Sink, signal: AbortSignal): Promise<Outcome> => {
  const record = await readRecord(attempt.run.folder);
  if (record.kind === 'free') return launch(context, attempt, { stateFile: record.stateFile, isAgain: true }, sink, signal);
  return outcomeOfFound(await foundFrom(context, attempt, record, sink, signal));
};

const outcomeOfFound = async (found: Found): Promise<Outcome> => {
  if (found.kind === 'running') return found.outcome;
  return found.kind === 'ended' ? found.outcome : { kind: 'lost' };
};

const find = async (context: Context, attempt: Attempt, sink: Sink, signal: AbortSignal): Promise<Found> => {
  const { folder } = attempt.run;
  const record = await readRecord(folder);
  if (record.kind !== 'free') return foundFrom(context, attempt, record, sink, signal);
  if (await withdraw(folder, record.stateFile)) return { kind: 'never-started' };
  return find(context, attempt, sink, signal);
};

type ClaimedRecord = Exclude<Awaited<ReturnType<typeof readRecord>>, { kind: 'free' }>;

const foundFrom = async (context: Context, attempt: Attempt, record: ClaimedRecord, sink: Sink, signal: AbortSignal): Promise<Found> => {
  if (record.kind === 'unclear') return { kind: 'unknown' };
  const isSameBoot = record.bootId === (await context.bootId);
  if (record.kind === 'ended') {
    if (isSameBoot) await endOrphans(context, record.pid);
    return { kind: 'ended', outcome: await outcomeOf(attempt, record.exitCode) };
  }
  if (!isSameBoot) return { kind: 'unknown' };
  if (await isWrapper(record.pid, record.stateFile)) {
    sink.running([record.pid]);
    return { kind: 'running', outcome: follow(context, attempt, record.pid, signal) };
  }
  // It may have ended between the two looks.
  const again = await readRecord(attempt.run.folder);
  if (again.kind === 'ended') return { kind: 'ended', outcome: await outcomeOf(attempt, again.exitCode) };
  await endOrphans(context, record.pid);
  return { kind: 'unknown' };
};

/** The wrapper was killed, what it ran may go on: nobody would ever count or end that. A pid in other hands is left alone. */
const endOrphans = async (context: Context, pid: number): Promise<void> => {
  if (await isHeldByAnother(pid)) return;
  if (await isGroupAlive(pid)) await endTree(pid, context.graceMs);
};

/** Watches a command that is not a child of this process. */
const follow = async (context: Context, attempt: Attempt, pid: number, signal: AbortSignal): Promise<Outcome> => {
  for (;;) {
    if (signal.aborted) return stop(context, attempt, pid, signal);
    const record = await readRecord(attempt.run.folder);
    if (record.kind === 'ended') return outcomeAfter(context, attempt, pid, record.exitCode);
    if (record.kind !== 'started') return { kind: 'lost' };
    if (!(await isWrapper(pid, record.stateFile))) return lastLook(context, attempt, pid);
    await delay(context.followMs, undefined, { signal }).catch(() => undefined);
  }
};

const lastLook = async (context: Context, attempt: Attempt, pid: number): Promise<Outcome> => {
  const record = await readRecord(attempt.run.folder);
  if (record.kind === 'ended') return outcomeAfter(context, attempt, pid, record.exitCode);
  await endOrphans(context, pid);
  return { kind: 'lost' };
};

const stop = async (context: Context, { spec }: Attempt, pid: number, signal: AbortSignal): Promise<Outcome> => {
  const { preemptible } = spec;
  const graceMs = signal.reason === 'preempt' && preemptible ? preemptible.graceSeconds * 1000 : context.graceMs;
  if (signal.reason !== 'detach') await endTree(pid, graceMs);
  return abortedOutcome(signal);
};

const abortedOutcome = (signal: AbortSignal): Outcome => (signal.reason === 'detach' ? { kind: 'detached' } : { kind: 'stopped' });

interface Claim {
  readonly stateFile: string;
  readonly isAgain: boolean;
}

const launch = async (
  context: Context,
  attempt: Attempt,
  { stateFile, isAgain }: Claim,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { run, spec, environment } = attempt;
  // The shell's `exec` would take such a name for an option of its own.
  if (spec.command[0]?.startsWith('-')) return notStarted(spec.command, noSuchProgram);
  const bootId = await context.bootId;
  const bound = await bindingOf(run);
  if (bound instanceof NotBound) return notStarted(spec.command, bound.message);
  // Bound from the shell on, so that nothing of it ever runs elsewhere.
  const [program = shell, ...args] = [...bound, shell, ...wrapperArguments(stateFile, run.logFile, bootId, spec.command)];
  const started = Promise.withResolvers<number>();
  const onStarted = (pid: number): void => {
    started.resolve(pid);
    if (!signal.aborted) sink.running([pid]);
  };
  const what = { program, args, folder: spec.folder, environment, outputFolder: run.folder, isAgain };
  const exit = context.launcher.launch(what, onStarted);
  // Stopped while it is being started, it is waited for: only then is there something to end.
  const pid = await Promise.race([started.promise, exit.then(() => undefined)]);
  const end = pid === undefined ? await exit : await untilAborted(exit, signal);
  if (end) return outcomeOfChild(context, attempt, { pid, stateFile, end }, sink, signal);
  return pid === undefined ? abortedOutcome(signal) : stop(context, attempt, pid, signal);
};

const bindingOf = async ({ placement }: TaskRun): Promise<string[] | NotBound> => {
  try {
    return await boundTo(placement.coreIds);
  } catch (error) {
    if (error instanceof NotBound) return error;
    throw error;
  }
};

/** Undefined when the signal came first. */
const untilAborted = (exit: Promise<LaunchEnd>, signal: AbortSignal): Promise<LaunchEnd | undefined> =>
  new Promise((resolve) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    void exit.then((value) => {
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    });
  });

const spawnFailure = async ({ spec }: Attempt, error: { readonly code: string; readonly message: string }): Promise<Outcome> => {
  const reason = await whyFolderFails(spec.folder);
  return reason ? { kind: 'failed', reason } : notStarted(spec.command, whySpawnFails(error));
};

const notStarted = (command: readonly string[], detail: string): Outcome => ({
  kind: 'failed',
  reason: { code: 'command-not-started', values: { command: command[0] || '""', detail } },
});

interface Ended {
  /** Unknown when it was never told to have started. */
  readonly pid: number | undefined;
  readonly stateFile: string;
  readonly end: LaunchEnd;
}

const outcomeOfChild = async (
  context: Context,
  attempt: Attempt,
  { pid, stateFile, end }: Ended,
  sink: Sink,
  signal: AbortSignal,
): Promise<Outcome> => {
  if (end.kind === 'started-before') return startAgain(context, attempt, sink, signal);
  if (end.kind === 'no-output-folder') return { kind: 'failed', reason: writeReasonOf(end.error, attempt.run.folder) };
  if (end.kind === 'not-started') return spawnFailure(attempt, end.error);
  if (end.kind === 'unknown' || pid === undefined) return outcomeWithoutLauncher(context, attempt, sink, signal);
  // The wrapper ends with 0 only after a command that did: nothing needs to be read.
  if (end.code === 0 && end.leftNothing) {
    if (stateFile === stateFileOf(attempt.run.folder, 1)) context.traceless.add(attempt.run.folder);
    return { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: ranOn(attempt) };
  }
  if (end.code === 0) return outcomeAfter(context, attempt, pid, 0);
  const record = await readRecord(attempt.run.folder);
  if (record.kind === 'ended' && record.pid === pid) return outcomeAfter(context, attempt, pid, record.exitCode);
  if (record.kind === 'free') return { kind: 'failed', reason: await reasonOfUnclaimed(attempt, end) };
  if (record.kind === 'unclear') return { kind: 'failed', reason: { code: 'disk-full', values: { path: attempt.run.folder } } };
  // Another wrapper of the same attempt was faster.
  if (record.pid !== pid) return outcomeOfFound(await foundFrom(context, attempt, record, sink, signal));
  await endOrphans(context, pid);
  if (end.code !== null) return outcomeOf(attempt, end.code);
  return { kind: 'failed', reason: { code: 'signal', values: { signal: end.signal ?? 'unknown' } }, ranOn: ranOn(attempt) };
};

/** The launcher was killed or the core closes. What it had started goes on and is followed; what it had not is started anew. */
const outcomeWithoutLauncher = async (context: Context, attempt: Attempt, sink: Sink, signal: AbortSignal): Promise<Outcome> => {
  if (signal.reason === 'detach') return { kind: 'detached' };
  const found = await find(context, attempt, sink, signal);
  return found.kind === 'never-started' ? start(context, attempt, sink, signal) : outcomeOfFound(found);
};

const reasonOfUnclaimed = async ({ run, spec }: Attempt, exit: Extract<LaunchEnd, { kind: 'exited' }>) => {
  if (exit.signal) return { code: 'signal' as const, values: { signal: exit.signal } };
  const log = await whyLogFails(run.logFile);
  if (log) return log;
  const { coreIds } = run.placement;
  const detail = coreIds
    ? `it could not be kept on cores ${coreList(coreIds)}; this machine may not let Switchyard use them.`
    : `the shell that runs it ended with ${String(exit.code)} before it began.`;
  return { code: 'command-not-started' as const, values: { command: spec.command[0] ?? '', detail } };
};

/** What the command has left running in its group is part of the job and ends with it. */
const outcomeAfter = async (context: Context, attempt: Attempt, pid: number, exitCode: number): Promise<Outcome> => {
  if (await isGroupAlive(pid)) await endTree(pid, context.graceMs);
  return outcomeOf(attempt, exitCode);
};

const outcomeOf = async (attempt: Attempt, exitCode: number): Promise<Outcome> => {
  const { run, spec, environment } = attempt;
  const artifacts = await collectFiles(run.folder);
  if (exitCode === 0) return { kind: 'succeeded', exitCode, artifacts, ranOn: ranOn(attempt) };
  if (exitCode === 126 || exitCode === 127) {
    const detail = await whyProgramFails(spec.command[0] ?? '', spec.folder, environment['PATH'] ?? '');
    if (detail !== undefined) return notStarted(spec.command, detail);
  }
  const signal = signalOf(exitCode);
  const reason = signal ? ({ code: 'signal', values: { signal } } as const) : ({ code: 'exit-code', values: { exitCode } } as const);
  return { kind: 'failed', reason, exitCode, artifacts, ranOn: ranOn(attempt) };
};

const ranOn = ({ run }: Attempt) => ({
  device: run.placement.device,
  deviceName: run.placement.deviceName,
  cores: run.placement.cores,
  confined: false,
});

/** Of an attempt that has ended nothing is left to signal. */
const signalWork = async (
  context: Context,
  { folder }: TaskRun,
  signalTree: (leader: number) => Promise<void>,
): Promise<string | undefined> => {
  let record = await readRecord(folder);
  // Between the start of the wrapper and its claim lie some µs; on a machine that is overloaded, more.
  for (const deadline = performance.now() + claimMs; record.kind === 'free' && performance.now() < deadline; await delay(10)) {
    record = await readRecord(folder);
  }
  if (record.kind === 'free') return 'the command has not begun yet.';
  if (record.kind !== 'started' || record.bootId !== (await context.bootId)) return undefined;
  if (await isWrapper(record.pid, record.stateFile)) await signalTree(record.pid);
  return undefined;
};

/** Removes the results, which the store has taken by now, and the state files. */
const forget = async ({ launcher, traceless }: Context, { folder }: TaskRun): Promise<void> => {
  if (traceless.delete(folder)) return launcher.remove(stateFileOf(folder, 1));
  // Mostly there are no results left. The folder goes first: without it, nothing was started.
  // A command may have locked a folder of its own; that then stays on the disk.
  await rmdir(folder).catch(() => rm(folder, { recursive: true, force: true }).catch(() => undefined));
  for (let number = 1; await isRemoved(stateFileOf(folder, number));) number += 1;
};

const isRemoved = async (path: string): Promise<boolean> => {
  try {
    await unlink(path);
    return true;
  } catch {
    return false;
  }
};
