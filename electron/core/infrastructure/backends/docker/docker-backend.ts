import { access, constants, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { Backend, Found, Outcome, Sink, TaskRun } from '../../../ports.ts';
import { collectFiles } from '../collect-files.ts';
import { attemptFolder, type AttemptFolder } from './attempt-folder.ts';
import { writeLog } from './container-log.ts';
import {
  containerNameOf,
  containerSettings,
  dataHashOf,
  dataLabel,
  memoryLimitOf,
  sharedNameOf,
  taskLabel,
  taskNameOf,
  type ContainerSpec,
  type InputMount,
} from './container-settings.ts';
import { createDockerLink, type DockerLink } from './docker-link.ts';
import { problemOf } from './docker-errors.ts';
import { endingOf } from './ended-state.ts';

export interface DockerBackendOptions {
  /** Containers are labelled with it, so that several data folders can share one Docker. */
  readonly dataFolder: string;
  /** A socket in place of DOCKER_HOST's or Docker's usual one. */
  readonly socketPath?: string;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceSeconds?: number;
  /** How often a Docker that does not answer is asked again while work of ours may be running in it. */
  readonly retryMs?: number;
  /** How long a cancelled container is waited for while Docker does not answer; after that nobody can say how it ended. */
  readonly giveUpMs?: number;
}

/**
 * Runs containers. They survive the core and are found again by their label; a container is kept until it is forgotten, with its
 * log and its exit code.
 */
export const createDockerBackend = (options: DockerBackendOptions): Backend => {
  const dataHash = dataHashOf(options.dataFolder);
  const context: Context = {
    link: createDockerLink({ dataHash, ...(options.socketPath !== undefined && { socketPath: options.socketPath }) }),
    dataHash,
    graceSeconds: options.graceSeconds ?? 5,
    retryMs: options.retryMs ?? 1_000,
    giveUpMs: options.giveUpMs ?? 15_000,
  };
  return {
    name: 'docker',
    isRepeatable: false,
    check: (signal) => context.link.check(signal),
    start: (run, sink, signal) => start(context, attemptOf(context, run, sink, signal)),
    find: (run, sink, signal) => find(context, attemptOf(context, run, sink, signal)),
    pause: (run) => setPaused(context, run, true),
    resume: (run) => setPaused(context, run, false),
    forget: async (run) => {
      await context.link.remove(containerNameOf(dataHash, run));
      await attemptFolder(run).remove();
    },
  };
};

interface Context {
  readonly link: DockerLink;
  readonly dataHash: string;
  readonly graceSeconds: number;
  readonly retryMs: number;
  readonly giveUpMs: number;
}

interface Attempt {
  readonly run: TaskRun;
  readonly spec: ContainerSpec;
  readonly name: string;
  readonly folder: AttemptFolder;
  readonly signal: AbortSignal;
  /** Tells the sink once, however often the line to Docker breaks. */
  readonly running: (processes: readonly number[]) => void;
}

const attemptOf = (context: Context, run: TaskRun, sink: Sink, signal: AbortSignal): Attempt => {
  if (run.spec.runtime !== 'container') throw new Error(`the Docker backend was given a job of runtime ${run.spec.runtime}`);
  let isTold = false;
  const running = (processes: readonly number[]): void => {
    if (!isTold) sink.running(processes);
    isTold = true;
  };
  const name = containerNameOf(context.dataHash, run);
  context.link.claim(name);
  return { run, spec: run.spec, name, folder: attemptFolder(run), signal, running };
};

const failed = (reason: FailReason): Outcome => ({ kind: 'failed', reason });

const abortedOutcome = (signal: AbortSignal): Outcome => (signal.reason === 'detach' ? { kind: 'detached' } : { kind: 'stopped' });

// ── Starting ──

const start = async (context: Context, attempt: Attempt): Promise<Outcome> => {
  const { run, spec, folder, signal } = attempt;
  if (signal.aborted) return abortedOutcome(signal);
  const inputs = await inputsOf(attempt);
  if (!Array.isArray(inputs)) return failed(inputs);
  const notMade = await folder.make();
  if (notMade) return failed(notMade);
  const settings = containerSettings(run, spec, context.dataHash, inputs, folder.output);
  const refusal = await create(context, attempt, settings);
  return refusal ?? drive(context, attempt);
};

const inputsOf = async ({ run, spec }: Attempt): Promise<InputMount[] | FailReason> => {
  const inputs = spec.inputs.map((file) => run.resolve(file));
  const shared = sharedNameOf(inputs);
  if (shared !== undefined) {
    return refused(spec, `two inputs have the name ${shared}, and both would stand at /in/${shared}.`);
  }
  for (const { path } of inputs) {
    try {
      await access(path, constants.R_OK);
    } catch (error) {
      const isDenied = error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
      return { code: isDenied ? 'file-unreadable' : 'file-missing', values: { path } };
    }
  }
  return inputs;
};

const refused = (spec: ContainerSpec, detail: string): FailReason => ({
  code: 'container-refused',
  values: { image: spec.image, detail },
});

/** Undefined once the container is there, made by us or by an earlier start of the same attempt. */
const create = async (context: Context, attempt: Attempt, settings: Docker.ContainerCreateOptions): Promise<Outcome | undefined> => {
  const { spec } = attempt;
  try {
    const docker = await context.link.open();
    await docker.createContainer(settings);
    return undefined;
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    // Nothing runs yet: a container that was made but not started does no harm, and a second start finds it.
    if (problem.kind === 'unreachable') return failed({ code: 'docker-unavailable', values: { detail: problem.detail } });
    if (problem.status === 409) return whenMade(context, attempt);
    if (problem.status === 404) return failed({ code: 'image-missing', values: { image: spec.image } });
    return failed(refused(spec, problem.detail));
  }
};

/** Docker reserves the name some time before the container can be looked at. */
const whenMade = async (context: Context, { spec, name, signal }: Attempt): Promise<Outcome | undefined> => {
  const deadline = performance.now() + context.giveUpMs;
  while (performance.now() < deadline && !signal.aborted) {
    try {
      await (await context.link.open()).getContainer(name).inspect();
      return undefined;
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      if (problem.kind === 'unreachable') return failed({ code: 'docker-unavailable', values: { detail: problem.detail } });
    }
    await pause(50, signal);
  }
  return signal.aborted ? abortedOutcome(signal) : failed(refused(spec, `the container name ${name} is taken by something else.`));
};

// ── Following ──

/** Brings a container that exists from whatever state it is in to its end, also across times when Docker does not answer. */
const drive = async (context: Context, attempt: Attempt): Promise<Outcome> => {
  const { signal, spec } = attempt;
  let silentSince: number | undefined;
  for (;;) {
    try {
      return await driveOnce(context, attempt);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      if (problem.kind === 'refused') return problem.status === 404 ? { kind: 'lost' } : failed(refused(spec, problem.detail));
      if (signal.reason === 'detach') return { kind: 'detached' };
      silentSince = signal.aborted ? (silentSince ?? performance.now()) : undefined;
      if (silentSince !== undefined && performance.now() - silentSince >= context.giveUpMs) return { kind: 'lost' };
      // After the abort only time counts, so the pause must not end at once.
      await pause(context.retryMs, signal.aborted ? undefined : signal);
    }
  }
};

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  delay(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined);

const driveOnce = async (context: Context, attempt: Attempt): Promise<Outcome> => {
  const { signal, name, folder } = attempt;
  if (signal.reason === 'detach') return { kind: 'detached' };
  const docker = await context.link.open();
  const container = docker.getContainer(name);
  const { State } = await container.inspect();
  if (State.Status === 'created') {
    if (signal.aborted) return { kind: 'stopped' };
    if (State.Error) return failed(refused(attempt.spec, State.Error));
    await folder.markStarted();
    await container.start().catch(ignoreDone);
    return observe(context, attempt, container);
  }
  if (State.Status === 'exited' || State.Status === 'dead') {
    return signal.aborted ? { kind: 'stopped' } : afterExit(attempt, container, State);
  }
  return observe(context, attempt, container);
};

const observe = async (context: Context, attempt: Attempt, container: Docker.Container): Promise<Outcome> => {
  const { run, signal } = attempt;
  attempt.running(await processesOf(container));
  const letGo = new AbortController();
  const log = settle(writeLog(container, run, letGo.signal));
  try {
    const wait = container.wait({ abortSignal: letGo.signal });
    if ((await firstOf(wait, signal)) === 'aborted') {
      if (signal.reason === 'detach') return { kind: 'detached' };
      await container.stop({ t: graceOf(context, attempt) }).catch(ignoreDone);
      await log;
      return { kind: 'stopped' };
    }
    await log;
    return await outcomeOf(attempt, (await container.inspect()).State);
  } finally {
    letGo.abort();
  }
};

const graceOf = ({ graceSeconds }: Context, { signal, spec }: Attempt): number =>
  signal.reason === 'preempt' ? (spec.preemptible?.graceSeconds ?? graceSeconds) : graceSeconds;

/** 304: it has been started, or has ended, already. */
const ignoreDone = (error: unknown): void => {
  const problem = problemOf(error);
  if (problem?.kind !== 'refused' || problem.status !== 304) throw error;
};

/** The log is not worth the job: when it cannot be written or read, the outcome still stands. */
const settle = (log: Promise<void>): Promise<void> =>
  log.catch((error: unknown) => {
    if (!(error instanceof Error && ('code' in error || problemOf(error)))) throw error;
  });

const firstOf = (wait: Promise<unknown>, signal: AbortSignal): Promise<'ended' | 'aborted'> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => resolve('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    // After an abort the wait is broken off on purpose; its rejection then reaches a promise that is already resolved.
    wait.then(() => resolve('ended'), reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

/** The container's first process, where Docker runs on this very system and not in a virtual machine. */
const processesOf = async (container: Docker.Container): Promise<number[]> => {
  const { State, Id } = await container.inspect();
  try {
    return State.Pid > 0 && (await readFile(`/proc/${State.Pid}/cgroup`, 'utf8')).includes(Id) ? [State.Pid] : [];
  } catch {
    return [];
  }
};

const afterExit = async (attempt: Attempt, container: Docker.Container, state: Docker.ContainerInspectInfo['State']): Promise<Outcome> => {
  // Exit codes without a start: the program could not be run.
  if (state.Error && state.StartedAt.startsWith('0001-')) return failed(refused(attempt.spec, state.Error));
  await settle(writeLog(container, attempt.run, attempt.signal));
  return outcomeOf(attempt, state);
};

const outcomeOf = async ({ run, folder }: Attempt, state: Docker.ContainerInspectInfo['State']): Promise<Outcome> => ({
  ...endingOf(state, memoryLimitOf(run)),
  artifacts: await collectFiles(folder.output),
  ranOn: { device: run.placement.device, deviceName: run.placement.deviceName, cores: run.placement.cores, confined: true },
});

// ── Pausing ──

/** Docker freezes all of a container's processes at once. */
const setPaused = async (context: Context, run: TaskRun, isPaused: boolean): Promise<string | undefined> => {
  try {
    const container = (await context.link.open()).getContainer(containerNameOf(context.dataHash, run));
    const { State } = await container.inspect();
    if (!State.Running || State.Paused === isPaused) return undefined;
    await (isPaused ? container.pause() : container.unpause());
    return undefined;
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    return problem.kind === 'refused' && problem.status === 404 ? undefined : problem.detail;
  }
};

// ── Finding again ──

const find = async (context: Context, attempt: Attempt): Promise<Found> => {
  try {
    return await findNow(context, attempt);
  } catch (error) {
    if (problemOf(error)?.kind !== 'unreachable') throw error;
    // Nobody can say yet. Taken as running, so that the others need not wait; what it really is shows when Docker answers.
    return { kind: 'running', outcome: findLater(context, attempt) };
  }
};

const findNow = async (context: Context, attempt: Attempt): Promise<Found> => {
  const { run, folder } = attempt;
  const docker = await context.link.open();
  const label = [`${taskLabel}=${taskNameOf(run)}`, `${dataLabel}=${context.dataHash}`];
  const [container] = await docker.listContainers({ all: true, filters: { label } });
  if (!container) return (await folder.wasStarted()) ? { kind: 'unknown' } : { kind: 'never-started' };
  if (container.State === 'created' && !(await startErrorOf(docker.getContainer(container.Id)))) return { kind: 'never-started' };
  const outcome = drive(context, attempt);
  return container.State === 'running' || container.State === 'paused'
    ? { kind: 'running', outcome }
    : { kind: 'ended', outcome: await outcome };
};

/** Why a container could not be started. Docker lists one that it still makes before anybody can look at it; nobody has tried to start that. */
const startErrorOf = async (container: Docker.Container): Promise<string | undefined> => {
  try {
    return (await container.inspect()).State.Error;
  } catch (error) {
    const problem = problemOf(error);
    if (problem?.kind === 'refused' && problem.status === 404) return undefined;
    throw error;
  }
};

const findLater = async (context: Context, attempt: Attempt): Promise<Outcome> => {
  const { signal, folder } = attempt;
  const wasStarted = await folder.wasStarted();
  for (let silentMs = 0; ; silentMs += signal.aborted ? context.retryMs : 0) {
    if (signal.reason === 'detach') return { kind: 'detached' };
    if (signal.aborted && !wasStarted) return { kind: 'stopped' };
    if (silentMs >= context.giveUpMs) return { kind: 'lost' };
    await pause(context.retryMs, signal.aborted ? undefined : signal);
    try {
      const found = await findNow(context, attempt);
      if (found.kind === 'running' || found.kind === 'ended') return await found.outcome;
      return found.kind === 'unknown' ? { kind: 'lost' } : await start(context, attempt);
    } catch (error) {
      if (problemOf(error)?.kind !== 'unreachable') throw error;
    }
  }
};
