import { expect, test } from 'vitest';
import type { JobRequest } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { createFakeBackend, gigabyte, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const failure: Outcome = { kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 3 } }, exitCode: 3 };
type CommandRequest = Partial<Extract<JobRequest, { runtime: 'command' }>>;

const gang = (size: number, more: CommandRequest = {}): CommandRequest => ({
  name: 'train',
  runtime: 'command',
  command: ['train', '{index}'],
  array: { from: 0, to: size - 1, gang: true },
  ...more,
});
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: { message: string; data?: { reason?: unknown } }) => error.data?.reason,
  );
const kinds = async (core: TestCore, id: number): Promise<Record<string, number>> => (await core.client.jobs.array({ id })).counts;

test('its jobs wait until all of them fit at once, start together, and know how many they are', async () => {
  const core = await open({ cores: 4 });
  const [first, id] = await core.submit({ name: 'first', resources: { cores: 2 } }, gang(3));
  expect(await kinds(core, id!)).toEqual({ pending: 3 });
  const waits = 'Waits until all 3 jobs of its gang fit at once, which takes 3 cores; 2 free, enough for 2 of them, first running.';
  for (const one of [id! + 1, id! + 3]) expect(await core.client.jobs.get({ id: one })).toMatchObject({ position: 1, sentence: waits });
  core.command.attempts[0]?.end(success);
  await core.ended(first!);
  await core.command.started(4);
  expect(core.command.attempts.slice(1).map(({ run }) => (run.spec.runtime === 'command' ? run.spec.environment : {}))).toEqual(
    ['0', '1', '2'].map((index) => ({
      SWITCHYARD_ARRAY_ID: String(id),
      SWITCHYARD_ARRAY_INDEX: index,
      SWITCHYARD_ARRAY_SIZE: '3',
    })),
  );
  const { rows } = await core.client.jobs.list({ array: id! });
  expect(new Set(rows.map(({ state }) => 'startedAt' in state && state.startedAt)).size).toBe(1);
  expect(await core.client.jobs.array({ id: id! })).toMatchObject({ gang: true, size: 3, counts: { running: 3 } });
});

test('one that does not succeed takes the others with it, and they run again together', async () => {
  const core = await open({ cores: 4 });
  const [id] = await core.submit(gang(3));
  await core.command.started(3);
  core.command.attempts[0]?.end(success);
  await core.ended(id! + 1);
  core.command.attempts[1]?.end(failure);
  expect((await core.ended(id! + 2)).state).toMatchObject({ kind: 'failed', exitCode: 3 });
  expect(await core.ended(id! + 3)).toMatchObject({
    state: { kind: 'failed', reason: { code: 'gang-member-ended', values: { job: { id: id! + 2, name: 'train [1]' } } } },
    sentence: 'Ended with its gang, because train [1] did not succeed.',
  });
  await core.client.jobs.retry({ ids: [id! + 3] });
  await core.command.started(6);
  expect(core.command.attempts.slice(3).map(({ run }) => `${run.task}.${run.attempt}`)).toEqual(['2.2', '3.2', '4.2']);
  for (const { end } of core.command.attempts.slice(3)) end(success);
  for (const one of [2, 3, 4]) expect((await core.ended(one)).state.kind).toBe('succeeded');
  await core.client.jobs.retry({ ids: [id!] });
  await core.command.started(9);
});

test('what is done to one of them is done to all', async () => {
  const core = await open({ cores: 2 });
  await core.submit({ name: 'first' });
  const [id] = await core.submit(gang(2));
  await core.command.started(1);
  await core.client.jobs.hold({ ids: [id! + 2] });
  expect(await kinds(core, id!)).toEqual({ held: 2 });
  await core.client.jobs.release({ ids: [id! + 1] });
  expect(await kinds(core, id!)).toEqual({ pending: 2 });
  core.command.attempts[0]?.end(success);
  await core.command.started(3);
  await core.client.jobs.pause({ ids: [id! + 1] });
  expect(await kinds(core, id!)).toEqual({ paused: 2 });
  await core.client.jobs.resume({ ids: [id! + 2] });
  expect(await kinds(core, id!)).toEqual({ running: 2 });
  await core.client.jobs.cancel({ ids: [id! + 2] });
  expect(await kinds(core, id!)).toEqual({ cancelled: 2 });
  const [waiting] = await core.submit(gang(2, { notBeforeAt: Date.now() + 1e9 }));
  await core.client.jobs.cancel({ ids: [waiting! + 1] });
  expect(await kinds(core, waiting!)).toEqual({ cancelled: 2 });
});

test('what could never start at once, or cannot end together, is refused with the numbers', async () => {
  const core = await open({ cores: 4 });
  expect(await refusal(core.submit(gang(3, { resources: { cores: 1.5 } })))).toEqual({
    code: 'gang-needs-cores',
    values: { size: 3, each: 1.5, needCores: 4.5, totalCores: 4 },
  });
  expect(await refusal(core.submit(gang(4, { resources: { memoryBytes: 5 * gigabyte } })))).toMatchObject({
    code: 'gang-needs-memory',
    values: { size: 4, each: 5 * gigabyte, needBytes: 20 * gigabyte },
  });
  expect(await refusal(core.submit(gang(2, { preemptible: {} })))).toEqual({ code: 'gang-option', values: { option: 'preemptible' } });
  expect(await refusal(core.submit(gang(2, { retries: 1 })))).toEqual({ code: 'gang-option', values: { option: 'retries' } });
  const atMost = { ...gang(2), array: { from: 0, to: 1, gang: true, atMost: 1 } };
  expect(await refusal(core.submit(atMost))).toEqual({ code: 'gang-option', values: { option: 'atMost' } });
  expect(await refusal(core.submit(gang(300, { resources: { cores: 0.01 } })))).toEqual({
    code: 'gang-too-large',
    values: { size: 300, limit: 256 },
  });
  expect((await core.client.jobs.list({})).total).toBe(0);
});

test('what other programs hold keeps all of them from starting, until they let go', async () => {
  const core = await open({ cores: 4, usedBytes: 9 * gigabyte });
  const [id] = await core.submit(gang(3, { resources: { memoryBytes: 3 * gigabyte } }));
  for await (const { state, wait } of await core.client.jobs.watchOne({ id: id! + 1 })) {
    expect(state.kind).toBe('pending');
    if (wait) {
      expect(wait.code).toBe('gang-memory');
      break;
    }
  }
  expect(core.command.attempts).toEqual([]);
  core.machine.usedBytes = gigabyte;
  await core.command.started(3);
});

test('under the next core those that had not begun begin beside the others, with the same attempt', async () => {
  const core = await open({ cores: 4 });
  const [id] = await core.submit(gang(2));
  await core.command.started(2);
  await core.close();
  const command = createFakeBackend('command');
  command.found.set('2.1', () => ({ kind: 'running', outcome: Promise.resolve(success) }));
  const next = await open({ dataFolder: core.dataFolder, command, cores: 4 });
  const begun = await command.started(1);
  expect(`${begun.run.task}.${begun.run.attempt}`).toBe('3.1');
  expect(await kinds(next, id!)).toEqual({ running: 2 });
});

test('one that ended without success while no core ran takes the others with it', async () => {
  const core = await open({ cores: 4 });
  const [id] = await core.submit(gang(3));
  await core.command.started(3);
  await core.close();
  const command = createFakeBackend('command');
  command.found.set('2.1', () => ({ kind: 'running', outcome: Promise.resolve(success) }));
  command.found.set('3.1', () => ({ kind: 'ended', outcome: failure }));
  const next = await open({ dataFolder: core.dataFolder, command, cores: 4 });
  for (const one of [2, 4]) expect((await next.ended(one)).state).toMatchObject({ kind: 'failed', reason: { code: 'gang-member-ended' } });
  expect(await kinds(next, id!)).toEqual({ failed: 3 });
});

test('a core that ended while it was ending a gang leaves that to the next one', async () => {
  const core = await open({ cores: 4 });
  core.command.isPatient = true;
  await core.submit(gang(2));
  await core.command.started(2);
  core.command.attempts[0]?.end(failure);
  await core.ended(2);
  expect(core.command.attempts[1]?.signal.reason).toBe('gang');
  core.command.attempts[1]?.end({ kind: 'detached' });
  await core.close();
  const command = createFakeBackend('command');
  command.found.set('3.1', () => ({ kind: 'running', outcome: Promise.resolve(success) }));
  const next = await open({ dataFolder: core.dataFolder, command, cores: 4 });
  expect((await next.ended(3)).state).toMatchObject({ kind: 'failed', reason: { code: 'gang-member-ended', values: { job: { id: 2 } } } });
});
