import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import type { NewReservation } from '../../shared/contract/scheduler.ts';
import type { JobRequest } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { createFakeBackend, openTestCore, removeFolder, type TestCore } from './test-core.ts';

/* What is reserved for groups of jobs, through the front door. */

const opened: TestCore[] = [];
const start = new Date(2026, 10, 28, 14).getTime();
const hour = 3_600_000;
let now = start;
const open = async (given: Parameters<typeof openTestCore>[0] = {}): Promise<TestCore> => {
  const core = await openTestCore({ cores: 4, now: () => now, ...given });
  opened.push(core);
  return core;
};
afterEach(async () => {
  now = start;
  for (const core of opened.splice(0).toReversed()) {
    await core.close();
    await removeFolder(core);
    expect(core.bugs).toEqual([]);
  }
});

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const reserve = (core: TestCore, values: Partial<NewReservation> = {}) =>
  core.client.scheduler.addReservation({ group: 'lab', startsAt: start, endsAt: start + hour, cores: 4, ...values });
const refusal = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: { data?: { reason?: unknown } }) => error.data?.reason,
  );
const short: Partial<JobRequest> = { timeLimitSeconds: 60 };

test('what is reserved for a group keeps others waiting, who are told so, and starts its own', async () => {
  const core = await open();
  await reserve(core);
  const [other = 0] = await core.submit({ ...short });
  const [own = 0] = await core.submit({ ...short, group: 'lab/alice' });
  expect((await core.command.started(1)).run.jobId).toBe(own);
  const { wait, sentence } = await core.client.jobs.get({ id: other });
  expect(wait).toEqual({
    code: 'reserved-time',
    values: { group: 'lab', cores: 4, from: start, until: start + hour, needSeconds: 60 },
  });
  expect(sentence).toMatch(/^Reserved for lab from .*14:00.* until .*15:00.*, 4 cores\. This job may take 1 min\.$/);
  const plan = await core.client.scheduler.plan({});
  expect(plan.runs.find(({ job }) => job.id === other)).toMatchObject({ startsAt: start + hour });
  await core.client.scheduler.removeReservation({ id: 1 });
  (await core.command.started(2)).end(success);
  await core.ended(other);
  expect(await core.client.scheduler.reservations()).toEqual({ reservations: [] });
});

test('it is kept over a restart, and over with its time', async () => {
  const core = await open();
  await reserve(core, { startsAt: start + hour, endsAt: start + 2 * hour, repeats: 'daily' });
  await core.close();
  const next = await open({ dataFolder: core.dataFolder });
  const [one] = (await next.client.scheduler.reservations()).reservations;
  expect(one).toMatchObject({ id: 1, group: 'lab', repeats: 'daily', next: { from: start + hour, to: start + 2 * hour } });
  const [id = 0] = await next.submit({ timeLimitSeconds: 7200 });
  expect((await next.client.jobs.get({ id })).wait?.code).toBe('reserved-time');
  await next.close();
  now = start + 2 * hour;
  const last = await open({ dataFolder: core.dataFolder });
  expect((await last.command.started(1)).run.jobId).toBe(id);
  const [after] = (await last.client.scheduler.reservations()).reservations;
  expect(after?.next?.from).toBe(new Date(2026, 10, 29, 15).getTime());
});

test('what could not be kept is refused in words', async () => {
  const core = await open();
  await reserve(core, { cores: 3, devices: ['cpu'] });
  expect(await refusal(reserve(core, { devices: ['gpu9'] }))).toMatchObject({ code: 'device-unknown' });
  expect(await refusal(reserve(core, { startsAt: start - 2 * hour, endsAt: start }))).toMatchObject({ code: 'reservation-over' });
  expect(await refusal(reserve(core, { cores: 5 }))).toMatchObject({ code: 'reservation-cores-taken', values: { cores: 5, left: 4 } });
  expect(await refusal(reserve(core, { group: 'vision', cores: 2 }))).toMatchObject({ values: { cores: 2, left: 1 } });
  expect(await refusal(reserve(core, { group: 'vision', devices: ['cpu'] }))).toMatchObject({
    code: 'reservation-device-taken',
    values: { device: 'cpu', group: 'lab', from: start },
  });
  expect(await refusal(core.client.scheduler.removeReservation({ id: 9 }))).toMatchObject({ code: 'reservation-unknown' });
  expect(await refusal(reserve(core, { memoryBytes: 1e15 }))).toMatchObject({ code: 'reservation-memory-taken', values: { bytes: 1e15 } });
  await expect(reserve(core, { deviceMemoryBytes: 1e9 })).rejects.toThrow();
  await expect(reserve(core, { endsAt: start })).rejects.toThrow();
  await expect(core.client.scheduler.addReservation({ group: 'lab', startsAt: start, endsAt: start + hour })).rejects.toThrow();
  await expect(reserve(core, { endsAt: start + 25 * hour, repeats: 'daily' })).rejects.toThrow();
  // The next one that fits has the next number.
  expect(await reserve(core, { group: 'vision', cores: 1 })).toEqual({ id: 2 });
});

const preemptible: Partial<JobRequest> = { name: 'train', preemptible: { graceSeconds: 2 }, resources: { cores: 4 } };

test('what others run in it when it begins is ended where both allow that, waits for its end, and is said to hold it up meanwhile', async () => {
  const core = await open();
  core.command.isPatient = true;
  const [train = 0] = await core.submit({ ...preemptible });
  const running = await core.command.started(1);
  now += hour / 2;
  await reserve(core, { startsAt: now, endsAt: now + hour, cores: 4, endsRunning: true });
  await expect.poll(() => String(running.signal.reason)).toBe('preempt');
  const stateOf = async () => (await core.client.scheduler.reservations()).reservations[0];
  expect(await stateOf()).toMatchObject({ endsRunning: true, heldUpBy: [{ id: train, name: 'train', isEnding: true }] });
  const ending = await core.client.jobs.get({ id: train });
  expect(ending.wait).toEqual({ code: 'ends-for-reservation', values: { id: 1, group: 'lab', graceSeconds: 2 } });
  expect(ending.sentence).toContain('reserved for lab now (reservation 1), with 2 s to save its work');
  running.end({ kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 143 } }, exitCode: 143 });
  const [own = 0] = await core.submit({ ...short, group: 'lab', resources: { cores: 2 } });
  expect((await core.command.started(2)).run.jobId).toBe(own);
  expect(await stateOf()).not.toHaveProperty('heldUpBy');
  const back = await core.client.jobs.get({ id: train });
  expect(back.wait?.code).toBe('reserved-time');
  expect(back.state).toMatchObject({ kind: 'pending', preemptions: { count: 1, by: { reservation: { id: 1, group: 'lab' } } } });
});

test('the plan ends what runs into it and begins it again afterwards', async () => {
  const core = await open();
  const [train = 0] = await core.submit({ ...preemptible });
  await core.command.started(1);
  await reserve(core, { startsAt: start + hour, endsAt: start + 2 * hour, endsRunning: true });
  const plan = await core.client.scheduler.plan({});
  expect(plan.runs.map(({ job, kind, startsAt, endsAt }) => [job.id, kind, startsAt, endsAt])).toEqual([
    [train, 'running', start, start + hour + 2000],
    [train, 'planned', start + 2 * hour, undefined],
  ]);
  expect(plan).toMatchObject({ unplanned: 0, beyond: 0 });
});

test('what a reservation was about to end has not failed under the next core, however its attempt ended meanwhile', async () => {
  const core = await open();
  const [train = 0] = await core.submit({ ...preemptible });
  await core.command.started(1);
  await core.close();
  // As if the core had died between the row that says so and the signal.
  const journal = new DatabaseSync(join(core.dataFolder, 'journal.db'));
  const preemptedBy = { reservation: { id: 1, group: 'lab' } };
  journal.prepare("UPDATE jobs SET state = json_set(state, '$.preemptedBy', json(?)) WHERE id = ?").run(JSON.stringify(preemptedBy), train);
  journal.close();
  const command = createFakeBackend('command');
  const outcome: Outcome = { kind: 'failed', reason: { code: 'signal', values: { signal: 'SIGTERM' } } };
  command.found.set('1.1', () => ({ kind: 'ended', outcome }));
  const next = await open({ dataFolder: core.dataFolder, command });
  expect((await command.started(1)).run).toMatchObject({ jobId: train, attempt: 2 });
  expect((await next.client.jobs.get({ id: train })).state.preemptions).toMatchObject({ count: 1, by: preemptedBy });
});
