import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { RefusalReason } from '../../shared/model/reason.ts';
import { openTestCore, removeFolder, type TestCore } from './test-core.ts';

let open: TestCore;
beforeEach(async () => void (open = await openTestCore()));
afterEach(async () => {
  await open.close();
  expect(open.bugs).toEqual([]);
  await removeFolder(open);
});

/** A process that somebody else started: whoever started it here has ended, so that it is no child of the core. */
const startOther = async (program = 'sleep', args = ['600'], becomes = program): Promise<{ pid: number; end: () => void }> => {
  const starter = spawn('sh', ['-c', '"$@" >/dev/null & echo $!', 'sh', program, ...args], { cwd: '/', detached: true });
  const [said] = (await once(starter.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  const end = (): void => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  onTestFinished(end);
  await once(starter, 'exit');
  // Until then it is a copy of who started it.
  await expect.poll(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]).toBe(becomes);
  return { pid, end };
};

const adopt = async (pid: number, labels: { name?: string; group?: string } = {}): Promise<number> =>
  (await open.client.jobs.adopt({ pid, ...labels })).id;

const refusalOf = async (call: Promise<unknown>): Promise<RefusalReason> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return (error as { data: { reason: RefusalReason } }).data.reason; // what dispatch.ts makes of a refusal
};

describe('adopt', { skip: process.platform !== 'linux' }, () => {
  test('makes a job that runs at once, also when the queue is full and paused, and is counted', async () => {
    await open.client.scheduler.pause();
    const { pid, end } = await startOther();
    const id = await adopt(pid, { name: 'their training', group: 'theirs' });
    const job = await open.client.jobs.get({ id });
    expect(job).toMatchObject({
      name: 'their training',
      group: 'theirs',
      runtime: 'process',
      spec: { pid, command: ['sleep', '600'], folder: '/' },
      demand: { cores: 1, memoryFrom: 'measured' },
    });
    expect(['starting', 'running']).toContain(job.state.kind);
    const { devices } = await open.client.devices.list();
    expect(devices[0]?.granted).toEqual({ cores: 1, memoryBytes: job.demand.memoryBytes });
    expect(devices[0]?.jobs).toMatchObject([{ id, group: 'theirs' }]);

    end();
    const ended = await open.ended(id);
    expect(ended.state).toMatchObject({ kind: 'succeeded', ranOn: { device: 'cpu' } });
    expect(ended.state).not.toHaveProperty('exitCode');
    expect((await open.client.jobs.log({ id })).text).toContain(`Process ${pid} has ended.`);
    expect((await open.client.devices.list()).devices[0]?.granted.cores).toBe(0);
    expect(await refusalOf(open.client.jobs.retry({ ids: [id] }))).toEqual({ code: 'process-unknown', values: { pid } });
  });

  test('leaves the cores that it takes to nobody else', async () => {
    const { pid } = await startOther();
    await adopt(pid);
    const [first = 0, second = 0] = await open.submit({ name: 'one' }, { name: 'two' });
    await open.command.started(1);
    expect((await open.client.jobs.get({ id: first })).state.kind).toBe('running');
    expect(await open.client.jobs.get({ id: second })).toMatchObject({ state: { kind: 'pending' }, wait: { code: 'cores-busy' } });
  });

  test('lets a cancel end the process', async () => {
    const { pid } = await startOther();
    const id = await adopt(pid);
    await open.client.jobs.cancel({ ids: [id] });
    expect((await open.ended(id)).state).toMatchObject({ kind: 'cancelled' });
    expect(await refusalOf(open.client.jobs.adopt({ pid }))).toEqual({ code: 'process-unknown', values: { pid } });
  });

  test('survives the core, and the next one finds it with what it holds', async () => {
    const { pid, end } = await startOther();
    const id = await adopt(pid);
    await open.close();
    open = await openTestCore({ dataFolder: open.dataFolder });
    const again = await open.client.jobs.get({ id });
    expect(again).toMatchObject({ name: 'sleep 600', state: { attempt: 1 } });
    expect((await open.client.devices.list()).devices[0]?.granted.cores).toBe(1);
    end();
    expect((await open.ended(id)).state).toMatchObject({ kind: 'succeeded', attempt: 1 });
  });

  test('finds out after a restart that it has ended meanwhile', async () => {
    const { pid, end } = await startOther();
    const id = await adopt(pid);
    await open.close();
    end();
    open = await openTestCore({ dataFolder: open.dataFolder });
    expect((await open.ended(id)).state).toMatchObject({ kind: 'succeeded' });
  });

  test('refuses a process that is not there, one of the system, and one of somebody else', async () => {
    expect(await refusalOf(open.client.jobs.adopt({ pid: 2 ** 22 + 7 }))).toMatchObject({ code: 'process-unknown' });
    expect(await refusalOf(open.client.jobs.adopt({ pid: 1 }))).toEqual({ code: 'process-system', values: { pid: 1 } });
  });

  test('refuses a process of another user', { skip: process.getuid?.() !== 0 }, async () => {
    const { pid } = await startOther('setpriv', ['--reuid', '65534', '--clear-groups', 'sleep', '600'], 'sleep');
    await expect.poll(() => refusalOf(open.client.jobs.adopt({ pid }))).toEqual({ code: 'process-not-yours', values: { pid } });
  });

  test('refuses the core itself, what it runs in and what it has started', async () => {
    for (const pid of [process.pid, process.ppid]) {
      expect(await refusalOf(open.client.jobs.adopt({ pid }))).toEqual({ code: 'process-own', values: { pid } });
    }
  });

  test('refuses a process that is a job already, also when both are asked for at once, and what belongs to one', async () => {
    const { pid } = await startOther('sh', ['-c', 'sleep 60 & wait']);
    const calls = await Promise.allSettled([adopt(pid, { name: 'first' }), adopt(pid)]);
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const reason = await refusalOf(open.client.jobs.adopt({ pid }));
    expect(reason).toMatchObject({ code: 'process-of-job', values: { pid, job: { name: 'first' } } });
  });

  test('is the only way to make such a job, and takes no number that is none', async () => {
    const spec = { runtime: 'process', pid: 1, startedAt: 'x', command: ['init'] } as never;
    await expect(open.client.jobs.submit({ jobs: [spec] })).rejects.toThrow();
    for (const pid of [0, -1, 1.5]) await expect(open.client.jobs.adopt({ pid })).rejects.toThrow();
  });
});
