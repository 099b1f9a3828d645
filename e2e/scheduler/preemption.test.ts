import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import { ownCore } from '../own-core.ts';

/* A real command that makes room, saves what it did, and takes it up again. */

const soon = { interval: 50, timeout: 100_000 };
const core = ownCore();

const run = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await core.run(...words);
  expect({ code, stderr }, words.join(' ')).toMatchObject({ code: 0 });
  return stdout;
};
const cores = String(availableParallelism());
const add = async (...words: string[]): Promise<number> => Number(await run('add', '--cpus', cores, '--memory', '16MB', ...words));
const jobOf = async (id: number): Promise<JobDetail> => JSON.parse(await run('status', String(id), '--json')) as JobDetail;
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

test('what belongs to preemption is refused without it', async () => {
  expect(await core.run('add', '--grace', '1s', '--', 'true')).toMatchObject({ code: 2, stderr: expect.stringContaining('--preemptible') });
  expect(await core.run('add', '--resume-command', 'x', '--', 'true')).toMatchObject({ code: 2 });
});
