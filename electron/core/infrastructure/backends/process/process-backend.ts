import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobSpec, RanOn } from '../../../../../shared/model/job.ts';
import { endTree } from '../../../lib/end-tree.ts';
import { factsOf, isSameProcess } from '../../../lib/process-facts.ts';
import type { Backend, Outcome, Sink, TaskRun } from '../../../ports.ts';

export interface ProcessBackendOptions {
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  /** How often it is looked at: the system tells only a parent when a process ends. */
  readonly followMs?: number;
}

/**
 * Looks after processes that somebody else started. It starts nothing, so that an attempt that nobody started cannot be told from one
 * that goes on: `find` finds whatever still runs. How they end is told to their parents alone, so every end counts as success.
 */
export const createProcessBackend = ({ graceMs = 10_000, followMs = 1000 }: ProcessBackendOptions = {}): Backend => {
  const watch = async (run: TaskRun, signal: AbortSignal): Promise<Outcome> => {
    const name = nameOf(run.spec);
    while (await isSameProcess(name)) {
      await delay(followMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return letGo(run.spec, graceMs, signal);
    }
    return ended(run);
  };

  const follow = async (run: TaskRun, sink: Sink, signal: AbortSignal): Promise<{ isThere: boolean; outcome: Promise<Outcome> }> => {
    if (signal.aborted) return { isThere: true, outcome: letGo(run.spec, graceMs, signal) };
    if (!(await isSameProcess(nameOf(run.spec)))) return { isThere: false, outcome: ended(run) };
    sink.running([nameOf(run.spec).pid]);
    return { isThere: true, outcome: watch(run, signal) };
  };

  return {
    name: 'process',
    isRepeatable: false,
    check: async () => ({ kind: 'ready' }),
    start: async (run, sink, signal) => (await follow(run, sink, signal)).outcome,
    find: async (run, sink, signal) => {
      const { isThere, outcome } = await follow(run, sink, signal);
      return isThere ? { kind: 'running', outcome } : { kind: 'ended', outcome: await outcome };
    },
    forget: async () => undefined,
  };
};

type ProcessSpec = Extract<JobSpec, { runtime: 'process' }>;

const nameOf = (spec: JobSpec): ProcessSpec => {
  if (spec.runtime === 'process') return spec;
  throw new Error(`the process backend was given a job of runtime ${spec.runtime}`);
};

/** A core that closes leaves it alone; whoever cancels it ends it. */
const letGo = async (spec: JobSpec, graceMs: number, signal: AbortSignal): Promise<Outcome> => {
  if (signal.reason === 'detach') return { kind: 'detached' };
  const name = nameOf(spec);
  const facts = await factsOf(name.pid);
  if (facts?.startedAt !== name.startedAt) return { kind: 'stopped' };
  if (facts.leadsGroup) await endTree(name.pid, graceMs);
  else await endAlone(name, graceMs);
  return { kind: 'stopped' };
};

/** A process within the group of another: its group is nobody's to end. */
const endAlone = async (name: ProcessSpec, graceMs: number): Promise<void> => {
  send(name.pid, 'SIGTERM');
  if (await isGoneWithin(name, graceMs)) return;
  do send(name.pid, 'SIGKILL');
  while (!(await isGoneWithin(name, 500)));
};

const isGoneWithin = async (name: ProcessSpec, limitMs: number): Promise<boolean> => {
  for (const end = performance.now() + limitMs; performance.now() < end; await delay(20)) {
    if (!(await isSameProcess(name))) return true;
  }
  return !(await isSameProcess(name));
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal; the next look tells.
  }
};

const ended = async (run: TaskRun): Promise<Outcome> => {
  const { pid } = nameOf(run.spec);
  const words = `Process ${pid} has ended. How it ended is told to its parent alone: its exit code is not known.\n`;
  await writeFile(run.logFile, words, { mode: 0o600 }).catch(() => undefined);
  return { kind: 'succeeded', artifacts: [], ranOn: ranOn(run) };
};

const ranOn = ({ placement: { device, deviceName, cores } }: TaskRun): RanOn => ({ device, deviceName, cores, confined: false });
