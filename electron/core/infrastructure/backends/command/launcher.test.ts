import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statOf } from '../../../lib/process-tree.ts';
import { recordingSink, conformanceRun, until } from '../conformance.ts';
import { JobSpec } from '../../../../../shared/model/job.ts';
import { createCommandBackend } from './command-backend.ts';
import { createLauncher, type Launch, type LaunchEnd } from './launcher.ts';
import { launcherEntry } from './test-launcher.ts';

let folder: string;
const launcher = createLauncher(launcherEntry);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launcher-'));
});
afterAll(async () => {
  launcher.close();
  await rm(folder, { recursive: true, force: true });
});

const shell = (script: string, outputFolder = folder): Launch => ({
  program: '/bin/sh',
  args: ['-c', script],
  folder,
  environment: { PATH: '/usr/bin:/bin' },
  outputFolder,
  isAgain: true,
});

test('a program leads a session of its own, is told when it starts, and how it ends', async () => {
  let pid = 0;
  const gate = join(folder, 'gate');
  const script = `until [ -e ${gate} ]; do sleep 0.02; done; exit 7`;
  const end = launcher.launch(shell(script, await mkdtemp(join(folder, 'out-'))), (started) => (pid = started));
  await until(async () => pid > 0, 'it has started');
  expect(statOf(pid)).toMatchObject({ group: pid, session: pid });
  await writeFile(gate, '');
  expect(await end).toEqual({ kind: 'exited', code: 7, signal: null, leftNothing: true });
});

test('what is left behind is said, be it a file or a process', async () => {
  const output = await mkdtemp(join(folder, 'out-'));
  const file = await launcher.launch(shell(`echo 1 >${output}/a`, output), () => undefined);
  expect(file).toMatchObject({ code: 0, leftNothing: false });
  const empty = await mkdtemp(join(folder, 'out-'));
  let pid = 0;
  const process_ = await launcher.launch(shell('sleep 100 & exit 0', empty), (started) => (pid = started));
  expect(process_).toMatchObject({ code: 0, leftNothing: false });
  process.kill(-pid, 'SIGKILL');
});

test('the output folder is made and, when nothing is left in it, removed; one that is there tells of an earlier start', async () => {
  const output = join(folder, 'deep', 'out');
  const launch = { ...shell(`cd ${output} && echo begun >>${folder}/begun`, output), isAgain: false };
  expect(await launcher.launch(launch, () => undefined)).toMatchObject({ code: 0, leftNothing: true });
  await mkdir(output);
  expect(await launcher.launch(launch, () => undefined)).toEqual({ kind: 'started-before' });
  expect(await readFile(join(folder, 'begun'), 'utf8')).toBe('begun\n');
  const inFile = { ...launch, outputFolder: join(folder, 'begun', 'out') };
  expect(await launcher.launch(inFile, () => undefined)).toMatchObject({ kind: 'no-output-folder', error: { code: 'ENOTDIR' } });
});

test('a launcher that is killed takes no command with it: those that run are followed to their end, and no command runs twice', async () => {
  const own = createLauncher(launcherEntry);
  const backend = createCommandBackend({ launcher: own, followMs: 20 });
  const command = ['sh', '-c', 'echo ran >>ran; until [ -e gate ]; do sleep 0.02; done; exit 5'];
  const at = await mkdtemp(join(folder, 'killed-'));
  const run = conformanceRun(JobSpec.parse({ runtime: 'command', folder: at, command }), at);
  const sink = recordingSink();
  const outcome = backend.start(run, sink, new AbortController().signal);
  const [pid = 0] = await sink.whenRunning;
  await until(async () => (await readFile(join(at, 'ran'), 'utf8').catch(() => '')) !== '', 'the command runs');
  process.kill(statOf(pid)?.parent ?? 0, 'SIGKILL');
  await writeFile(join(at, 'gate'), '');
  expect(await outcome).toMatchObject({ kind: 'failed', exitCode: 5 });
  expect(await readFile(join(at, 'ran'), 'utf8')).toBe('ran\n');
  own.close();
});

test('a launcher whose core has gone starts nothing more, whatever stands in its channel', async () => {
  // A core that is stopped cannot be told from a slow one; one that is not its parent is gone.
  const child = spawn(process.execPath, [launcherEntry, '1'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.send([{ kind: 'launch', id: 1, ...shell(`touch ${folder}/too-late`) }]);
  expect(await exit).toBe(0);
  await expect(readFile(join(folder, 'too-late'))).rejects.toThrow('ENOENT');
});

test('a closed launcher leaves the end of what it started open', async () => {
  const own = createLauncher(launcherEntry);
  let pid = 0;
  const end: Promise<LaunchEnd> = own.launch(shell('sleep 100'), (started) => (pid = started));
  await until(async () => pid > 0, 'it has started');
  own.close();
  expect(await end).toEqual({ kind: 'unknown' });
  expect(statOf(pid)).toBeDefined();
  process.kill(-pid, 'SIGKILL');
});
