import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { parseAllowedCores } from '../../electron/core/infrastructure/devices/proc-status.ts';
import { treeOf } from '../../electron/core/lib/process-tree.ts';
import { ownCore } from '../own-core.ts';
import { repository } from '../switchyard.ts';

/* Shares of the processor of this machine, and what runs on them. */

const core = ownCore();
const canBind = process.platform === 'linux' && availableParallelism() > 1;

const allowedIn = (status: string): number[] => parseAllowedCores(status) ?? [];

/** The cores of every thread of a process and of all that it started. */
const allowedCores = (root: number): number[][] =>
  treeOf(root).flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((thread) => allowedIn(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))),
  );

const distinct = (lists: readonly number[][]): string[] => [...new Set(lists.map((list) => list.join(',')))];

const job = (id: number): Promise<JobDetail> => core.rest.ask<JobDetail>('GET', `/jobs/${id}`);

const until = async <Value>(what: string, look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`it did not happen: ${what}`);
    await delay(50);
  }
};

const whenJob = (id: number, kind: JobDetail['state']['kind']): Promise<JobDetail> =>
  until(`job ${id} is ${kind}`, async () => {
    const one = await job(id);
    return one.state.kind === kind ? one : undefined;
  });

const add = async (...words: string[]): Promise<number> => {
  const { code, stdout, stderr } = await core.run('add', ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Number(stdout);
};

/** Several threads and a process below it; tells its pid and stays. */
const busy = `require('node:child_process').spawn('sleep', ['600']);
console.log(process.pid);
setInterval(() => {}, 1000);`;

const pidOf = (id: number): Promise<number> =>
  until(`job ${id} tells its pid`, async () => {
    const { stdout } = await core.run('log', String(id));
    return /^\d+\n/.test(stdout) ? Number(stdout) : undefined;
  });

/** Processes of workers, as the core has them written down. */
const workerPids = (): number[] => {
  const folder = join(core.dataFolder, 'run', 'workers');
  return readdirSync(folder).map((name) => Number(readFileSync(join(folder, name), 'utf8').split(' ')[0]));
};

const cores = allowedIn(readFileSync('/proc/self/status', 'utf8'));
const [first = 0, ...others] = cores;

test.runIf(canBind)('every thread of a command stays on the cores of its share, and what runs beside it on the others', async () => {
  expect(await core.run('devices', 'split', 'cpu', '--cores', String(first), '--name', 'left')).toMatchObject({ code: 0 });
  const left = await add('--memory', '128MB', '--on', 'left', '--', process.execPath, '-e', busy);
  const beside = await add('--memory', '128MB', '--on', 'cpu', '--', process.execPath, '-e', busy);
  const [leftPid, besidePid] = [await pidOf(left), await pidOf(beside)];
  const threads = allowedCores(leftPid);
  expect(threads.length).toBeGreaterThan(4);
  expect(distinct(threads)).toEqual([String(first)]);
  expect(distinct(allowedCores(besidePid))).toEqual([others.join(',')]);
  expect((await job(left)).state).toMatchObject({ placement: { device: 'left', coreIds: [first] } });
  expect(await core.run('cancel', String(left), String(beside))).toMatchObject({ code: 0 });
});

test.runIf(canBind)('every thread of a worker stays there too, and a worker for other cores is another one', async () => {
  const model = join(repository, 'resources', 'models', 'wine_mlp.onnx');
  const { x } = JSON.parse(readFileSync(join(repository, 'resources/models/vectors/wine_mlp_test50.json'), 'utf8')) as { x: number[][] };
  const input = core.write('x.json', JSON.stringify(x));
  const run = async (device: string): Promise<number[]> => {
    const before = await until('workers are known', () => workerPids());
    const words = ['--input', `x=${input}`, '--output', join(core.workFolder, device), '--on', device, '--memory', '300MB', '--json'];
    const { code, stderr } = await core.run('run', model, ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    return workerPids().filter((pid) => !before.includes(pid));
  };
  const [onLeft] = await run('left');
  const [onRest] = await run('cpu');
  expect(distinct(allowedCores(onLeft!))).toEqual([String(first)]);
  expect(distinct(allowedCores(onRest!))).toEqual([others.join(',')]);
  expect(await run('left')).toEqual([]);
});

test.runIf(canBind)('the memory of a share ends the one job that takes more', async () => {
  expect(await core.run('devices', 'join', 'left')).toMatchObject({ code: 0 });
  const words = ['--cores', String(first), '--memory', '400MB', '--name', 'small'];
  expect(await core.run('devices', 'split', 'cpu', ...words)).toMatchObject({ code: 0 });
  const modest = await add('--memory', '120MB', '--cpus', '0.5', '--on', 'small', '--', 'sleep', '600');
  const elsewhere = await add('--memory', '64MB', '--on', 'cpu', '--', 'sleep', '600');
  const greedy = `const kept = []; setInterval(() => kept.length < 12 && kept.push(Buffer.alloc(50e6, 1)), 50);`;
  const limited = await add('--memory', '250MB', '--cpus', '0.5', '--on', 'small', '--', process.execPath, '-e', greedy);
  expect((await whenJob(limited, 'out-of-memory')).state).toMatchObject({
    reason: { code: 'memory-limit', values: { limitBytes: 250e6 } },
  });
  expect((await job(modest)).state.kind).toBe('running');
  expect(await core.run('cancel', String(modest))).toMatchObject({ code: 0 });
  // Without a limit of its own it has all of the share and no more.
  const unlimited = await add('--cpus', '0.5', '--on', 'small', '--', process.execPath, '-e', greedy);
  expect((await whenJob(unlimited, 'out-of-memory')).state).toMatchObject({
    reason: { code: 'memory-limit', values: { limitBytes: 400e6 } },
  });
  expect((await job(elsewhere)).state.kind).toBe('running');
  expect(await core.run('cancel', String(elsewhere))).toMatchObject({ code: 0 });
});

test.runIf(canBind)('more than a share has is refused with what it has', async () => {
  expect((await core.run('add', '--cpus', '2', '--on', 'small', '--', 'true')).stderr).toMatch(/2 cores.*1/);
  expect((await core.run('add', '--memory', '1GB', '--on', 'small', '--', 'true')).stderr).toMatch(/1\.0 GB.*400 MB/);
});
