import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import type { JobDetail, JobRow } from '../../shared/model/job.ts';
import { ownCore } from '../own-core.ts';

/* Whose turn it is on a live queue, through the command line. */

const soon = { interval: 100 };
const core = ownCore();

const run = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await core.run(...words);
  expect({ code, stderr }, words.join(' ')).toEqual({ code: 0, stderr: '' });
  return stdout;
};

/** Each needs the whole processor, so that one runs at a time. */
const add = async (group: string, ...command: string[]): Promise<number> =>
  Number(await run('add', '--group', group, '--cpus', String(availableParallelism()), '--memory', '16MB', '--', ...command));

const jobOf = async (id: number): Promise<JobDetail> => JSON.parse(await run('status', String(id), '--json')) as JobDetail;

/** Those that wait, in the order in which the list shows them. */
const line = async (): Promise<number[]> => {
  const { jobs } = JSON.parse(await run('status', '--json')) as { jobs: JobRow[] };
  return jobs.filter(({ state }) => state.kind === 'pending').map(({ id }) => id);
};

test('another policy orders a live queue anew and says why; weights and quotas are set, and an impossible one is refused in words', async () => {
  await run('policy', 'fifo');
  const blocker = await add('vision', 'sh', '-c', `until [ -e ${core.workFolder}/open ]; do sleep 0.05; done`);
  await expect.poll(async () => (await jobOf(blocker)).state.kind, soon).toBe('running');
  const vision = [await add('vision', 'true'), await add('vision', 'true')];
  const alice = await add('lab/alice', 'true');
  expect(await line()).toEqual([...vision, alice]);
  expect((await jobOf(alice)).wait).toMatchObject({ code: 'behind', values: { ahead: 2 } });

  expect(await run('policy', 'fair')).toBe('fair\n');
  expect(await line()).toEqual([alice, ...vision]);
  const { wait, sentence } = await jobOf(vision[0]!);
  expect(wait).toMatchObject({
    code: 'fair-share',
    values: { group: 'vision', ahead: { id: alice }, aheadGroup: 'lab', aheadSharePercent: 0 },
  });
  expect(sentence).toMatch(/^It is the turn of true: for its weight, group lab has had 0 % of the machine of late, group vision \d+ %\.$/);

  const groups = JSON.parse(await run('groups', 'set', 'lab', '--weight', '2', '--quota-cores', '0.5', '--json')) as object;
  expect(groups).toMatchObject({
    groups: [
      { name: 'lab', weight: 2, quota: { cores: 0.5 }, running: 0, waiting: 1 },
      { name: 'lab/alice', weight: 1, quota: {}, running: 0, waiting: 1 },
      { name: 'vision', weight: 1, quota: {}, running: 1, waiting: 2 },
    ],
  });
  expect(await run('groups')).toMatch(
    /^GROUP +WEIGHT +SHARE .*\nlab +2 +0 % +0 +1 .* 0\.5 cores\nlab\/alice +1 .*\nvision +1 +\S+ % +1 +2 /,
  );
  expect((await jobOf(alice)).sentence).toMatch(/^The limit of group lab on cores is 0\.5 at once; it has 0, and this job needs \d+\.$/);
  expect(await core.run('groups', 'set', 'lab', '--weight', '0')).toMatchObject({
    stdout: '',
    stderr:
      'Group lab cannot have weight 0: a weight is above 0, because with none its jobs would never start. To stop it, hold its jobs.\n',
  });

  core.write('open', '');
  for (const id of vision) await expect.poll(async () => (await jobOf(id)).state.kind, soon).toBe('succeeded');
  expect((await jobOf(alice)).wait?.code).toBe('group-quota');
  await run('groups', 'set', 'lab', '--quota-cores', 'none');
  await expect.poll(async () => (await jobOf(alice)).state.kind, soon).toBe('succeeded');
});
