import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { beforeAll, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import type { JobDetail } from '../../shared/model/job.ts';
import type { Explanation } from '../../shared/model/plan.ts';
import { parseAllowedCores } from '../../electron/core/infrastructure/devices/proc-status.ts';
import { ownCore } from '../own-core.ts';

/* Two shares of the processor of this machine, as large as each other, and commands that read what others wrote. */

const core = ownCore();
const canBind = process.platform === 'linux' && availableParallelism() > 1;

const cores = parseAllowedCores(readFileSync('/proc/self/status', 'utf8')) ?? [0];
const half = Math.floor(cores.length / 2);
const shares = { left: cores.slice(0, half), right: cores.slice(half, 2 * half) };

const add = async (...words: string[]): Promise<number> => Number(await core.succeed('add', '--memory', '16MB', '--cpus', '0.5', ...words));
const explain = async (id: number): Promise<Explanation> => JSON.parse(await core.succeed('explain', String(id), '--json')) as Explanation;
const placeOf = ({ state }: JobDetail): string | undefined => ('grantedOn' in state ? state.grantedOn?.join(' ') : undefined);
/** Begins once there is a file `gate`. */
const write = (name: string): string[] => {
  const path = (file: string): string => `${core.workFolder}/${file}`;
  return ['--name', 'prepare', '--', 'sh', '-c', `until [ -e ${path('gate')} ]; do sleep 0.05; done; echo made > ${path(name)}`];
};
/** Reads that, and tells the cores that it may use. */
const read = (name: string): string[] => [
  '--name',
  'use',
  '--',
  'grep',
  '-h',
  'made\\|Cpus_allowed_list',
  `${core.workFolder}/${name}`,
  '/proc/self/status',
];

beforeAll(async () => {
  if (!canBind) return;
  for (const [name, own] of Object.entries(shares)) await core.succeed('devices', 'split', 'cpu', '--cores', own.join(','), '--name', name);
});

test.runIf(canBind)('a command runs on the share of the one that it waited for, though the other share stands first', async () => {
  core.write('gate', '');
  const alone = await add('--', 'true');
  await core.succeed('wait', String(alone));
  const prepare = await add('--on', 'right', ...write('data'));
  const use = await add('--after', String(prepare), ...read('data'));
  await core.succeed('wait', String(use));
  expect([placeOf(await core.job(alone)), placeOf(await core.job(use))]).toEqual([
    cores.length % 2 === 0 ? 'left' : expect.any(String),
    'right',
  ]);
  const { stdout } = await core.run('log', String(use));
  expect(stdout).toContain('made\n');
  expect(parseAllowedCores(stdout)).toEqual(shares.right);

  const near = { code: 'made-here', values: { device: 'right', job: { id: prepare, name: 'prepare' } } };
  expect(await explain(use)).toMatchObject({ near });
  expect(await core.rest.ask('GET', `/jobs/${use}/explain`)).toMatchObject({ near });
  expect(await core.succeed('explain', String(use))).toContain(
    `Of places that are as good right comes first: what it works on was made there by prepare (job ${prepare}).`,
  );
});

test.runIf(canBind)('the next core knows it too, of a job that waited meanwhile and of one that comes later', async () => {
  rmSync(core.write('gate', ''));
  const prepare = await add('--on', 'right', ...write('more'));
  const held = await add('--after', String(prepare), ...read('more'));
  await core.succeed('hold', String(held));
  core.write('gate', '');
  await core.succeed('wait', String(prepare));
  const { processId } = JSON.parse(await core.succeed('status', '--json')) as Status;
  process.kill(processId, 'SIGKILL');
  await core.succeed('release', String(held));
  await core.succeed('wait', String(held));
  const later = await add('--after', String(prepare), ...read('more'));
  await core.succeed('wait', String(later));
  for (const id of [held, later]) {
    expect(placeOf(await core.job(id))).toBe('right');
    expect(await explain(id)).toMatchObject({ near: { code: 'made-here', values: { job: { id: prepare } } } });
  }
});
