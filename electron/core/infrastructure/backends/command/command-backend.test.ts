import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JobSpec } from '../../../../../shared/model/job.ts';
import { isGroupAlive } from '../../../lib/end-tree.ts';
import type { Outcome, TaskRun } from '../../../ports.ts';
import { conformanceRun, describeBackend, recordingSink, startAndDetach, until } from '../conformance.ts';
import { stateFileOf } from './attempt-state.ts';
import { createCommandBackend } from './command-backend.ts';
import { testLauncher } from './test-launcher.ts';
import { wrapperArguments } from './wrapper.ts';

const make = () => createCommandBackend({ launcher: testLauncher, graceMs: 300, followMs: 20 });
const shell = (folder: string, script: string): JobSpec => JobSpec.parse({ runtime: 'command', command: ['sh', '-c', script], folder });

describeBackend('command', {
  make: async () => make(),
  specs: {
    success: async (folder) => shell(folder, 'exit 0'),
    failure: async (folder) => shell(folder, 'exit 3'),
    failureExitCode: 3,
    long: async (folder) => shell(folder, 'sleep 100 & sleep 100'),
    gated: async (folder) => shell(folder, 'until [ -e gate ]; do sleep 0.02; done'),
    // One of its processes has a session of its own, as what daemons start has.
    beats: {
      spec: async (folder) =>
        shell(folder, 'setsid sh -c "while sleep 0.02; do echo >>beats; done" & while sleep 0.02; do echo >>beats; done'),
      file: 'beats',
    },
    countsRuns: async (folder) => shell(folder, 'echo ran >>ran; sleep 0.1'),
    output: async (folder) => shell(folder, 'mkdir "$SWITCHYARD_OUTPUT/deep"; echo hello >"$SWITCHYARD_OUTPUT/deep/a b.txt"'),
    log: { spec: async (folder) => shell(folder, 'echo to out; echo to err >&2'), words: 'to out\nto err\n' },
  },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-backend-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const place = (): Promise<string> => mkdtemp(join(folder, 'a place 🚂 '));
const runOf = async (spec: Partial<Extract<JobSpec, { runtime: 'command' }>>, changes: Partial<TaskRun> = {}): Promise<TaskRun> => {
  const at = await place();
  return conformanceRun(JobSpec.parse({ runtime: 'command', folder: at, command: ['true'], ...spec }), at, changes);
};
const startRun = (run: TaskRun): Promise<Outcome> => make().start(run, recordingSink(), new AbortController().signal);
const reasonOf = (outcome: Outcome): unknown => ('reason' in outcome ? outcome.reason : outcome);
/** Whether the wrapper's child has become the program: until then it is a copy of the wrapper, which may pass over a signal as that does. */
const runsBelow = async (wrapper: number, program: string): Promise<boolean> => {
  const child = (await readFile(`/proc/${wrapper}/task/${wrapper}/children`, 'utf8')).trim();
  const words = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
  return words.startsWith(`${program}\0`);
};

describe('what a command is given', () => {
  test('its arguments arrive as they are, whatever they hold', async () => {
    const odd = ['', ' ', 'a b', '"\'`$(exit 9)', '*', '-n', 'line\nbreak', '🚂', 'x'.repeat(100_000)];
    const run = await runOf({ command: ['printf', '%s|', ...odd] });
    expect(await startRun(run)).toMatchObject({ kind: 'succeeded', exitCode: 0 });
    expect(await readFile(run.logFile, 'utf8')).toBe(odd.map((text) => `${text}|`).join(''));
  });

  test('it runs in its folder with its own variables and none of the core’s secrets', async () => {
    const run = await runOf({ command: ['sh', '-c', 'pwd; env'], environment: { MODEL: 'a=b c', PATH: '/usr/bin:/bin' } });
    const backend = createCommandBackend({
      launcher: testLauncher,
      environment: { HOME: '/home/someone', LC_TIME: 'C', SECRET_TOKEN: 'x', PATH: '/nowhere' },
    });
    await backend.start(run, recordingSink(), new AbortController().signal);
    const [folderSeen, ...lines] = (await readFile(run.logFile, 'utf8')).trim().split('\n');
    expect(folderSeen).toBe('folder' in run.spec ? run.spec.folder : '');
    expect(lines.filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line)).sort()).toEqual(
      [
        // It was granted no device, so none is shown to it.
        'CUDA_DEVICE_ORDER=PCI_BUS_ID',
        'CUDA_VISIBLE_DEVICES=',
        'HIP_VISIBLE_DEVICES=-1',
        'HOME=/home/someone',
        'LC_TIME=C',
        'MKL_NUM_THREADS=1',
        'MODEL=a=b c',
        'NVIDIA_VISIBLE_DEVICES=void',
        'OMP_NUM_THREADS=1',
        'ONEAPI_DEVICE_SELECTOR=*:*;!level_zero:gpu;!opencl:gpu',
        'OPENBLAS_NUM_THREADS=1',
        'ORT_DISABLE_TELEMETRY=1',
        'PATH=/usr/bin:/bin',
        'ROCR_VISIBLE_DEVICES=-1',
        'SWITCHYARD_ATTEMPT=1',
        'SWITCHYARD_JOB=1',
        `SWITCHYARD_OUTPUT=${run.folder}`,
        `SWITCHYARD_TASK=${run.task}`,
      ].sort(),
    );
  });

  test('what it was granted is in its variables, whatever the job says itself', async () => {
    const gpu = { id: 'gpu1', kind: 'gpu' as const, name: 'GPU', vendor: 'NVIDIA', uuid: 'GPU-7', providers: [], nodes: ['/dev/nvidia1'] };
    const run = await runOf({
      command: ['sh', '-c', 'echo "$CUDA_VISIBLE_DEVICES $SWITCHYARD_DEVICES $SWITCHYARD_DEVICE_NODES $OMP_NUM_THREADS"'],
      environment: { CUDA_VISIBLE_DEVICES: '0,1,2', OMP_NUM_THREADS: '7' },
    });
    await startRun({ ...run, accelerators: [gpu], machine: [gpu] });
    expect(await readFile(run.logFile, 'utf8')).toBe('GPU-7 gpu1 /dev/nvidia1 7\n');
  });

  test.runIf(process.platform === 'linux')('it stays on the cores that it was granted, and so does its shell', async () => {
    const run = await runOf({ command: ['sh', '-c', 'cat /proc/$PPID/status /proc/self/status | grep Cpus_allowed_list'] });
    await startRun({ ...run, placement: { ...run.placement, coreIds: [0] } });
    expect(await readFile(run.logFile, 'utf8')).toBe('Cpus_allowed_list:\t0\n'.repeat(2));
  });

  test.runIf(process.platform === 'linux')('it does not run at all when it cannot be kept on its cores', async () => {
    const run = await runOf({ command: ['touch', 'ran'] });
    const outcome = await startRun({ ...run, placement: { ...run.placement, coreIds: [4095] } });
    const detail = 'it could not be kept on cores 4095; this machine may not let Switchyard use them.';
    expect(outcome).toEqual({ kind: 'failed', reason: { code: 'command-not-started', values: { command: 'touch', detail } } });
  });

  test('it reads an empty input instead of waiting for one', async () => {
    const run = await runOf({ command: ['sh', '-c', 'cat; echo done'] });
    await startRun(run);
    expect(await readFile(run.logFile, 'utf8')).toBe('done\n');
  });

  test('it holds nothing of the wrapper’s open but its log, as output and as error output', async () => {
    const run = await runOf({ command: ['sh', '-c', 'ls -l /proc/$$/fd'] });
    await startRun(run);
    const lines = (await readFile(run.logFile, 'utf8')).trim().split('\n');
    const ours = lines.filter((line) => line.includes(run.folder) || line.includes(run.logFile));
    expect(ours.map((line) => / (\d+) -> /.exec(line)?.[1])).toEqual(['1', '2']);
  });

  test('the log is appended to, so that an earlier attempt stays readable', async () => {
    const run = await runOf({ command: ['echo', 'second'] });
    await writeFile(run.logFile, 'first\n');
    await startRun(run);
    expect(await readFile(run.logFile, 'utf8')).toBe('first\nsecond\n');
  });

  test('a result that is a link is not taken', async () => {
    const run = await runOf({ command: ['sh', '-c', 'cd "$SWITCHYARD_OUTPUT"; ln -s /etc/passwd link; echo 1 >real.csv; mkfifo pipe'] });
    expect(await startRun(run)).toMatchObject({ artifacts: [{ name: 'real.csv', mediaType: 'text/csv' }] });
  });
});

describe('how a command ends', () => {
  test.each(['exit', 'export', 'eval', '.', 'cd', '-c', '--'])('%s, which a shell understands, is not a program', async (word) => {
    const outcome = await startRun(await runOf({ command: [word, '0'], environment: { PATH: '/nowhere' } }));
    expect(reasonOf(outcome)).toEqual({
      code: 'command-not-started',
      values: { command: word, detail: 'there is no such program in the folders of PATH.' },
    });
  });

  test('a death by signal is told apart from an exit code, and the code stays known', async () => {
    const outcome = await startRun(await runOf({ command: ['sh', '-c', 'kill -SEGV $$'] }));
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: 139, reason: { code: 'signal', values: { signal: 'SIGSEGV' } } });
  });

  test('a code above every signal is a code', async () => {
    expect(reasonOf(await startRun(await runOf({ command: ['sh', '-c', 'exit 255'] })))).toEqual({
      code: 'exit-code',
      values: { exitCode: 255 },
    });
  });

  test('a program that itself ends with 127 is not blamed on the system', async () => {
    expect(reasonOf(await startRun(await runOf({ command: ['sh', '-c', 'exit 127'] })))).toEqual({
      code: 'exit-code',
      values: { exitCode: 127 },
    });
  });

  test('a signal to the whole group still leaves the record that a later core needs', async () => {
    const run = await runOf({ command: ['sleep', '100'] });
    const sink = recordingSink();
    const outcome = make().start(run, sink, new AbortController().signal);
    const [pid = 0] = await sink.whenRunning;
    await until(() => runsBelow(pid, 'sleep'), 'the command runs');
    process.kill(-pid, 'SIGTERM');
    expect(reasonOf(await outcome)).toEqual({ code: 'signal', values: { signal: 'SIGTERM' } });
    expect(await make().find(run, recordingSink(), new AbortController().signal)).toMatchObject({
      kind: 'ended',
      outcome: { kind: 'failed', exitCode: 143 },
    });
  });

  test('a wrapper that is killed from outside is a signal, and what it ran is ended', async () => {
    const run = await runOf({ command: ['sleep', '100'] });
    const sink = recordingSink();
    const outcome = make().start(run, sink, new AbortController().signal);
    const [pid = 0] = await sink.whenRunning;
    await until(() => runsBelow(pid, 'sleep'), 'the command runs');
    process.kill(pid, 'SIGKILL');
    expect(reasonOf(await outcome)).toEqual({ code: 'signal', values: { signal: 'SIGKILL' } });
    expect(await isGroupAlive(pid)).toBe(false);
  });

  test('what it leaves running in the background ends with it', async () => {
    const run = await runOf({ command: ['sh', '-c', 'sleep 100 & echo started'] });
    const sink = recordingSink();
    expect((await make().start(run, sink, new AbortController().signal)).kind).toBe('succeeded');
    const [pid = 0] = await sink.whenRunning;
    expect(await isGroupAlive(pid)).toBe(false);
  });

  test('a tree that ignores SIGTERM, with a process that left the group, is killed after the grace', async () => {
    const run = await runOf({
      command: ['sh', '-c', 'trap "" TERM; setsid sh -c \'trap "" TERM; echo $$ >stray; sleep 100\' & sleep 100; sleep 100'],
    });
    const sink = recordingSink();
    const abort = new AbortController();
    const outcome = make().start(run, sink, abort.signal);
    const [pid = 0] = await sink.whenRunning;
    const at = 'folder' in run.spec ? run.spec.folder : '';
    let stray = 0;
    await until(async () => (stray = Number(await readFile(join(at, 'stray'), 'utf8').catch(() => ''))) > 0, 'the stray runs');
    abort.abort('cancel');
    expect(await outcome).toEqual({ kind: 'stopped' });
    expect(await isGroupAlive(pid)).toBe(false);
    expect(await isGroupAlive(stray)).toBe(false);
  });
});

describe('why a command cannot be started', () => {
  const reasonFor = async (spec: Partial<Extract<JobSpec, { runtime: 'command' }>>): Promise<unknown> =>
    reasonOf(await startRun(await runOf(spec)));
  const notStarted = (command: string, detail: string): unknown => ({ code: 'command-not-started', values: { command, detail } });

  test('a program that is not there', async () => {
    expect(await reasonFor({ command: ['no-such-program'] })).toEqual(
      notStarted('no-such-program', 'there is no such program in the folders of PATH.'),
    );
    expect(await reasonFor({ command: ['./nothing 🚂'] })).toEqual(notStarted('./nothing 🚂', 'there is no such file.'));
    expect(await reasonFor({ command: [''] })).toEqual(notStarted('""', 'the name of the program is empty.'));
  });

  test('a file that may not be run, and a folder', async () => {
    const file = join(folder, 'plain');
    await writeFile(file, 'exit 0\n');
    expect(await reasonFor({ command: [file] })).toEqual(notStarted(file, 'it may not be run. Check its permissions.'));
    expect(await reasonFor({ command: [folder] })).toEqual(notStarted(folder, 'it is a folder.'));
  });

  test('a script whose interpreter is missing', async () => {
    const file = join(folder, 'script');
    await writeFile(file, '#!/no/such/python\n');
    await chmod(file, 0o755);
    expect(await reasonFor({ command: [file] })).toEqual(
      notStarted(file, 'its first line names /no/such/python, which is not there or may not be run.'),
    );
  });

  test('a folder that is not there, or is a file', async () => {
    const missing = join(folder, 'missing');
    expect(await reasonFor({ folder: missing })).toEqual({ code: 'folder-missing', values: { path: missing } });
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    expect(await reasonFor({ folder: file })).toEqual({ code: 'not-a-folder', values: { path: file } });
  });

  test('a NUL character, and arguments beyond what the system takes', async () => {
    expect(await reasonFor({ command: ['echo', 'a\0b'] })).toEqual(
      notStarted('echo', 'the command, a variable or the folder holds a NUL character.'),
    );
    expect(await reasonFor({ command: ['echo', 'x'.repeat(3_000_000)] })).toEqual(
      notStarted('echo', 'the command line is longer than this system allows.'),
    );
  });

  test('a log or an attempt folder that cannot be written; nothing runs then', async () => {
    const at = await place();
    const spec = shell(at, 'touch ran');
    const badLog = conformanceRun(spec, at, { logFile: join(at, 'no-folder', 'log') });
    expect(reasonOf(await startRun(badLog))).toEqual({ code: 'not-writable', values: { path: badLog.logFile } });
    const blockingFile = join(at, 'a-file');
    await writeFile(blockingFile, '');
    const badFolder = conformanceRun(spec, at, { folder: join(blockingFile, 'attempt') });
    expect(reasonOf(await startRun(badFolder))).toEqual({ code: 'not-writable', values: { path: badFolder.folder } });
    await expect(readFile(join(at, 'ran'))).rejects.toThrow('ENOENT');
  });
});

describe('what a later core makes of an attempt', () => {
  test.each([true, false])(
    'a wrapper that comes late to an attempt found as never started does not run it (folder there: %s)',
    async (isThere) => {
      const run = await runOf({ command: ['sh', '-c', 'echo ran >>ran'] });
      if (isThere) await mkdir(run.folder, { recursive: true });
      expect(await make().find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'never-started' });
      const late = spawn('/bin/sh', wrapperArguments(stateFileOf(run.folder, 1), run.logFile, 'boot', ['touch', join(folder, 'late')]));
      const code = await new Promise((resolve) => late.once('exit', resolve));
      expect(code).toBe(97);
      await expect(readFile(join(folder, 'late'))).rejects.toThrow('ENOENT');
      // The same attempt can still be started, by this core or the one after it.
      expect(await startRun(run)).toMatchObject({ kind: 'succeeded', exitCode: 0 });
      expect(await make().find(run, recordingSink(), new AbortController().signal)).toMatchObject({
        kind: 'ended',
        outcome: { exitCode: 0 },
      });
      expect(await readFile(join('folder' in run.spec ? run.spec.folder : '', 'ran'), 'utf8')).toBe('ran\n');
      await make().forget(run);
      expect((await readdir(dirname(run.folder))).filter((name) => name.includes('state'))).toEqual([]);
    },
  );

  test('a wrapper that was killed leaves the attempt unknown, and what it ran is ended', async () => {
    const run = await runOf({ command: ['sleep', '100'] });
    const sink = recordingSink();
    const backend = make();
    await startAndDetach({ ...backend, start: (task, inner, signal) => backend.start(task, both(sink, inner), signal) }, run);
    const [pid = 0] = await sink.whenRunning;
    await until(() => runsBelow(pid, 'sleep'), 'the command runs');
    process.kill(pid, 'SIGKILL');
    await until(async () => !(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')), 'the wrapper is gone');
    expect(await make().find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'unknown' });
    expect(await isGroupAlive(pid)).toBe(false);
  });

  test('another process with the same pid is not taken for the command, and is left alone', async () => {
    const run = await runOf({});
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    await mkdir(run.folder, { recursive: true });
    await writeFile(stateFileOf(run.folder, 1), `${process.pid} ${bootId}\n`);
    expect(await make().find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'unknown' });
  });

  test('an attempt from before the machine started anew is unknown', async () => {
    const run = await runOf({});
    await mkdir(run.folder, { recursive: true });
    await writeFile(stateFileOf(run.folder, 1), '1 another-boot\n');
    expect(await make().find(run, recordingSink(), new AbortController().signal)).toEqual({ kind: 'unknown' });
  });

  test('forgetting removes the attempt’s files, not what a link in its results points to', async () => {
    const at = await place();
    await writeFile(join(at, 'precious'), 'kept');
    await mkdir(join(at, 'target'));
    await writeFile(join(at, 'target', 'file'), 'kept');
    const run = conformanceRun(shell(at, 'echo 1 >"$SWITCHYARD_OUTPUT/a"'), at);
    await startRun(run);
    await symlink(join(at, 'target'), join(run.folder, 'link'));
    await make().forget(run);
    expect(await readFile(join(at, 'target', 'file'), 'utf8')).toBe('kept');
    await expect(readFile(stateFileOf(run.folder, 1))).rejects.toThrow('ENOENT');
  });
});

const both = (first: ReturnType<typeof recordingSink>, second: Parameters<ReturnType<typeof make>['start']>[1]) => ({
  foundWorker: () => undefined,
  running: (roots: readonly number[]) => {
    first.running(roots);
    second.running(roots);
  },
  progress: () => undefined,
});
