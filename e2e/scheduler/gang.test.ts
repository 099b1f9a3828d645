import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import { ownCore } from '../own-core.ts';

/* Real commands that wait for each other, as the parts of a distributed training do: alone none of them would ever end. */

const soon = { interval: 50, timeout: 60_000 };
const core = ownCore();
const { succeed: run, job: jobOf } = core;
const path = (name: string): string => join(core.workFolder, name);
const kindsOf = (ids: readonly number[]) => async () => Promise.all(ids.map(async (id) => (await jobOf(id)).state.kind));

const half = String(availableParallelism() / 2);
const add = async (...words: string[]): Promise<number> => Number(await run('add', '--cpus', half, '--memory', '16MB', ...words));

/** Comes to a meeting of its own, and goes on when all have come. */
const meet = (meeting: string): string =>
  `touch ${path(meeting)}-$SWITCHYARD_ARRAY_INDEX; n=0; while [ $n -lt $SWITCHYARD_ARRAY_SIZE ]; do until [ -e ${path(meeting)}-$n ]; do sleep 0.05; done; n=$((n + 1)); done`;

test('a gang starts when all of it fits, and its commands meet', async () => {
  const other = await add('--name', 'other', '--', 'sh', '-c', `until [ -e ${path('gate')} ]; do sleep 0.05; done`);
  const id = await add('--name', 'train', '--array', '0-1', '--gang', '--', 'sh', '-c', meet('first'));
  expect(await run('status', String(id + 1))).toContain('Waits until all 2 jobs of its gang fit at once');
  // It would fit beside the other one, if it were alone.
  expect(existsSync(path('first-0'))).toBe(false);
  core.write('gate', '');
  await run('wait', String(other), String(id));
  const [left, right] = await Promise.all([jobOf(id + 1), jobOf(id + 2)]);
  expect([left.state, right.state]).toMatchObject([
    { kind: 'succeeded', attempt: 1 },
    { kind: 'succeeded', attempt: 1 },
  ]);
  expect('startedAt' in left.state && left.state.startedAt).toBe('startedAt' in right.state && right.state.startedAt);
});

test('one that fails ends the others, also under another core, and a retry of one starts all of them again', async () => {
  const work = `[ -e ${path('well')} ] || { [ $SWITCHYARD_ARRAY_INDEX = 0 ] && until [ -e ${path('fail')} ]; do sleep 0.05; done && exit 3; }; ${meet('second')}`;
  const id = await add('--name', 'train', '--array', '0-1', '--gang', '--', 'sh', '-c', `trap '' HUP; ${work}`);
  const members = [id + 1, id + 2];
  await expect.poll(kindsOf(members), soon).toEqual(['running', 'running']);
  const { processId } = JSON.parse(await run('status', '--json')) as Status;
  process.kill(processId, 'SIGKILL');
  await expect.poll(() => existsSync(`/proc/${processId}`), soon).toBe(false);
  expect(await kindsOf(members)()).toEqual(['running', 'running']);

  core.write('fail', '');
  await expect.poll(kindsOf(members), soon).toEqual(['failed', 'failed']);
  expect((await jobOf(id + 1)).state).toMatchObject({ exitCode: 3 });
  expect((await jobOf(id + 2)).sentence).toBe('Ended with its gang, because train [0] did not succeed.');

  core.write('well', '');
  await run('retry', String(id + 2));
  await run('wait', String(id));
  expect(await kindsOf(members)()).toEqual(['succeeded', 'succeeded']);
});

test('what never fits at once is refused with the numbers', async () => {
  const { code, stderr } = await core.run('add', '--cpus', half, '--array', '0-2', '--gang', '--', 'true');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/All 3 jobs of a gang run at once: with .* cores? each that takes .*, and this machine has /);
  const alone = await core.run('add', '--gang', '--', 'true');
  expect(alone.stderr).toContain('--gang means something only with --array.');
});
