import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownCore } from '../own-core.ts';

/* What is reserved ends a real command that runs into it and allows that; one that does not is said to hold it up. */

const soon = { interval: 50, timeout: 100_000 };
const core = ownCore();
const { succeed: run, job: jobOf } = core;
const cores = String(availableParallelism());
const add = async (...words: string[]): Promise<number> => Number(await run('add', '--cpus', cores, '--memory', '16MB', ...words));
const path = (name: string): string => join(core.workFolder, name);
const read = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '');
const until = (gate: string): string => `until [ -e ${path(gate)} ]; do sleep 0.05; done`;
const stateOf = async (id: number): Promise<string> => (await jobOf(id)).state.kind;

test('a preemptible command is ended when what it holds is reserved for others, and goes on when that is over', async () => {
  const work = (first: string): string =>
    `trap 'echo saved >>${path('work')}; exit 0' TERM; echo ${first} >>${path('work')}; ${until('gate')}; echo done >>${path('work')}`;
  const ends = ['--preemptible', '--grace', '3s', '--resume-command', work('resumed')];
  const id = await add('--name', 'train', ...ends, '--', 'sh', '-c', work('begun'));
  await expect.poll(() => read('work'), soon).toBe('begun\n');
  await run('reservations', 'add', 'lab', '--from', '2s', '--to', '1h', '--cpus', cores, '--memory', '100MB', '--end-running');
  // Long before its quantum of thirty seconds, without anything else happening.
  await expect.poll(() => read('work'), soon).toBe('begun\nsaved\n');
  await expect.poll(() => stateOf(id), soon).toBe('pending');
  const own = await add('--group', 'lab/alice', '--', 'sh', '-c', until('own'));
  await expect.poll(() => stateOf(own), soon).toBe('running');
  expect((await jobOf(id)).state).toMatchObject({ preemptions: { count: 1, by: { reservation: { id: 1, group: 'lab' } } } });
  expect(await run('status', String(id))).toMatch(/Preempted +for reservation 1 of lab, once in all, \S+ \S+ lost/);
  expect(await run('reservations')).toMatch(/1 +lab +\d+ cores?, 100 MB of memory .+ once +preemptible ones end +open/);

  core.write('own', '');
  await run('wait', String(own));
  expect(await run('status')).toMatch(/Ended for reservation 1 of lab\. Reserved for lab from .+ cores?, 100 MB of memory\./);
  await run('reservations', 'remove', '1');
  core.write('gate', '');
  await run('wait', String(id));
  expect(read('work')).toBe('begun\nsaved\nresumed\ndone\n');
});

test('one that did not allow it runs on, and holds it up until it ends', async () => {
  const id = await add('--name', 'keeper', '--', 'sh', '-c', until('kept'));
  await expect.poll(() => stateOf(id), soon).toBe('running');
  await run('reservations', 'add', 'lab', '--to', '1h', '--cpus', cores, '--end-running');
  expect(await run('reservations')).toMatch(new RegExp(`held up by #${id} keeper\\n`));
  const own = await add('--group', 'lab', '--', 'true');
  expect(await run('explain', String(own))).toContain('keeper');
  core.write('kept', '');
  await run('wait', String(own));
  expect(await run('reservations')).toMatch(/preemptible ones end +open\n/);
});

test('more memory than there is cannot be reserved', async () => {
  const { code, stderr } = await core.run('reservations', 'add', 'lab', '--to', '1h', '--memory', '1000TB');
  expect(code).toBe(2);
  expect(stderr).toMatch(/of memory is more than can be reserved then; \S+ \S+ is left\./);
});
