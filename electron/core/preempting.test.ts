import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { createFakeBackend, type openTestCore, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const failure: Outcome = { kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 3 } }, exitCode: 3 };
const whenState = async (core: TestCore, id: number, kind: string): Promise<JobDetail> => {
  for await (const found of await core.client.jobs.watchOne({ id })) if (found.state.kind === kind) return found;
  throw new Error('the stream ended');
};
const one = async (core: TestCore, request: Partial<JobRequest>): Promise<number> => (await core.submit(request))[0]!;
const batch = { name: 'batch', preemptible: { graceSeconds: 2 }, resources: { cores: 2 } };
const urgent = { name: 'urgent', priority: 50, resources: { cores: 2 } };

/** A core whose clock stands still until a test moves it. */
const openAt = async (given: Parameters<typeof openTestCore>[0] = {}): Promise<{ core: TestCore; clock: { now: number } }> => {
  const clock = { now: 1_000_000 };
  return { clock, core: await open({ cores: 2, now: () => clock.now, ...given }) };
};

describe('a preempted job', () => {
  test('is ended, goes back in line behind the one that it made room for, and takes up its work by its resume command', async () => {
    const { core, clock } = await openAt();
    const id = await one(core, { ...batch, runtime: 'command', command: ['train'], resumeCommand: ['train', '--resume'] });
    await whenState(core, id, 'running');
    clock.now += 100_000;
    const other = await one(core, urgent);
    const first = await core.command.started(1);
    expect((await core.command.started(2)).run.jobId).toBe(other);
    expect(first.signal.reason).toBe('preempt');
    const back = await core.client.jobs.get({ id });
    expect(back.state).toMatchObject({ kind: 'pending', preemptions: { count: 1, lostSeconds: 0, by: { id: other, name: 'urgent' } } });
    expect(back.events.map(({ state }) => state.kind)).toEqual(['pending', 'starting', 'running', 'running', 'preempted', 'pending']);
    expect(back.events[4]?.state).toMatchObject({ attempt: 1, preemptedBy: { id: other, name: 'urgent' } });

    core.command.attempts[1]?.end(success);
    const again = await core.command.started(3);
    expect(again.run).toMatchObject({ jobId: id, attempt: 2, spec: { command: ['train', '--resume'] } });
    clock.now += 1000;
    again.end(success);
    expect((await core.ended(id)).state).toMatchObject({ kind: 'succeeded', attempt: 2, preemptions: { count: 1, by: { id: other } } });
    // Begun anew by hand it begins from the beginning.
    await core.client.jobs.retry({ ids: [id] });
    expect((await core.command.started(4)).run).toMatchObject({ spec: { command: ['train'] } });
    // The second it took for the rest of its work says nothing of all of it.
    expect((await core.client.jobs.get({ id })).prediction?.from).not.toBe('repeats');
  });

  test('loses what it did where it cannot take up its work, and keeps its retries', async () => {
    const { core, clock } = await openAt();
    const id = await one(core, { ...batch, retries: 1 });
    await whenState(core, id, 'running');
    clock.now += 100_000;
    await one(core, urgent);
    (await core.command.started(2)).end(success);
    await core.command.started(3);
    expect((await core.client.jobs.get({ id })).state).toMatchObject({ preemptions: { count: 1, lostSeconds: 100 } });
    clock.now += 50_000;
    const third = await one(core, urgent);
    (await core.command.started(4)).end(success);
    (await core.command.started(5)).end(failure);
    (await core.command.started(6)).end(failure);
    expect((await core.ended(id)).state).toMatchObject({
      kind: 'failed',
      attempt: 4,
      preemptions: { count: 2, lostSeconds: 150, by: { id: third } },
    });
  });

  test('that ends well in its grace has succeeded; one that is cancelled in it is cancelled', async () => {
    const { core, clock } = await openAt();
    core.command.isPatient = true;
    const [well, unwanted] = await core.submit({ ...batch, resources: { cores: 1 } }, { ...batch, resources: { cores: 1 } });
    await whenState(core, well!, 'running');
    await whenState(core, unwanted!, 'running');
    clock.now += 100_000;
    const other = await one(core, urgent);
    expect(await core.client.jobs.get({ id: other })).toMatchObject({
      sentence: expect.stringMatching(/^Waits for .* and make room for it, which takes 2 s at most\.$/) as string,
    });
    expect((await core.client.jobs.get({ id: well! })).sentence).toBe(
      'Being ended to make room for urgent, with 2 s to save its work. Then it goes back in line.',
    );
    const ends = core.command.attempts.map(({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)));
    if (!core.command.attempts[0]?.signal.aborted) await Promise.all(ends);
    core.command.attempts[0]?.end(success);
    expect((await core.ended(well!)).state).toMatchObject({ kind: 'succeeded', attempt: 1 });
    const cancelled = core.client.jobs.cancel({ ids: [unwanted!] });
    core.command.attempts[1]?.end({ kind: 'stopped' });
    await cancelled;
    expect((await core.ended(unwanted!)).state.kind).toBe('cancelled');
    expect((await core.command.started(3)).run.jobId).toBe(other);
    core.command.isPatient = false;
  });

  test('is not preempted before it has run for its quantum, and then without anything else happening', async () => {
    const { core, clock } = await openAt();
    const id = await one(core, { ...batch, preemptible: { graceSeconds: 0 } });
    await whenState(core, id, 'running');
    clock.now += 4_990;
    const other = await one(core, urgent);
    expect((await core.client.jobs.get({ id: other })).wait?.code).toBe('cores-busy');
    expect(core.command.attempts[0]?.signal.aborted).toBe(false);
    clock.now += 10;
    expect((await core.command.started(2)).run.jobId).toBe(other);
  });

  test('is never one that did not say so', async () => {
    const { core, clock } = await openAt();
    const id = await one(core, { resources: { cores: 2 } });
    await whenState(core, id, 'running');
    clock.now += 1_000_000;
    const other = await one(core, { ...urgent, priority: 1000 });
    expect((await core.client.jobs.get({ id: other })).wait?.code).toBe('cores-busy');
    expect(core.command.attempts[0]?.signal.aborted).toBe(false);
  });
});

describe('under shortest first', () => {
  const expected = { ...batch, preemptible: { graceSeconds: 0 }, expectedSeconds: 10 };
  const train = { ...expected, runtime: 'command' as const, command: ['train'], resumeCommand: ['train', '--resume'] };
  const short = { name: 'short', resources: { cores: 2 }, expectedSeconds: 10 };

  test('a job that outruns its P90 makes room for what should take less than it has had, and waits by that', async () => {
    const { core, clock } = await openAt();
    await core.client.scheduler.setPolicy({ policy: 'shortest' });
    const id = await one(core, train);
    await whenState(core, id, 'running');
    clock.now += 20_000;
    const other = await one(core, short);
    const later = await one(core, { ...short, name: 'longer', expectedSeconds: 100 });
    expect((await core.client.jobs.get({ id: other })).wait?.code, 'twice of what its user said may pass').toBe('cores-busy');
    core.command.isPatient = true;
    clock.now += 10;
    const ended = new Promise((resolve) => core.command.attempts[0]?.signal.addEventListener('abort', resolve));
    if (!core.command.attempts[0]?.signal.aborted) await ended;
    expect((await core.client.jobs.get({ id })).sentence).toBe(
      'It has run for 20 s, longer than the 20 s that nine of ten such runs take. Being ended to make room for short, with 0 ms to save its work. Then it goes back in line, as what has had 20 s.',
    );
    core.command.attempts[0]?.end({ kind: 'stopped' });
    expect((await core.command.started(2)).run.jobId).toBe(other);
    const outran = { ranSeconds: 20.01, p90Seconds: 20 };
    const back = await core.client.jobs.get({ id });
    expect(back.state).toMatchObject({ kind: 'pending', preemptions: { count: 1, attainedSeconds: 20.01, by: { id: other, outran } } });
    expect(back.events.at(-2)?.state).toMatchObject({ kind: 'preempted', preemptedBy: { id: other, name: 'short', outran } });
    expect([back.position, (await core.client.jobs.get({ id: later })).position]).toEqual([1, 2]);

    core.command.attempts[1]?.end(success);
    const again = await core.command.started(3);
    expect(again.run).toMatchObject({ jobId: id, attempt: 2, spec: { command: ['train', '--resume'] } });
    core.command.isPatient = false;
  });

  test('what it has had counts under the next core too', async () => {
    const { core, clock } = await openAt();
    await core.client.scheduler.setPolicy({ policy: 'shortest' });
    const id = await one(core, train);
    await whenState(core, id, 'running');
    clock.now += 30_000;
    const other = await one(core, short);
    expect((await core.command.started(2)).run.jobId).toBe(other);
    const [shorter, longer] = await core.submit({ ...short, expectedSeconds: 20 }, { ...short, expectedSeconds: 40 });
    const orderIn = async (one: TestCore): Promise<(number | undefined)[]> =>
      Promise.all([shorter!, id, longer!].map(async (job) => (await one.client.jobs.get({ id: job })).position));
    expect(await orderIn(core)).toEqual([1, 2, 3]);
    await core.client.scheduler.pause();
    core.command.attempts[1]?.end(success);
    await core.ended(other);
    await core.close();
    const next = await open({ dataFolder: core.dataFolder, cores: 2, now: () => clock.now });
    expect(await orderIn(next)).toEqual([1, 2, 3]);
  });

  test('one that nothing is known of, one that begins anew, and one that did not allow it stay', async () => {
    const { expectedSeconds: _, ...unknown } = train;
    const { preemptible: __, resumeCommand: ___, ...fixed } = train;
    for (const request of [unknown, expected, fixed]) {
      const { core, clock } = await openAt();
      await core.client.scheduler.setPolicy({ policy: 'shortest' });
      const id = await one(core, request);
      await whenState(core, id, 'running');
      clock.now += 50_000;
      const other = await one(core, short);
      expect((await core.client.jobs.get({ id: other })).wait?.code).toBe('cores-busy');
      expect(core.command.attempts[0]?.signal.aborted).toBe(false);
    }
  });
});

test('under deadline a job makes room for one that could not be in time otherwise, and both say whose deadline that saves', async () => {
  const { core, clock } = await openAt();
  await core.client.scheduler.setPolicy({ policy: 'deadline' });
  const id = await one(core, {
    ...batch,
    runtime: 'command',
    command: ['train'],
    resumeCommand: ['train', '--resume'],
    expectedSeconds: 500,
  });
  await whenState(core, id, 'running');
  clock.now += 100_000;
  core.command.isPatient = true;
  const deadlineAt = clock.now + 60_000;
  const other = await one(core, { name: 'report', resources: { cores: 2 }, expectedSeconds: 10, deadlineAt });
  const ended = new Promise((resolve) => core.command.attempts[0]?.signal.addEventListener('abort', resolve));
  if (!core.command.attempts[0]?.signal.aborted) await ended;
  expect((await core.client.jobs.get({ id })).sentence).toMatch(
    /^Being ended to make room for report, with 2 s to save its work\. .+ Otherwise report would miss its deadline of .+\. It would have ended at .+\.$/,
  );
  expect((await core.client.jobs.get({ id: other })).sentence).toMatch(/ make room for it, .+, so that report meets its deadline of .+\.$/);
  clock.now += 1000;
  core.command.attempts[0]?.end({ kind: 'stopped' });
  expect((await core.command.started(2)).run.jobId).toBe(other);
  const { state } = await core.client.jobs.get({ id });
  expect(state).toMatchObject({
    kind: 'pending',
    preemptions: { count: 1, lostSeconds: 1, by: { id: other, saves: { job: { id: other, name: 'report' }, due: deadlineAt } } },
  });
  core.command.attempts[1]?.end(success);
  expect((await core.command.started(3)).run).toMatchObject({ jobId: id, attempt: 2, spec: { command: ['train', '--resume'] } });
  core.command.isPatient = false;
});

test('what an earlier core was about to preempt is preempted by the next, however its attempt ended meanwhile', async () => {
  const { core, clock } = await openAt({ cores: 4 });
  const [ends, runs] = await core.submit(batch, batch);
  await whenState(core, ends!, 'running');
  await whenState(core, runs!, 'running');
  clock.now += 100_000;
  await core.client.scheduler.pause();
  const other = await one(core, { ...urgent, resources: { cores: 4 } });
  await core.close();
  // As if the core had died between the row that says so and the signal.
  const journal = new DatabaseSync(join(core.dataFolder, 'journal.db'));
  journal
    .prepare("UPDATE jobs SET state = json_set(state, '$.preemptedBy', json(?)) WHERE id IN (?, ?)")
    .run(JSON.stringify({ id: other, name: 'urgent' }), ends!, runs!);
  journal.close();
  const command = createFakeBackend('command');
  command.found.set('1.1', () => ({
    kind: 'ended',
    outcome: { kind: 'failed', reason: { code: 'signal', values: { signal: 'SIGTERM' } } },
  }));
  command.found.set('2.1', () => ({ kind: 'running', outcome: new Promise(() => {}) }));
  const next = await open({ dataFolder: core.dataFolder, cores: 4, command, now: () => clock.now });
  await next.client.scheduler.resume();
  expect((await command.started(1)).run.jobId).toBe(other);
  for (const id of [ends!, runs!]) {
    expect((await next.client.jobs.get({ id })).state).toMatchObject({ kind: 'pending', preemptions: { count: 1, by: { id: other } } });
  }
});
