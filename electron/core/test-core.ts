import { createRouterClient, type RouterClient } from '@orpc/server';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import { createCore, type Core } from './create-core.ts';
import type { CallRouter } from './dispatch.ts';
import { createProcessBackend } from './infrastructure/backends/process/process-backend.ts';
import { createEmitter } from './lib/emitter.ts';
import type { Parts } from './parts.ts';
import type { Availability, Backend, Found, FoundDevice, Host, Measurer, Outcome, Sampler, SamplerReport, Sink, TaskRun } from './ports.ts';

/*
 * A core with a real journal and real threads whose machine and backends are played by hand-written fakes.
 */
export const gigabyte = 1e9;

/** One attempt that a fake backend was asked to run; the test says how it goes. */
export interface FakeAttempt {
  readonly run: TaskRun;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  end(outcome: Outcome): void;
}

export interface FakeBackend extends Backend {
  readonly attempts: FakeAttempt[];
  readonly forgotten: string[];
  availability: Availability;
  /** What is told to end goes on until the test ends it. */
  isPatient?: boolean;
  /** What it was told, as "pause 1.1" and "resume 1.1"; only of backends whose work has effects. */
  readonly signals: string[];
  /** Why it can neither stop work where it stands nor let it go on. */
  problem?: string;
  /** What find answers for "task.attempt"; nothing means never started. */
  readonly found: Map<string, (attempt: FakeAttempt) => Found>;
  /** Whether its worker is warm; only of models and applications. */
  warm: boolean;
  /** Whether the worker that an attempt gets is warm, where it says so before the work begins. */
  finds?: boolean;
  /** Resolves when `count` attempts have been started in all. */
  started(count: number): Promise<FakeAttempt>;
}

export const createFakeBackend = (name: Backend['name'], isRepeatable = false): FakeBackend => {
  const attempts: FakeAttempt[] = [];
  const forgotten: string[] = [];
  const waiters: { count: number; resolve: (attempt: FakeAttempt) => void }[] = [];
  const signals: string[] = [];
  const found: FakeBackend['found'] = new Map();
  const signal = (what: string) => (run: TaskRun) => {
    signals.push(`${what} ${run.task}.${run.attempt}`);
    return Promise.resolve(backend.problem);
  };

  const attempt = (run: TaskRun, sink: Sink, signal: AbortSignal): { attempt: FakeAttempt; outcome: Promise<Outcome> } => {
    let end: (outcome: Outcome) => void = () => {};
    const outcome = new Promise<Outcome>((resolve) => (end = resolve));
    const stop = (): void => {
      if (signal.reason === 'detach') end({ kind: 'detached' });
      else if (!backend.isPatient) end({ kind: 'stopped' });
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    return { attempt: { run, sink, signal, end }, outcome };
  };
  const backend: FakeBackend = {
    name,
    isRepeatable,
    attempts,
    forgotten,
    availability: { kind: 'ready' },
    signals,
    ...(!isRepeatable && { pause: signal('pause'), resume: signal('resume') }),
    found,
    warm: false,
    ...(name === 'onnx' && { keepsWarm: () => backend.warm, holdWarm: () => backend.warm }),
    check: () => Promise.resolve(backend.availability),
    start(run, sink, signal) {
      const made = attempt(run, sink, signal);
      attempts.push(made.attempt);
      if (backend.finds !== undefined) sink.foundWorker(backend.finds);
      sink.running([]);
      for (const waiter of waiters.filter(({ count }) => count === attempts.length)) waiter.resolve(made.attempt);
      return made.outcome;
    },
    find(run, sink, signal) {
      const made = attempt(run, sink, signal);
      const answer = found.get(`${run.task}.${run.attempt}`)?.(made.attempt) ?? { kind: 'never-started' as const };
      return Promise.resolve(answer.kind === 'running' ? { kind: 'running', outcome: made.outcome } : answer);
    },
    join: (chunks) =>
      Promise.resolve({
        result: { kind: 'labels', items: chunks.flatMap(({ result }) => (result.kind === 'labels' ? result.items : [])) },
        artifacts: [],
      }),
    forget: (run) => Promise.resolve(void forgotten.push(`${run.task}.${run.attempt}`)),
    started: (count) => {
      const there = attempts[count - 1];
      return there ? Promise.resolve(there) : new Promise((resolve) => waiters.push({ count, resolve }));
    },
  };
  return backend;
};

type Weigh = ReturnType<Parts['onnx']>['weighModel'];

/** A sampler whose reports the test makes. */
export interface FakeSampler extends Sampler {
  report(report: SamplerReport): void;
  /** Whether lists of processes are wanted every second. */
  readonly isWatched: boolean;
}

/** `first` is what the first look at the devices has found. */
export const createFakeSampler = (...first: FoundDevice[]): FakeSampler => {
  const reports = createEmitter<SamplerReport>();
  const found: SamplerReport = { kind: 'devices', probe: 'fake', devices: first };
  let isWatched = false;
  return {
    looked: Promise.resolve(),
    onReport(listener) {
      listener(found);
      // Each device has been measured, and tells nothing of itself.
      listener({ kind: 'readings', at: Date.now(), readings: first.map(({ key }) => [key, {}]) });
      reports.subscribe(listener);
    },
    watchProcesses: (isNowWatched) => void (isWatched = isNowWatched),
    report: reports.emit,
    get isWatched() {
      return isWatched;
    },
  };
};

export interface TestCore {
  readonly core: Core;
  readonly client: RouterClient<CallRouter>;
  readonly command: FakeBackend;
  readonly docker: FakeBackend;
  readonly onnx: FakeBackend;
  readonly sampler: FakeSampler;
  readonly dataFolder: string;
  /** What other programs use. */
  readonly machine: { usedBytes: number };
  readonly bugs: unknown[];
  submit(...requests: Partial<JobRequest>[]): Promise<number[]>;
  /** The job once it has ended. */
  ended(id: number): Promise<JobDetail>;
  /** Ends the core and leaves the folder. */
  close(): Promise<void>;
}

export const openTestCore = async (
  given: {
    dataFolder?: string;
    command?: FakeBackend;
    docker?: FakeBackend;
    cores?: number;
    usedBytes?: number;
    sampler?: FakeSampler;
    now?: () => number;
    manifests?: Parts['manifests'];
    measureDevice?: Measurer;
    weighModel?: Weigh;
  } = {},
): Promise<TestCore> => {
  const dataFolder = given.dataFolder ?? mkdtempSync(join(tmpdir(), 'switchyard-core-'));
  const command = given.command ?? createFakeBackend('command');
  const docker = given.docker ?? createFakeBackend('docker');
  const onnx = createFakeBackend('onnx', true);
  const sampler = given.sampler ?? createFakeSampler();
  const machine = { usedBytes: given.usedBytes ?? gigabyte };
  const bugs: unknown[] = [];
  const core = await createCore({
    host: testHost(dataFolder, given.now ?? Date.now),
    shell: {
      open: () => ({ address: 'http://test/', redirectFile: '' }),
      token: () => ({ token: 'test', address: 'http://test/' }),
      end: () => {},
    },
    parts: fakeParts({
      command,
      docker,
      onnx,
      machine,
      sampler,
      cores: given.cores ?? 2,
      measureDevice: given.measureDevice,
      weighModel: given.weighModel,
      manifests: given.manifests ?? [],
    }),
    onBug: (error) => void bugs.push(error),
  });
  if (!core) throw new Error(`another core has ${dataFolder}`);
  const client = createRouterClient(core.router, { context: {} });
  return {
    core,
    client,
    command,
    docker,
    onnx,
    sampler,
    dataFolder,
    machine,
    bugs,
    submit: async (...requests) => {
      const jobs = requests.map((request) => ({ ...usual(request), ...request }) as JobRequest);
      return (await client.jobs.submit({ jobs })).ids;
    },
    ended: (id) => client.jobs.wait({ id }),
    close: () => core.lifetime.dispose(),
  };
};

/** A command unless a test says otherwise, in its folder where that means something. */
const usual = ({ runtime = 'command' }: Partial<JobRequest>): Partial<JobRequest> => {
  if (runtime === 'command') return { runtime, command: ['true'], folder: tmpdir() };
  return runtime === 'container' ? { runtime, command: ['true'] } : {};
};

export const removeFolder = (test: TestCore): Promise<void> => rm(test.dataFolder, { recursive: true, force: true });

const testHost = (dataFolder: string, now: () => number): Host => ({
  shell: 'headless',
  version: '0.0.0',
  dataFolder,
  entriesFolder: join(import.meta.dirname, '..'),
  resourcesFolder: join(import.meta.dirname, '..', '..', 'resources'),
  canWrapWorkers: false,
  spawnWorker: () => Promise.reject(new Error('these tests start no workers')),
  now,
});

const fakeParts = (given: {
  command: FakeBackend;
  docker: FakeBackend;
  onnx: FakeBackend;
  machine: { usedBytes: number };
  sampler: Sampler;
  cores: number;
  manifests: Parts['manifests'];
  measureDevice: Measurer | undefined;
  weighModel: Weigh | undefined;
}): Parts => {
  const memory = () => ({ memoryTotalBytes: 16 * gigabyte, memoryUsedBytes: given.machine.usedBytes });
  return {
    probe: () => ({
      discover: () =>
        Promise.resolve([
          { id: 'cpu', kind: 'cpu' as const, name: 'Test CPU', cores: given.cores, memoryTotalBytes: 16 * gigabyte, providers: ['cpu'] },
        ]),
      sample: () => ({ at: Date.now(), ...memory() }),
      memory,
    }),
    sampler: () => given.sampler,
    onnx: () => ({
      ...given.onnx,
      inspectModel: () => Promise.reject(new Error('not here')),
      proveProviders: () => Promise.resolve([]),
      measureDevice: given.measureDevice ?? (() => Promise.reject(new Error('not here'))),
      weighModel: given.weighModel ?? (() => Promise.resolve(undefined)),
      dispose: () => Promise.resolve(),
    }),
    backends: () => [given.command, given.docker, createProcessBackend({ followMs: 20, graceMs: 500 })],
    manifests: given.manifests,
  };
};
