import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobSpec } from '../../../../shared/model/job.ts';
import type { Backend, Outcome, Sink, StopReason, TaskRun } from '../../ports.ts';

/** Work for one backend. Each is called with a folder of its own on this machine, for side effects and inputs. */
export interface ConformanceSpecs {
  readonly success: (folder: string) => Promise<JobSpec>;
  readonly failure: (folder: string) => Promise<JobSpec>;
  /** The exit code that `failure` ends with, where the backend has such codes. */
  readonly failureExitCode?: number;
  /** Runs for at least a minute unless it is ended. */
  readonly long: (folder: string) => Promise<JobSpec>;
  /** Runs until `<folder>/gate` exists, then succeeds. Absent for backends that do not survive the core. */
  readonly gated?: (folder: string) => Promise<JobSpec>;
  /** Appends to a file of its folder every 20 ms until it is ended. Absent for backends that cannot stop work where it stands. */
  readonly beats?: { readonly spec: (folder: string) => Promise<JobSpec>; readonly file: string };
  /** Appends one line to `<folder>/ran` each time it runs. Absent where work has no side effects. */
  readonly countsRuns?: (folder: string) => Promise<JobSpec>;
  /** Leaves at least one result file. */
  readonly output: (folder: string) => Promise<JobSpec>;
  /** Writes these words to its log. Absent where work has no log. */
  readonly log?: { readonly spec: (folder: string) => Promise<JobSpec>; readonly words: string };
}

export interface ConformanceOptions {
  /** A fresh backend, as a newly started core would make it. */
  readonly make: () => Promise<Backend>;
  readonly specs: ConformanceSpecs;
  /** Folder for the attempts; a container engine needs one that it can see. */
  readonly parent?: string;
}

/** What every backend promises to the executor. */
export const describeBackend = (name: string, { make, specs, parent = tmpdir() }: ConformanceOptions): void => {
  describe(`${name} keeps the promises of a backend`, () => {
    let folder: string;
    let backend: Backend;

    beforeAll(async () => {
      folder = await mkdtemp(join(parent, 'conformance-'));
      backend = await make();
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const prepare = async (makeSpec: (folder: string) => Promise<JobSpec>): Promise<{ run: TaskRun; workFolder: string }> => {
      const place = await mkdtemp(join(folder, 'work-'));
      return { run: conformanceRun(await makeSpec(place), place), workFolder: place };
    };

    test('it is ready', async () => {
      expect(await backend.check(new AbortController().signal)).toEqual({ kind: 'ready' });
    });

    test('work that succeeds ends as succeeded and says where it ran', async () => {
      const { run } = await prepare(specs.success);
      const sink = recordingSink();
      const outcome = await backend.start(run, sink, new AbortController().signal);
      expect(outcome).toMatchObject({ kind: 'succeeded', ranOn: { device: 'cpu-0', deviceName: 'Test CPU', cores: 1 } });
      expect(sink.runningCalls).toBe(1);
      await backend.forget(run);
    });

    test('work that fails ends as failed with its reason', async () => {
      const { run } = await prepare(specs.failure);
      const outcome = await backend.start(run, recordingSink(), new AbortController().signal);
      expect(outcome).toMatchObject({ kind: 'failed' });
      if (specs.failureExitCode !== undefined) {
        const exitCode = specs.failureExitCode;
        expect(outcome).toMatchObject({ reason: { code: 'exit-code', values: { exitCode } }, exitCode });
      }
      await backend.forget(run);
    });

    test.each<StopReason>(['cancel', 'time-limit', 'memory-limit', 'preempt'])(
      '%s ends every process and then resolves stopped',
      async (reason) => {
        const { run } = await prepare(specs.long);
        const sink = recordingSink();
        const abort = new AbortController();
        const outcome = backend.start(run, sink, abort.signal);
        const roots = await sink.whenRunning;
        abort.abort(reason);
        expect(await outcome).toEqual({ kind: 'stopped' });
        for (const root of roots) expect(await isRunning(root)).toBe(false);
        await backend.forget(run);
      },
    );

    test('work whose signal has already aborted is not begun', async () => {
      const { run } = await prepare(specs.long);
      expect(await backend.start(run, recordingSink(), AbortSignal.abort('cancel'))).toEqual({ kind: 'stopped' });
    });

    test('result files are handed over', async () => {
      const { run } = await prepare(specs.output);
      const outcome = await backend.start(run, recordingSink(), new AbortController().signal);
      expect(outcome.kind).toBe('succeeded');
      expect(artifactsOf(outcome).length).toBeGreaterThan(0);
      for (const artifact of artifactsOf(outcome)) {
        expect(artifact.name).not.toMatch(/^\/|\\/);
        const bytes = 'path' in artifact ? await readFile(artifact.path) : artifact.bytes;
        expect(bytes.length).toBeGreaterThan(0);
      }
      await backend.forget(run);
    });

    test('an attempt that nobody started is found as never started', async () => {
      const { run } = await prepare(specs.success);
      expect(await backend.find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'never-started' });
    });

    test('an attempt found as never started can be started', async () => {
      const { run } = await prepare(specs.success);
      await backend.find(run, recordingSink(), new AbortController().signal);
      expect((await backend.start(run, recordingSink(), new AbortController().signal)).kind).toBe('succeeded');
      await backend.forget(run);
    });

    const { log, gated, beats, countsRuns } = specs;

    if (log)
      test('what the work says is in the log', async () => {
        if (!log) return;
        const { run } = await prepare(log.spec);
        await backend.start(run, recordingSink(), new AbortController().signal);
        expect(await readFile(run.logFile, 'utf8')).toContain(log.words);
        await backend.forget(run);
      });

    if (gated)
      test('a core that lets go finds its work running, and later ended', async () => {
        if (!gated) return;
        const { run, workFolder } = await prepare(gated);
        await startAndDetach(backend, run);

        const second = await make();
        const sink = recordingSink();
        const found = await second.find(run, sink, new AbortController().signal);
        if (found.kind !== 'running') throw new Error(`found ${found.kind}`);
        await sink.whenRunning;
        expect(sink.runningCalls).toBe(1);
        await writeFile(join(workFolder, 'gate'), '');
        expect((await found.outcome).kind).toBe('succeeded');

        const third = await make();
        const ended = await third.find(run, recordingSink(), new AbortController().signal);
        expect(ended).toMatchObject({ kind: 'ended', outcome: { kind: 'succeeded' } });

        await third.forget(run);
        expect(await third.find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'never-started' });
      });

    if (gated)
      test('work that was found can be let go again, and cancelled', async () => {
        if (!gated) return;
        const { run } = await prepare(gated);
        await startAndDetach(backend, run);

        const letGo = new AbortController();
        const found = await backend.find(run, recordingSink(), letGo.signal);
        if (found.kind !== 'running') throw new Error(`found ${found.kind}`);
        letGo.abort('detach');
        expect(await found.outcome).toEqual({ kind: 'detached' });

        const cancel = new AbortController();
        const again = await backend.find(run, recordingSink(), cancel.signal);
        if (again.kind !== 'running') throw new Error(`found ${again.kind}`);
        cancel.abort('cancel');
        expect(await again.outcome).toEqual({ kind: 'stopped' });
        await backend.forget(run);
      });

    if (beats)
      test('work that is paused stands still, across cores too, and goes on where it was', async () => {
        if (!beats) return;
        const { run, workFolder } = await prepare(beats.spec);
        const file = join(workFolder, beats.file);
        const size = async (): Promise<number> => (await readFile(file).catch(() => Buffer.alloc(0))).length;
        const beatsAgain = async (): Promise<void> => {
          const before = await size();
          await until(async () => (await size()) > before, 'it goes on');
        };
        await startAndDetach(backend, run);
        await beatsAgain();

        const second = await make();
        const cancel = new AbortController();
        const found = await second.find(run, recordingSink(), cancel.signal);
        if (found.kind !== 'running') throw new Error(`found ${found.kind}`);
        expect(await second.pause?.(run)).toBeUndefined();
        expect(await second.pause?.(run)).toBeUndefined();
        const before = await size();
        // One that was not stopped would have gone on long before.
        await delay(400);
        expect(await size()).toBe(before);
        expect(await (await make()).find(run, recordingSink(), AbortSignal.abort('detach'))).toMatchObject({ kind: 'running' });

        expect(await second.resume?.(run)).toBeUndefined();
        await beatsAgain();
        expect(await second.pause?.(run)).toBeUndefined();
        // The end does not wait for somebody to resume it.
        cancel.abort('cancel');
        expect(await found.outcome).toEqual({ kind: 'stopped' });
        expect(await second.pause?.(run)).toBeUndefined();
        await second.forget(run);
      });

    if (countsRuns)
      test('one attempt that is started twice runs once, and both learn how it went', async () => {
        if (!countsRuns) return;
        const { run, workFolder } = await prepare(countsRuns);
        const start = async (): Promise<Outcome> => (await make()).start(run, recordingSink(), new AbortController().signal);
        const outcomes = await Promise.all([start(), start()]);
        outcomes.push(await start());
        expect(outcomes.map((outcome) => outcome.kind)).toEqual(['succeeded', 'succeeded', 'succeeded']);
        expect((await readFile(join(workFolder, 'ran'), 'utf8')).trim().split('\n')).toHaveLength(1);
        await backend.forget(run);
      });
  });
};

let lastTask = 0;

/** An attempt at some work, with all its places below one folder. */
export const conformanceRun = (spec: JobSpec, place: string, changes: Partial<TaskRun> = {}): TaskRun => ({
  task: `conformance-${process.pid}-${(lastTask += 1)}`,
  attempt: 1,
  jobId: 1,
  spec,
  placement: { device: 'cpu-0', deviceName: 'Test CPU', cores: 1, memoryBytes: 256 * 1024 * 1024 },
  folder: join(place, 'attempt'),
  logFile: join(place, 'log'),
  resolve: (file) => {
    if ('path' in file) return { path: file.path, name: file.path.split('/').at(-1) ?? '' };
    throw new Error('no uploaded files here');
  },
  ...changes,
});

export interface RecordingSink extends Sink {
  readonly runningCalls: number;
  readonly whenRunning: Promise<readonly number[]>;
}

export const recordingSink = (): RecordingSink => {
  const { promise, resolve } = Promise.withResolvers<readonly number[]>();
  let calls = 0;
  return {
    get runningCalls() {
      return calls;
    },
    whenRunning: promise,
    foundWorker: () => undefined,
    running: (roots) => {
      calls += 1;
      resolve(roots);
    },
    progress: () => undefined,
  };
};

/** Leaves work running behind, as a core that closes does. */
export const startAndDetach = async (backend: Backend, run: TaskRun): Promise<void> => {
  const abort = new AbortController();
  const sink = recordingSink();
  const outcome = backend.start(run, sink, abort.signal);
  await Promise.race([sink.whenRunning, outcome]);
  abort.abort('detach');
  expect(await outcome).toEqual({ kind: 'detached' });
};

const artifactsOf = (outcome: Outcome) => ('artifacts' in outcome ? (outcome.artifacts ?? []) : []);

/** Zombies count as ended: only their parent, or the system's first process, can remove them. */
const isRunning = async (pid: number): Promise<boolean> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
};

/** Waits for something that a real process does in its own time. */
export const until = async (isSo: () => Promise<boolean> | boolean, what: string): Promise<void> => {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await delay(20);
  }
};
