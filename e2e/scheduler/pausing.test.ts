import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import { ownCore } from '../own-core.ts';

/* A real command that stands still and goes on, across the death of the core. */

const soon = { interval: 50, timeout: 60_000 };
const core = ownCore();
const { succeed: run, job: jobOf } = core;
const add = async (...words: string[]): Promise<number> =>
  Number(await run('add', '--cpus', String(availableParallelism()), '--memory', '16MB', ...words));
const path = (name: string): string => join(core.workFolder, name);
const beats = (): number => (existsSync(path('beats')) ? readFileSync(path('beats')).length : 0);
const beatsAgain = async (): Promise<void> => {
  const before = beats();
  await expect.poll(beats, soon).toBeGreaterThan(before);
};

test('a paused command stands still, lets others have its cores, survives kill -9 of the core, and goes on where it was', async () => {
  const script = `until [ -e ${path('gate')} ]; do echo >>${path('beats')}; sleep 0.02; done; echo once >>${path('done')}`;
  const id = await add('--time', '1h', '--', 'sh', '-c', script);
  await beatsAgain();
  expect(await run('pause', String(id))).toBe('');
  const before = beats();
  const other = await add('--', 'true');
  expect((await run('wait', String(other))).trim()).toBe('');
  expect(beats()).toBe(before);
  expect(await jobOf(id)).toMatchObject({
    state: { kind: 'paused', attempt: 1 },
    sentence: expect.stringMatching(
      /^Paused by hand\. Others may use its .*cores?, but not its 16 MB of memory\. Resume it to let it go on\.$/,
    ),
  });

  const { processId } = JSON.parse(await run('status', '--json')) as Status;
  process.kill(processId, 'SIGKILL');
  while (existsSync(`/proc/${processId}`)) await delay(5);
  // The next command starts the next core.
  const held = await add('--', 'sh', '-c', `until [ -e ${path('go')} ]; do sleep 0.02; done`);
  await expect.poll(async () => (await jobOf(held)).state.kind, soon).toBe('running');
  expect(await jobOf(id)).toMatchObject({ state: { kind: 'paused', attempt: 1 } });
  expect(beats()).toBe(before);

  await run('resume', String(id));
  expect(await jobOf(id)).toMatchObject({ state: { kind: 'paused', isResuming: true }, wait: { code: 'cores-busy' } });
  expect(beats()).toBe(before);
  core.write('go', '');
  await beatsAgain();
  core.write('gate', '');
  await run('wait', String(id));
  const ended = await jobOf(id);
  expect(ended.state).toMatchObject({ kind: 'succeeded', attempt: 1 });
  expect('pausedMs' in ended.state && (ended.state.pausedMs ?? 0) > 0).toBe(true);
  expect(readFileSync(path('done'), 'utf8')).toBe('once\n');
  expect(await run('status', String(id))).toMatch(/Paused for +\S+/);
});

test('a paused command is cancelled at once, and what cannot be paused says so', async () => {
  const id = await add(
    '--',
    'sh',
    '-c',
    `trap 'echo ended >${path('trapped')}; exit 0' TERM; echo ready >${path('ready')}; while :; do sleep 0.02; done`,
  );
  await expect.poll(() => existsSync(path('ready')), soon).toBe(true);
  await run('pause', String(id));
  await run('cancel', String(id));
  expect((await jobOf(id)).state.kind).toBe('cancelled');
  // It was told to end, and could still tidy up.
  expect(readFileSync(path('trapped'), 'utf8')).toBe('ended\n');
  expect(await core.run('pause', String(id))).toMatchObject({ code: 2, stdout: '' });
});
