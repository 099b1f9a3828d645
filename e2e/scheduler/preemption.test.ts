import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Plan } from '../../shared/model/plan.ts';
import { ownCore } from '../own-core.ts';

/* A real command that makes room, saves what it did, and takes it up again. */

const soon = { interval: 50, timeout: 100_000 };
const core = ownCore();
const { succeed: run, job: jobOf } = core;
const cores = String(availableParallelism());
const add = async (...words: string[]): Promise<number> => Number(await run('add', '--cpus', cores, '--memory', '16MB', ...words));
const path = (name: string): string => join(core.workFolder, name);
const read = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');

test('a preemptible command ends for what matters more, goes back in line, and goes on where it had saved', async () => {
  await run('policy', 'priority');
  const work = (first: string): string =>
    `trap 'echo saved >>${path('work')}; exit 0' TERM; echo ${first} >>${path('work')}; until [ -e ${path('gate')} ]; do sleep 0.05; done; echo done >>${path('work')}`;
  const id = await add(
    '--name',
    'train',
    '--preemptible',
    '--grace',
    '3s',
    '--resume-command',
    work('resumed'),
    '--',
    'sh',
    '-c',
    work('begun'),
  );
  await expect.poll(() => read('work'), soon).toBe('begun\n');

  // Less than ten points do not do.
  const near = await add('--priority', '9', '--', 'true');
  const urgent = await add('--name', 'urgent', '--priority', '50', '--', 'sh', '-c', `until [ -e ${path('go')} ]; do sleep 0.05; done`);
  // It runs ten times its grace first.
  await expect.poll(async () => (await jobOf(urgent)).state.kind, soon).toBe('running');
  expect(read('work')).toBe('begun\nsaved\n');
  const back = await jobOf(id);
  expect(back.state).toMatchObject({ kind: 'pending', preemptions: { count: 1, by: { id: urgent, name: 'urgent' } } });
  const events = back.events.map(({ state, at }) => ({ ...state, at }));
  expect(events.map(({ kind }) => kind)).toEqual(['pending', 'starting', 'running', 'running', 'preempted', 'pending']);
  const [, , , told] = events;
  expect(told && 'startedAt' in told && told.at - (told.startedAt ?? 0)).toBeGreaterThan(29_900);
  expect(await run('status', String(id))).toMatch(/Preempted +by #\d+ urgent, once in all, \S+ \S+ lost/);
  expect(await run('status')).toContain(`Preempted by #${urgent} urgent.`);

  core.write('go', '');
  core.write('gate', '');
  await run('wait', String(id), String(near));
  expect((await jobOf(id)).state).toMatchObject({ kind: 'succeeded', attempt: 2, preemptions: { count: 1 } });
  expect(read('work')).toBe('begun\nsaved\nresumed\ndone\n');
});

/* Each line begins with its name, so that what was learned of others says nothing about it. */
test('under shortest first a command that outruns what was expected makes room, waits by what it has had, and goes on', async () => {
  await run('policy', 'shortest');
  const work = (first: string): string =>
    `: slow; trap 'echo saved >>${path('slow')}; exit 0' TERM; echo ${first} >>${path('slow')}; until [ -e ${path('end')} ]; do sleep 0.05; done; echo done >>${path('slow')}`;
  const taking = ['--preemptible', '--grace', '3s', '--resume-command', work('resumed')];
  const id = await add('--name', 'slow', '--expect', '1s', ...taking, '--', 'sh', '-c', work('begun'));
  await expect.poll(() => read('slow'), soon).toBe('begun\n');
  const long = await add('--name', 'long', '--expect', '1h', '--', 'sh', '-c', ': long');
  const quick = await add(
    '--name',
    'quick',
    '--expect',
    '2s',
    '--',
    'sh',
    '-c',
    `: quick; until [ -e ${path('quick')} ]; do sleep 0.05; done`,
  );
  await expect.poll(async () => (await jobOf(quick)).state.kind, soon).toBe('running');
  expect(read('slow')).toBe('begun\nsaved\n');
  const { preemptions } = (await jobOf(id)).state;
  expect(preemptions).toMatchObject({ count: 1, by: { id: quick, name: 'quick', outran: { p90Seconds: 2 } } });
  const outran = preemptions && 'outran' in preemptions.by ? preemptions.by.outran : undefined;
  expect(outran?.ranSeconds, 'it has had its quantum').toBeGreaterThan(29.9);
  expect(await run('status', String(id))).toMatch(
    /Preempted +by #\d+ quick after .+, longer than the 2 s that nine of ten such runs take, once/,
  );
  expect(await run('explain', String(id))).toContain('quick');
  const plan = JSON.parse(await run('plan', '--json')) as Plan;
  expect(plan.runs.filter(({ kind }) => kind === 'planned').map(({ job }) => job.id)).toEqual([id, long]);
  expect([(await jobOf(id)).position, (await jobOf(long)).position]).toEqual([1, 2]);

  core.write('quick', '');
  core.write('end', '');
  await run('wait', String(id), String(long));
  expect((await jobOf(id)).state).toMatchObject({ kind: 'succeeded', attempt: 2 });
  expect(read('slow')).toBe('begun\nsaved\nresumed\ndone\n');
});

test('under deadline a command without one makes room for a deadline that could not be met otherwise, and goes on', async () => {
  await run('policy', 'deadline');
  const work = (first: string): string =>
    `: batch; trap 'echo saved >>${path('batch')}; exit 0' TERM; echo ${first} >>${path('batch')}; until [ -e ${path('open')} ]; do sleep 0.05; done; echo done >>${path('batch')}`;
  const taking = ['--preemptible', '--grace', '3s', '--resume-command', work('resumed')];
  const id = await add('--name', 'batch', '--expect', '1h', ...taking, '--', 'sh', '-c', work('begun'));
  await expect.poll(() => read('batch'), soon).toBe('begun\n');
  const gate = `: report; until [ -e ${path('report')} ]; do sleep 0.05; done`;
  const late = await add('--name', 'report', '--expect', '5s', '--deadline', '5m', '--', 'sh', '-c', gate);
  const plan = JSON.parse(await run('plan', '--json')) as Plan;
  expect(plan.runs.map(({ job }) => job.id)).toEqual([id, late, id]);
  // It runs ten times its grace first.
  await expect.poll(async () => (await jobOf(late)).state.kind, soon).toBe('running');
  expect(read('batch')).toBe('begun\nsaved\n');
  const back = await jobOf(id);
  const saves = { job: { id: late, name: 'report' }, due: (await jobOf(late)).spec.deadlineAt };
  expect(back.state).toMatchObject({ kind: 'pending', preemptions: { count: 1, by: { id: late, saves } } });
  expect(await run('status', String(id))).toMatch(/Preempted +by #\d+ report for the deadline .+ of report, once in all, \S+ \S+ lost/);
  const told = back.events.find(({ state }) => 'preemptedBy' in state && state.preemptedBy);
  expect(told?.state).toMatchObject({ kind: 'running', preemptedBy: { id: late, saves } });

  core.write('report', '');
  core.write('open', '');
  await run('wait', String(id), String(late));
  expect((await jobOf(late)).state).toMatchObject({ kind: 'succeeded' });
  expect((await jobOf(id)).state).toMatchObject({ kind: 'succeeded', attempt: 2 });
  expect(read('batch')).toBe('begun\nsaved\nresumed\ndone\n');
});

test('what belongs to preemption is refused without it', async () => {
  expect(await core.run('add', '--grace', '1s', '--', 'true')).toMatchObject({ code: 2, stderr: expect.stringContaining('--preemptible') });
  expect(await core.run('add', '--resume-command', 'x', '--', 'true')).toMatchObject({ code: 2 });
});
