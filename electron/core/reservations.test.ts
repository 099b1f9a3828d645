import { afterEach, expect, test } from 'vitest';
import type { NewReservation } from '../../shared/contract/scheduler.ts';
import type { JobRequest } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { openTestCore, removeFolder, type TestCore } from './test-core.ts';

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
  expect(sentence).toMatch(/^Reserved for lab from .*14:00.* until .*15:00.*: 4 cores\. This job may take 1 min\.$/);
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
  await expect(reserve(core, { endsAt: start })).rejects.toThrow();
  await expect(core.client.scheduler.addReservation({ group: 'lab', startsAt: start, endsAt: start + hour })).rejects.toThrow();
  await expect(reserve(core, { endsAt: start + 25 * hour, repeats: 'daily' })).rejects.toThrow();
  // The next one that fits has the next number.
  expect(await reserve(core, { group: 'vision', cores: 1 })).toEqual({ id: 2 });
});
