import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import { openRest, repository, switchyard } from '../switchyard.ts';

/*
 * One core for each data folder: found by whoever comes second, ended by hand or by idleness, outlived by commands.
 */
let dataFolder: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'switchyard-one-core-'));
});

afterEach(async () => {
  await switchyard(['shutdown'], { dataFolder });
  rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
});

const run = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await switchyard(args, { dataFolder });
  expect(code, stderr).toBe(0);
  return stdout.trim();
};
const status = async (): Promise<Status> => JSON.parse(await run('status', '--json')) as Status;
const isRunning = (processId: number): boolean => {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
};

test('commands that come at the same moment start one core', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, status));
  expect(new Set(all.map(({ processId }) => processId)).size).toBe(1);
});

test('the core that a command starts lets go of its terminal and its pipes', async () => {
  // The pipe is closed only when everybody who holds it has ended; a core that inherited it would keep this waiting.
  const cli = `"${process.execPath}" "${join(repository, 'out', 'main', 'cli.js')}" --data "${dataFolder}" status --json`;
  const shell = spawn('sh', ['-c', `${cli} | cat`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  for await (const chunk of shell.stdout) chunks.push(chunk as Buffer);
  const { processId } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Status;
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]!.split(' ');
  expect(Number(fields[3]), 'it leads a session of its own').toBe(processId);
});

test.runIf(process.platform === 'linux')(
  'a core keeps nothing else open of whoever started it, such as the pipe of a shell’s > >(tee log)',
  async () => {
    // Node closes low numbers by itself; shells take high ones.
    const highest = 40;
    const others = Array.from({ length: highest - 3 }, () => 'ignore' as const);
    const cli = spawn(process.execPath, [join(repository, 'out', 'main', 'cli.js'), '--data', dataFolder, 'status'], {
      stdio: ['ignore', 'ignore', 'inherit', ...others, 'pipe'],
    });
    // Node's types know five descriptors.
    const pipe = (cli.stdio as readonly unknown[])[highest] as NodeJS.ReadableStream;
    pipe.resume();
    await once(pipe, 'end');
  },
);

test.runIf(process.platform === 'linux')('a core whose log takes nothing, as on a full disk, goes on', async () => {
  // A file of measurements that cannot be read is set aside and complained of.
  writeFileSync(join(dataFolder, 'metrics.db'), 'no database '.repeat(1000));
  const full = openSync('/dev/full', 'w');
  const core = spawn(process.execPath, [join(repository, 'out', 'main', 'headless.js'), '--data', dataFolder], {
    stdio: ['ignore', full, full],
  });
  closeSync(full);
  await expect.poll(() => readdirSync(dataFolder).filter((name) => name.startsWith('metrics.db.')), { timeout: 30_000 }).not.toEqual([]);
  await run('add', '--wait', '--', 'true');
  expect((await status()).processId).toBe(core.pid);
});

test('a core ends after its idle time, but not while a job waits', async () => {
  const start = () =>
    spawn(process.execPath, [join(repository, 'out', 'main', 'headless.js'), '--data', dataFolder, '--idle-minutes', '0.01']);
  const busy = start();
  // Asked over REST, because a command would start a core of its own.
  const rest = openRest(dataFolder);
  const answers = (): Promise<number> =>
    rest.call('POST', '/queue/pause').then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(answers).toBe(200);
  // Over REST too, because a command takes long enough to start that the core may have ended for idleness by then.
  const { ids } = await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs: [{ runtime: 'command', command: ['true'], folder: '/' }] });
  rest.close();
  // Longer than the idle time and the time between two looks at it.
  await new Promise((resolve) => setTimeout(resolve, 8000));
  expect(busy.exitCode).toBe(null);
  const ended = new Promise((resolve) => busy.once('exit', resolve));
  await run('cancel', String(ids[0]));
  expect(await ended).toBe(0);
});

test('a command outlives its core and is found by the next one', async () => {
  const gate = join(dataFolder, 'gate');
  const id = await run('add', '--', 'sh', '-c', `until [ -e "${gate}" ]; do sleep 0.05; done; echo went on; exit 7`);
  const first = await status();
  await run('shutdown');
  await expect.poll(() => isRunning(first.processId)).toBe(false);
  const second = await status();
  expect(second.processId).not.toBe(first.processId);
  expect(second.counts.running).toBe(1);
  await run('add', '--', 'touch', gate);
  expect((await switchyard(['wait', id], { dataFolder })).code).toBe(7);
  expect(await run('log', id)).toBe('went on');
  const rest = openRest(dataFolder);
  expect((await rest.ask<JobDetail>('GET', `/jobs/${id}`)).state).toMatchObject({ kind: 'failed', attempt: 1, exitCode: 7 });
  rest.close();
});

test('serve says where the running core is instead of starting another', async () => {
  const { processId } = await status();
  const { stdout, code } = await switchyard(['serve', '--json'], { dataFolder });
  expect(code).toBe(0);
  expect(stdout).toContain('.localhost:');
  expect((await status()).processId).toBe(processId);
});
