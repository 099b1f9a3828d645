import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  conformanceRun,
  describeBackend,
  recordingSink,
  startAndDetach,
  until,
} from '../../electron/core/infrastructure/backends/conformance.ts';
import { createDockerBackend } from '../../electron/core/infrastructure/backends/docker/docker-backend.ts';
import { createDockerLink } from '../../electron/core/infrastructure/backends/docker/docker-link.ts';
import { dataHashOf } from '../../electron/core/infrastructure/backends/docker/container-settings.ts';
import type { Backend, Outcome, TaskRun } from '../../electron/core/ports.ts';
import { JobSpec } from '../../shared/model/job.ts';
import { busyboxImage, dockerEngine } from './docker.ts';

const engine = await dockerEngine();
const socketPath = 'socket' in engine ? engine.socket : '';
const mib = 1024 * 1024;

type ContainerSpec = Extract<JobSpec, { runtime: 'container' }>;
const container = (changes: Partial<ContainerSpec>): JobSpec => JobSpec.parse({ runtime: 'container', image: busyboxImage, ...changes });
const script = (text: string, changes: Partial<ContainerSpec> = {}): JobSpec => container({ command: ['sh', '-c', text], ...changes });

const never = (): AbortSignal => new AbortController().signal;
const reasonOf = (outcome: Outcome): unknown => ('reason' in outcome ? outcome.reason : outcome);

describe.skipIf('skip' in engine)('containers in a real Docker', () => {
  let folder: string;
  let docker: Docker;
  const make = (changes: { socketPath?: string; giveUpMs?: number } = {}): Backend =>
    createDockerBackend({ dataFolder: folder, socketPath, graceSeconds: 1, retryMs: 20, ...changes });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-backend-'));
    docker = new Docker({ socketPath });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const runOf = async (spec: JobSpec, changes: Partial<TaskRun> = {}): Promise<TaskRun> =>
    conformanceRun(spec, await mkdtemp(join(folder, 'a place 🚂 ')), changes);

  /** Starts and waits. */
  const complete = async (run: TaskRun): Promise<{ outcome: Outcome; log: string }> => {
    const backend = make();
    const outcome = await backend.start(run, recordingSink(), never());
    const log = await readFile(run.logFile, 'utf8').catch(() => '');
    return { outcome, log };
  };

  describeBackend('docker', {
    make: async () => createDockerBackend({ dataFolder: folder, socketPath, graceSeconds: 1 }),
    specs: {
      success: async () => script('exit 0'),
      failure: async () => script('exit 3'),
      failureExitCode: 3,
      long: async () => script('sleep 100 & sleep 100'),
      gated: async (at) => script('until [ -e /in/work/gate ]; do sleep 0.05; done', { inputs: [{ path: await workFolder(at) }] }),
      beats: { spec: async () => script('while sleep 0.02; do echo >>/out/beats; done'), file: 'attempt/out/beats' },
      output: async () => script('mkdir "/out/deep"; echo hello >"/out/deep/a b.txt"'),
      log: { spec: async () => script('echo to out; echo to out too'), words: 'to out\nto out too\n' },
    },
  });

  /** The gate is made in the work's own folder, which must be an input under a known name. */
  const workFolder = async (at: string): Promise<string> => {
    const link = join(await mkdtemp(join(folder, 'input-')), 'work');
    await symlink(at, link);
    return link;
  };

  test('one attempt that is started twice runs once, and both learn how it went', async () => {
    const run = await runOf(script('echo ran >>/out/ran; sleep 0.3'));
    const start = (): Promise<Outcome> => make().start(run, recordingSink(), never());
    const outcomes = await Promise.all([start(), start()]);
    outcomes.push(await start());
    expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(await readFile(join(run.folder, 'out', 'ran'), 'utf8')).toBe('ran\n');
    await make().forget(run);
  });

  test('a container has no network, no rights, an init process, and its inputs read-only', async () => {
    const input = join(folder, 'an input 🚂: with "odd", name');
    await writeFile(input, 'given');
    const run = await runOf(
      script(
        'ls /sys/class/net; grep -E "CapEff|NoNewPrivs" /proc/self/status; cat /proc/1/comm; cat /in/*; echo x 2>&1 >"/in/an input 🚂: with \\"odd\\", name"; echo "$MODEL $SWITCHYARD_JOB $OMP_NUM_THREADS"',
        { inputs: [{ path: input }], environment: { MODEL: 'a=b "c"' } },
      ),
    );
    const { outcome, log } = await complete(run);
    expect(outcome.kind).toBe('succeeded');
    const lines = log.replaceAll('\t', ' ').split('\n');
    expect(lines.slice(0, 4)).toEqual(['lo', 'CapEff: 0000000000000000', 'NoNewPrivs: 1', 'docker-init']);
    expect(log).toContain('given');
    expect(log).toContain('Read-only file system');
    expect(log).toContain('a=b "c" 1 1');
    expect(await readFile(input, 'utf8')).toBe('given');
    await make().forget(run);
  });

  test('cores, memory and the number of processes are limits, and both labels are there', async () => {
    const run = await runOf(script('sleep 100', { processLimit: 17 }), {
      placement: { device: 'cpu-0', deviceName: 'Test CPU', cores: 0.5, memoryBytes: 64 * mib },
    });
    const backend = make();
    await startAndDetach(backend, run);
    const [found] = await docker.listContainers({ filters: { label: [`switchyard.task=${run.task}.1`] } });
    const { HostConfig, Config } = await docker.getContainer(found?.Id ?? '').inspect();
    expect(HostConfig).toMatchObject({ NanoCpus: 500_000_000, Memory: 64 * mib, MemorySwap: 64 * mib, PidsLimit: 17 });
    expect(Config.Labels['switchyard.data']).toMatch(/^[0-9a-f]{12}$/);
    await backend.forget(run);
    expect(await docker.listContainers({ all: true, filters: { label: [`switchyard.task=${run.task}.1`] } })).toEqual([]);
  });

  test('the memory limit that the user asked for wins over what was granted, and passing it is told apart', async () => {
    const run = await runOf(script('exec tail /dev/zero'), { memoryLimitBytes: 16 * mib });
    const { outcome } = await complete(run);
    expect(outcome).toMatchObject({
      kind: 'out-of-memory',
      exitCode: 137,
      reason: { code: 'memory-limit', values: { limitBytes: 16 * mib } },
    });
    await make().forget(run);
  });

  test('a child that was killed at the limit is told even when the container ends with 0', async () => {
    const run = await runOf(script('tail /dev/zero; echo "child: $?"; exit 0'), { memoryLimitBytes: 16 * mib });
    const { outcome, log } = await complete(run);
    expect(log).toContain('child: 137');
    expect(outcome).toMatchObject({
      kind: 'out-of-memory',
      reason: { code: 'memory-limit-child', values: { limitBytes: 16 * mib, exitCode: 0 } },
    });
    await make().forget(run);
  });

  test('an image whose user has no rights can leave results too', async () => {
    const run = await runOf(script('id -u; echo 1 >/out/result.json', { image: `${busyboxImage}:nobody` }));
    const { outcome, log } = await complete(run);
    expect(log).toBe('65534\n');
    expect(outcome).toMatchObject({ kind: 'succeeded', artifacts: [{ name: 'result.json', mediaType: 'application/json' }] });
    await make().forget(run);
    await expect(stat(run.folder)).rejects.toThrow('ENOENT');
  });

  test('a program that ignores SIGTERM is killed after the grace', async () => {
    const run = await runOf(script('trap "" TERM; sleep 100; sleep 100'));
    const sink = recordingSink();
    const abort = new AbortController();
    const outcome = make().start(run, sink, abort.signal);
    const [pid = 0] = await sink.whenRunning;
    expect(pid).toBeGreaterThan(0);
    abort.abort('cancel');
    expect(await outcome).toEqual({ kind: 'stopped' });
    expect(await stat(`/proc/${pid}`).catch(() => 'gone')).toBe('gone');
    await make().forget(run);
  });

  test('a core that was away writes the whole log once, after what stood there before', async () => {
    const input = await mkdtemp(join(folder, 'gate-'));
    await chmod(input, 0o755);
    const run = await runOf(script('echo one; until [ -e /in/*/gate ]; do sleep 0.05; done; echo two', { inputs: [{ path: input }] }));
    await writeFile(run.logFile, 'an earlier attempt\n');
    await startAndDetach(make(), run);
    const found = await make().find(run, recordingSink(), never());
    await writeFile(join(input, 'gate'), '');
    if (found.kind !== 'running') throw new Error(`found ${found.kind}`);
    expect((await found.outcome).kind).toBe('succeeded');
    expect(await readFile(run.logFile, 'utf8')).toBe('an earlier attempt\none\ntwo\n');
    await make().forget(run);
  });

  describe('what Docker or the machine refuses', () => {
    test('an image that is not there', async () => {
      const run = await runOf(container({ image: 'switchyard-test/no-such-image' }));
      expect(reasonOf((await complete(run)).outcome)).toEqual({
        code: 'image-missing',
        values: { image: 'switchyard-test/no-such-image' },
      });
    });

    test('a memory limit below what Docker takes, and an image name that is none', async () => {
      const run = await runOf(script('true'), { memoryLimitBytes: 1024 });
      expect(reasonOf((await complete(run)).outcome)).toMatchObject({ code: 'container-refused', values: { image: busyboxImage } });
      const odd = await runOf(container({ image: 'NOT an image 🚂' }));
      expect(reasonOf((await complete(odd)).outcome)).toMatchObject({ code: 'container-refused' });
    });

    test('an input that is not there, and two inputs of one name', async () => {
      const missing = await runOf(container({ inputs: [{ path: '/no/such/file' }] }));
      expect(reasonOf((await complete(missing)).outcome)).toEqual({ code: 'file-missing', values: { path: '/no/such/file' } });
      const first = join(folder, 'first', 'same');
      const second = join(folder, 'second', 'same');
      for (const path of [first, second]) {
        await mkdir(join(path, '..'), { recursive: true });
        await writeFile(path, '');
      }
      const twice = await runOf(container({ inputs: [{ path: first }, { path: second }] }));
      expect(reasonOf((await complete(twice)).outcome)).toMatchObject({ code: 'container-refused' });
    });

    test('a program that is not in the image says so in the log', async () => {
      const run = await runOf(container({ command: ['no-such-program'] }));
      const { outcome, log } = await complete(run);
      expect(outcome).toMatchObject({ kind: 'failed', exitCode: 127 });
      expect(log).toContain('no-such-program');
      await make().forget(run);
    });
  });

  describe('when Docker does not answer', () => {
    test.each([
      ['nothing is there', async (at: string) => at, 'is not installed or not started.'],
      [
        'a plain file is there',
        async (at: string) => {
          await writeFile(at, '');
          return at;
        },
        'Docker is not started.',
      ],
    ])('%s: it is unavailable, with a reason', async (_what, prepare, words) => {
      const backend = make({ socketPath: await prepare(join(await mkdtemp(join(folder, 's-')), 'd.sock')) });
      const availability = await backend.check(never());
      expect(availability).toMatchObject({ kind: 'unavailable' });
      expect('detail' in availability && availability.detail).toContain(words);
      const run = await runOf(script('true'));
      expect(reasonOf(await backend.start(run, recordingSink(), never()))).toMatchObject({ code: 'docker-unavailable' });
    });

    test('a container outlives a broken line: its end and its log are whole', async () => {
      const link = await cuttableLink(join(await mkdtemp(join(folder, 's-')), 'd.sock'), socketPath);
      const run = await runOf(script('echo one; sleep 0.5; echo two'));
      const sink = recordingSink();
      const outcome = make({ socketPath: link.path }).start(run, sink, never());
      await sink.whenRunning;
      await link.cut();
      await link.mend();
      expect((await outcome).kind).toBe('succeeded');
      expect(await readFile(run.logFile, 'utf8')).toBe('one\ntwo\n');
      await link.cut();
      await make().forget(run);
    });

    test('a container of an earlier core is taken as running until Docker answers and tells how it ended', async () => {
      const link = await cuttableLink(join(await mkdtemp(join(folder, 's-')), 'd.sock'), socketPath);
      const run = await runOf(script('echo one; exit 4'));
      await startAndDetach(make(), run);
      await link.cut();
      const found = await make({ socketPath: link.path }).find(run, recordingSink(), never());
      if (found.kind !== 'running') throw new Error(`found ${found.kind}`);
      await link.mend();
      expect(await found.outcome).toMatchObject({ kind: 'failed', exitCode: 4 });
      expect(await readFile(run.logFile, 'utf8')).toBe('one\n');
      await link.cut();
      await make().forget(run);
    });

    test('a cancel that Docker never hears of ends as lost, and the container is removed once it answers', async () => {
      const link = await cuttableLink(join(await mkdtemp(join(folder, 's-')), 'd.sock'), socketPath);
      const run = await runOf(script('sleep 100'));
      const backend = make({ socketPath: link.path, giveUpMs: 100 });
      const abort = new AbortController();
      const sink = recordingSink();
      const outcome = backend.start(run, sink, abort.signal);
      await sink.whenRunning;
      await link.cut();
      abort.abort('cancel');
      expect(await outcome).toEqual({ kind: 'lost' });
      await backend.forget(run);
      await link.mend();
      expect(await backend.check(never())).toEqual({ kind: 'ready' });
      expect(await docker.listContainers({ all: true, filters: { label: [`switchyard.task=${run.task}.1`] } })).toEqual([]);
      await link.cut();
    });
  });

  test('a container that somebody removed is unknown', async () => {
    const run = await runOf(script('sleep 100'));
    await startAndDetach(make(), run);
    const [found] = await docker.listContainers({ filters: { label: [`switchyard.task=${run.task}.1`] } });
    await docker.getContainer(found?.Id ?? '').remove({ force: true });
    expect(await make().find(run, recordingSink(), never())).toEqual({ kind: 'unknown' });
    await make().forget(run);
  });

  test('a container that no open attempt asks for is removed some time after the first contact', async () => {
    const dataHash = dataHashOf(join(folder, 'another data folder'));
    const leave = async (name: string): Promise<string> => {
      const settings = {
        name: `switchyard-${dataHash}-${name}`,
        Image: busyboxImage,
        Cmd: ['true'],
        Labels: { 'switchyard.data': dataHash },
      };
      await docker.createContainer(settings);
      return settings.name;
    };
    const [open, left] = [await leave('open'), await leave('left')];
    const link = createDockerLink({ dataHash, socketPath, leftoverMs: 0 });
    link.claim(open);
    expect(await link.check(never())).toEqual({ kind: 'ready' });
    const names = async (): Promise<string[]> => {
      const found = await docker.listContainers({ all: true, filters: { label: [`switchyard.data=${dataHash}`] } });
      return found.map(({ Names }) => Names[0] ?? '');
    };
    await until(async () => (await names()).length === 1, `${left} is removed`);
    expect(await names()).toEqual([`/${open}`]);
    await link.remove(open);
    expect(await names()).toEqual([]);
  });

  test('another user without rights is told so', async () => {
    const probe = join(folder, 'probe.ts');
    const module = new URL('../../electron/core/infrastructure/backends/docker/docker-backend.ts', import.meta.url).href;
    await chmod(folder, 0o755);
    await writeFile(
      probe,
      `import { createDockerBackend } from ${JSON.stringify(module)};
const backend = createDockerBackend({ dataFolder: '/tmp', socketPath: process.argv[2] });
process.stdout.write(JSON.stringify(await backend.check(new AbortController().signal)));`,
    );
    const closed = join(await mkdtemp(join(folder, 's-')), 'd.sock');
    await chmod(join(closed, '..'), 0o755);
    const link = await cuttableLink(closed, socketPath);
    await chmod(closed, 0o600);
    const child = spawn('setpriv', ['--reuid', '65534', '--clear-groups', process.execPath, probe, closed]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    expect(JSON.parse(said)).toEqual({
      kind: 'unavailable',
      detail: `This user may not use ${closed}; members of the group docker may.`,
    });
    await link.cut();
  });
});

/** A socket that passes everything on to another one, until it is cut. */
const cuttableLink = async (path: string, target: string) => {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const mend = async (): Promise<void> => {
    server = createServer((socket) => {
      const other = connect(target);
      for (const each of [socket, other]) {
        sockets.add(each);
        each.on('error', () => undefined);
        each.on('close', () => sockets.delete(each));
      }
      socket.pipe(other).pipe(socket);
    });
    await new Promise<void>((resolve) => server?.listen(path, resolve));
  };
  await mend();
  return {
    path,
    mend,
    cut: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server?.close(resolve));
      await rm(path, { force: true });
    },
  };
};
