import { expect, test } from 'vitest';
import type { Outcome } from './ports.ts';
import { createFakeBackend, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: { data?: { reason?: { code: string }; issues?: { message: string }[] } }) =>
      error.data?.reason?.code ?? error.data?.issues?.[0]?.message,
  );
/** A folded list: each row's job, and how many jobs it stands for. That the total is that of the rows is asked of every list. */
const foldedRows = async ({ client }: TestCore, query: Partial<Parameters<TestCore['client']['jobs']['list']>[0]> = {}) => {
  const { rows, total } = await client.jobs.list({ ...query, fold: true });
  expect(rows).toHaveLength(total);
  return rows.map((row) => [row.id, row.array?.counts]);
};
/** Of two that ended in the same millisecond the one with the higher number counts as the later. */
const nextMillisecond = async (): Promise<void> => {
  for (const from = Date.now(); Date.now() === from;) await new Promise(setImmediate);
};
const sweep = { name: 'sweep', runtime: 'command' as const, command: ['run', '--seed={index}', '{index}'] };

test('one submit makes a job for each index, which its command and its environment know', async () => {
  const core = await open({ cores: 4 });
  const [before, id, after] = await core.submit({}, { ...sweep, array: { from: 2, to: 8, step: 3 } }, {});
  expect([before, id, after]).toEqual([1, 2, 6]);
  const { rows, total } = await core.client.jobs.list({ array: id! });
  expect(total).toBe(3);
  const { sections } = await core.client.jobs.list({ fold: true, limit: 1 });
  expect(sections).toEqual({ running: 2, pending: 1, held: 0 });
  expect(rows.map((row) => [row.id, row.name, row.array])).toEqual(
    [2, 5, 8].map((index, place) => [3 + place, `sweep [${index}]`, { id, index, size: 3 }]),
  );
  const attempt = await core.command.started(3);
  expect(attempt.run.spec).toMatchObject({
    command: ['run', '--seed=5', '5'],
    environment: { SWITCHYARD_ARRAY_ID: '2', SWITCHYARD_ARRAY_INDEX: '5' },
  });
});

test('no more of its jobs run at once than it says, and it holds up nobody else', async () => {
  const core = await open({ cores: 4 });
  const [id] = await core.submit({ ...sweep, array: { from: 0, to: 5, atMost: 2 } }, { name: 'other' });
  const third = await core.command.started(3);
  expect(third.run.jobId).toBe(8);
  expect(await core.client.jobs.get({ id: id! + 3 })).toMatchObject({
    wait: { code: 'array-full', values: { atMost: 2 } },
    sentence: 'Its array runs 2 jobs at once, and as many run.',
  });
  const ofArray = () => core.command.attempts.filter(({ run }) => run.jobId !== 8);
  for (let ended = 0; ended < 6; ended += 1) {
    expect(ofArray().length - ended).toBeLessThanOrEqual(2);
    ofArray()[ended]?.end(success);
    // The first two ran beside the other job, so that the next start is the fourth.
    if (ended < 4) await core.command.started(ended + 4);
  }
  for (let one = id! + 1; one <= id! + 6; one += 1) await core.ended(one);
  expect(await core.client.jobs.array({ id: id! })).toEqual({ id, name: 'sweep', size: 6, open: 0, atMost: 2, counts: { succeeded: 6 } });
});

test('its number stands for all of its jobs: held, released, cancelled, waited for', async () => {
  const core = await open({ cores: 1 });
  const [id] = await core.submit({ ...sweep, array: { from: 1, to: 4 } });
  await core.command.started(1);
  const [after] = await core.submit({ afterAny: [id!] });
  expect((await core.client.jobs.get({ id: after! })).spec.afterAny).toEqual([2, 3, 4, 5]);
  await core.client.jobs.hold({ ids: [id!] });
  expect((await core.client.jobs.array({ id: id! })).counts).toEqual({ running: 1, held: 3 });
  await core.client.jobs.release({ ids: [id!] });
  expect((await core.client.jobs.array({ id: id! })).counts).toEqual({ running: 1, pending: 3 });
  core.command.attempts[0]?.end(success);
  await core.ended(id! + 1);
  await core.client.jobs.cancel({ ids: [id!] });
  expect((await core.client.jobs.array({ id: id! })).counts).toEqual({ succeeded: 1, cancelled: 3 });
  expect(await refusal(core.client.jobs.cancel({ ids: [id!] }))).toBe('job-wrong-state');
  (await core.command.started(3)).end(success);
  expect((await core.ended(after!)).state.kind).toBe('succeeded');
});

test('a list folds it into its first job, with how many are in which state', async () => {
  const core = await open({ cores: 2 });
  const [first, id, last] = await core.submit({ name: 'first' }, { ...sweep, array: { from: 0, to: 99 } }, { name: 'last' });
  await core.command.started(2);
  const { rows, total } = await core.client.jobs.list({ fold: true });
  expect(rows.map((row) => [row.id, row.array?.id, row.array?.counts])).toEqual([
    [first, undefined, undefined],
    [id! + 1, id, { running: 1, pending: 99 }],
    [last, undefined, undefined],
  ]);
  expect(total).toBe(3);
  expect(await core.client.jobs.list({ limit: 1 })).toMatchObject({ total: 102, sections: { running: 2, pending: 100, held: 0 } });
});

test('it is one row while its jobs end, be that written down or not, and of all of them once they have', async () => {
  const core = await open({ cores: 1 });
  const [id] = await core.submit({ ...sweep, array: { from: 0, to: 99 } });
  await core.command.started(1);
  const seen: number[] = [];
  let isCancelled = false;
  const cancelling = core.client.jobs.cancel({ ids: [id!] }).finally(() => (isCancelled = true));
  do seen.push((await core.client.jobs.list({ fold: true, limit: 200 })).rows.length);
  while (!isCancelled);
  await cancelling;
  expect(new Set(seen)).toEqual(new Set([1]));
  expect((await foldedRows(core)).map(([, counts]) => counts)).toEqual([{ cancelled: 100 }]);
});

test('once it has ended it stands where the last of its jobs did, in the search too; each way to end lists its jobs', async () => {
  const core = await open({ cores: 4 });
  const [id, other] = await core.submit({ ...sweep, array: { from: 0, to: 2 } }, { name: 'other' });
  const [first, second, third, fourth] = await Promise.all([1, 2, 3, 4].map(core.command.started));
  third!.end(success);
  await core.ended(id! + 3);
  expect(await foldedRows(core)).toEqual([
    [id! + 1, { running: 2, succeeded: 1 }],
    [other, undefined],
  ]);
  await nextMillisecond();
  second!.end({ kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 3 } } });
  await core.ended(id! + 2);
  fourth!.end(success);
  await core.ended(other!);
  await nextMillisecond();
  first!.end(success);
  await core.ended(id! + 1);
  const whole = [id! + 1, { succeeded: 2, failed: 1 }];
  expect(await foldedRows(core)).toEqual([whole, [other, undefined]]);
  expect(await foldedRows(core, { search: 'sweep' })).toEqual([whole]);
  expect(await foldedRows(core, { search: 'sweep [1]' })).toEqual([[id! + 2, whole[1]]]);
  expect(await foldedRows(core, { filter: 'failed' })).toEqual([[id! + 2, undefined]]);
  expect((await core.client.jobs.list({})).total).toBe(4);
  await core.close();
  const next = await open({ dataFolder: core.dataFolder });
  expect(await foldedRows(next)).toEqual([whole, [other, undefined]]);
});

test('run again it is those of it without success, or all; removed it is all of it that is left', async () => {
  const core = await open({ cores: 4 });
  const [id] = await core.submit({ ...sweep, array: { from: 0, to: 2 } });
  const attempts = await Promise.all([1, 2, 3].map(core.command.started));
  expect(await refusal(core.client.retention.remove({ ids: [id!] }))).toBe('job-wrong-state');
  attempts[0]!.end(success);
  await core.ended(id! + 1);
  await core.client.jobs.cancel({ ids: [id! + 2] });
  expect(await refusal(core.client.jobs.retry({ ids: [id!] }))).toBe('accepted');
  const again = await core.command.started(4);
  expect(again.run.jobId).toBe(id! + 2);
  expect(await refusal(core.client.jobs.retry({ ids: [id!] }))).toBe('job-wrong-state');
  for (const attempt of [attempts[2]!, again]) attempt.end(success);
  for (const one of [2, 3]) await core.ended(id! + one);
  await core.client.retention.remove({ ids: [id! + 1] });
  await core.client.jobs.retry({ ids: [id!] });
  for (const attempt of await Promise.all([5, 6].map(core.command.started))) attempt.end(success);
  for (const one of [2, 3]) await core.ended(id! + one);
  expect(await foldedRows(core)).toMatchObject([[expect.any(Number), { succeeded: 2 }]]);
  expect(await core.client.retention.remove({ ids: [id!] })).toEqual({ jobs: 2 });
  expect(await foldedRows(core)).toEqual([]);
  expect(await refusal(core.client.jobs.array({ id: id! }))).toBe('job-unknown');
});

test('it is still one under the next core', async () => {
  const core = await open({ cores: 1 });
  const [id] = await core.submit({ ...sweep, array: { from: 0, to: 3, atMost: 1 } });
  await core.command.started(1);
  await core.close();
  const command = createFakeBackend('command');
  command.found.set('2.1', () => ({ kind: 'ended', outcome: success }));
  const next = await open({ dataFolder: core.dataFolder, command, cores: 4 });
  await command.started(1);
  expect((await next.client.jobs.array({ id: id! })).counts).toEqual({ succeeded: 1, running: 1, pending: 2 });
  expect(await next.submit({})).toEqual([6]);
});

test('what is no array is refused in words', async () => {
  const core = await open();
  expect(await refusal(core.submit({ ...sweep, array: { from: 3, to: 2 } }))).toContain('must not be below the first');
  expect(await refusal(core.submit({ ...sweep, array: { from: 0, to: 10_000 } }))).toContain('at most 10000 jobs');
  expect(await refusal(core.client.jobs.array({ id: 1 }))).toBe('job-unknown');
  expect((await core.client.jobs.list({})).total).toBe(0);
});
