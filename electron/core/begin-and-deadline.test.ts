import { afterEach, expect, test } from 'vitest';
import type { JobRequest } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { openTestCore, removeFolder, type TestCore } from './test-core.ts';

/* What is said about time when a job is submitted, through the front door. */

const opened: TestCore[] = [];
const open = async (given: Parameters<typeof openTestCore>[0] = {}): Promise<TestCore> => {
  const core = await openTestCore({ cores: 1, ...given });
  opened.push(core);
  return core;
};

afterEach(async () => {
  for (const core of opened.splice(0).toReversed()) {
    await core.close();
    await removeFolder(core);
    expect(core.bugs).toEqual([]);
  }
});

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };

const lineOf = async (core: TestCore): Promise<number[]> => {
  const { rows } = await core.client.jobs.list({ filter: 'pending' });
  return rows.map(({ id }) => id);
};

test('a job that is not to begin before a time says so, and starts by itself when that has come', async () => {
  let now = 1_000_000;
  const core = await open({ now: () => now });
  const notBeforeAt = 1_000_010;
  const [id = 0, next = 0] = await core.submit({ notBeforeAt }, {});
  expect((await core.client.jobs.get({ id })).wait).toEqual({ code: 'begin-time', values: { at: notBeforeAt } });
  const other = await core.command.started(1);
  expect(other.run.jobId).toBe(next);
  other.end(success);
  await core.ended(next);
  expect(core.command.attempts).toHaveLength(1);
  now = notBeforeAt;
  const attempt = await core.command.started(2);
  attempt.end(success);
  const { state } = await core.ended(id);
  expect('startedAt' in state ? state.startedAt : 0).toBeGreaterThanOrEqual(notBeforeAt);
});

test('the next core waits for the same time', async () => {
  let now = 1_000_000;
  const core = await open({ now: () => now });
  const [id = 0] = await core.submit({ notBeforeAt: 1_060_000 });
  await core.close();
  const later = await open({ dataFolder: core.dataFolder, now: () => now });
  expect((await later.client.jobs.get({ id })).wait).toEqual({ code: 'begin-time', values: { at: 1_060_000 } });
  await later.close();
  now = 1_060_000;
  const last = await open({ dataFolder: core.dataFolder, now: () => now });
  expect((await last.command.started(1)).run.jobId).toBe(id);
});

test('a job that keeps hours waits for them, under the next core too, and starts by itself when they come', async () => {
  const clock = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();
  let now = clock(10, 12);
  const hours = { from: '22:00', to: '06:00' };
  const first = await open({ now: () => now });
  const [id = 0] = await first.submit({ hours });
  const wait = { code: 'closed-hours', values: { hours: '22:00-06:00', at: clock(10, 22) } };
  expect((await first.client.jobs.get({ id })).wait).toEqual(wait);
  await first.close();
  const core = await open({ dataFolder: first.dataFolder, now: () => now });
  expect((await core.client.jobs.get({ id })).wait).toEqual(wait);
  const [plan] = (await core.client.scheduler.plan({ limit: 10 })).runs;
  expect(plan).toMatchObject({ job: { id }, startsAt: clock(10, 22) });
  now = clock(10, 23);
  // Anything that happens tells the scheduler the time.
  await core.submit({});
  const attempt = await core.command.started(1);
  expect(attempt.run.jobId).toBe(id);
  attempt.end(success);
  await expect(core.submit({ hours: { from: '22:00', to: '22:00' } })).rejects.toThrow();
});

test('a deadline that has passed, or comes before the job may begin, is refused', async () => {
  const core = await open({ now: () => 1_000_000 });
  const refused = (request: Partial<JobRequest>): Promise<unknown> =>
    core.submit(request).then(
      () => 'accepted',
      (error: { data?: { reason?: unknown } }) => error.data?.reason,
    );
  expect(await refused({ deadlineAt: 1_000_000 })).toEqual({ code: 'deadline-past', values: { deadlineAt: 1_000_000 } });
  const values = { deadlineAt: 2_000_000, notBeforeAt: 3_000_000 };
  expect(await refused(values)).toEqual({ code: 'deadline-before-begin', values });
  expect(await refused({ deadlineAt: 1_000_001 })).toBe('accepted');
});

test('under the deadline policy the earliest goes first, and one that cannot be in time says by how much', async () => {
  const core = await open({ now: () => 1_000_000 });
  await core.client.scheduler.setPolicy({ policy: 'deadline' });
  const due = (seconds: number, expectedSeconds = 1): Partial<JobRequest> => ({ deadlineAt: 1_000_000 + seconds * 1000, expectedSeconds });
  await core.submit({ expectedSeconds: 1 });
  const [late = 0, second = 0, first = 0, never = 0] = await core.submit(due(5, 60), due(90), due(60), {});
  expect(await lineOf(core)).toEqual([first, second, late, never]);
  expect((await core.client.jobs.get({ id: late })).wait).toMatchObject({ code: 'deadline-late', values: { due: 1_005_000, ahead: 2 } });
});

test('what is learned while a job waits moves it', async () => {
  let now = 1_000_000;
  const core = await open({ now: () => now });
  await core.client.scheduler.setPolicy({ policy: 'shortest' });
  const job = (name: string, expected?: number) => ({
    command: [name],
    group: name,
    ...(expected !== undefined && { expectedSeconds: expected }),
  });
  const [quick = 0] = await core.submit(job('quick'));
  const [, middle = 0, again = 0] = await core.submit(job('other', 5), job('other', 20), job('quick'));
  expect(await lineOf(core)).toEqual([quick + 1, middle, again]);
  now += 1000;
  (await core.command.started(1)).end(success);
  await core.ended(quick);
  await expect.poll(() => lineOf(core)).toEqual([again, middle]);
});
