import { describe, expect, test } from 'vitest';
import type { Outcome } from './ports.ts';
import { createFakeBackend, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const failure: Outcome = { kind: 'failed', reason: { code: 'exit-code', values: { exitCode: 3 } }, exitCode: 3 };

const one = async (core: TestCore, request: Parameters<TestCore['submit']>[0] = {}): Promise<number> => (await core.submit(request))[0]!;
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: { data?: { sentence?: string } }) => error.data?.sentence,
  );
const sentence = async (core: TestCore, id: number): Promise<string | undefined> => (await core.client.jobs.get({ id })).sentence;

describe('after any end', () => {
  test.each<[string, Outcome]>([
    ['success', success],
    ['failure', failure],
  ])('a job starts after the %s of the other one', async (_, outcome) => {
    const core = await open({ cores: 1 });
    const first = await one(core);
    const second = await one(core, { afterAny: [first] });
    expect(await sentence(core, second)).toBe('Waits for true to finish.');
    (await core.command.started(1)).end(outcome);
    (await core.command.started(2)).end(success);
    expect((await core.ended(second)).state.kind).toBe('succeeded');
  });

  test('the cancel of a waiting one counts as its end, and so does its failure because of another', async () => {
    const core = await open({ cores: 1 });
    const running = await one(core);
    const waiting = await one(core, { after: [running] });
    const follower = await one(core, { after: [waiting] });
    const cleaner = await one(core, { afterAny: [follower] });
    await core.client.jobs.cancel({ ids: [waiting] });
    expect((await core.ended(follower)).state.kind).toBe('failed');
    (await core.command.started(1)).end(success);
    expect((await core.command.started(2)).run.jobId).toBe(cleaner);
  });
});

describe('after a failure', () => {
  test('a job starts once the other one has failed', async () => {
    const core = await open();
    const first = await one(core, { name: 'train' });
    const alarm = await one(core, { afterNotOk: [first] });
    expect(await sentence(core, alarm)).toBe('Waits for train to finish, and runs only if one of these does not succeed: train.');
    (await core.command.started(1)).end(failure);
    expect((await core.command.started(2)).run.jobId).toBe(alarm);
  });

  test('it is cancelled as not needed once the other one has succeeded, and what comes after it goes the same way as after any cancel', async () => {
    const core = await open();
    const first = await one(core, { name: 'train' });
    const alarm = await one(core, { afterNotOk: [first] });
    const afterAlarm = await one(core, { after: [alarm] });
    const always = await one(core, { afterAny: [alarm] });
    (await core.command.started(1)).end(success);
    expect(await core.ended(alarm)).toMatchObject({
      state: { kind: 'cancelled', reason: { code: 'not-needed', values: { job: { id: first, name: 'train' } } } },
      sentence: 'train succeeded; this was to run only if it did not, so it is not needed.',
    });
    expect(await core.ended(afterAlarm)).toMatchObject({ state: { kind: 'failed', reason: { code: 'dependency-failed' } } });
    expect((await core.command.started(2)).run.jobId).toBe(always);
    const { counts, latestFailure } = await core.client.app.status();
    expect(counts.cancelled).toBe(1);
    expect(latestFailure?.id).toBe(afterAlarm);
  });

  test('of several one failure is enough, and only the success of all makes it unneeded', async () => {
    const core = await open({ cores: 4 });
    const watched = await core.submit({}, {}, {}, {});
    const early = await one(core, { afterNotOk: watched.slice(0, 2) });
    const late = await one(core, { afterNotOk: watched.slice(2) });
    await core.command.started(4);
    for (const [index, outcome] of [success, failure, success].entries()) core.command.attempts[index]?.end(outcome);
    expect((await core.command.started(5)).run.jobId).toBe(early);
    expect((await core.client.jobs.get({ id: late })).state.kind).toBe('pending');
    core.command.attempts[3]?.end(success);
    expect((await core.ended(late)).state.kind).toBe('cancelled');
  });

  test('one that is submitted too late is taken and ends at once', async () => {
    const core = await open();
    const first = await one(core);
    (await core.command.started(1)).end(success);
    await core.ended(first);
    const alarm = await one(core, { afterNotOk: [first] });
    expect(await core.ended(alarm)).toMatchObject({ state: { kind: 'cancelled', reason: { code: 'not-needed' } } });
  });

  test('holding and releasing a job keeps what has come true already', async () => {
    const core = await open({ cores: 2 });
    const [failing, running] = await core.submit({}, {});
    const alarm = await one(core, { afterNotOk: [failing!, running!], resources: { cores: 2 } });
    (await core.command.started(1)).end(failure);
    await core.ended(failing!);
    await core.client.jobs.hold({ ids: [alarm] });
    await core.client.jobs.release({ ids: [alarm] });
    expect((await core.client.jobs.get({ id: alarm })).wait?.code).toBe('cores-busy');
    core.command.attempts[1]?.end(success);
    expect((await core.command.started(3)).run.jobId).toBe(alarm);
  });
});

describe('what waits', () => {
  test('goes on waiting while the other one is started again by itself', async () => {
    const core = await open({ cores: 1 });
    const first = await one(core, { retries: 1, name: 'flaky' });
    const second = await one(core, { after: [first] });
    const alarm = await one(core, { afterNotOk: [first] });
    (await core.command.started(1)).end(failure);
    const again = await core.command.started(2);
    expect(again.run).toMatchObject({ jobId: first, attempt: 2 });
    expect(await sentence(core, second)).toBe('Waits for flaky to finish.');
    again.end(success);
    expect((await core.command.started(3)).run.jobId).toBe(second);
    expect((await core.ended(alarm)).state.kind).toBe('cancelled');
  });

  test('waits again when the other one is retried by hand', async () => {
    const core = await open({ cores: 2 });
    const [first, other] = await core.submit({ name: 'a' }, { name: 'b' });
    const second = await one(core, { afterAny: [first!, other!] });
    (await core.command.started(1)).end(failure);
    await core.ended(first!);
    expect(await sentence(core, second)).toBe('Waits for b to finish.');
    await core.client.jobs.retry({ ids: [first!] });
    const again = await core.command.started(3);
    core.command.attempts[1]?.end(success);
    await core.ended(other!);
    expect(await sentence(core, second)).toBe('Waits for a to finish.');
    again.end(success);
    expect((await core.command.started(4)).run.jobId).toBe(second);
  });

  test('says which of those are held by hand', async () => {
    const core = await open({ cores: 1 });
    const [, held] = await core.submit({}, { name: 'prepare' });
    const second = await one(core, { after: [held!] });
    await core.client.jobs.hold({ ids: [held!] });
    expect(await sentence(core, second)).toBe('Waits for prepare to finish; held by hand until released: prepare.');
    await core.client.jobs.release({ ids: [held!] });
    expect(await sentence(core, second)).toBe('Waits for prepare to finish.');
  });

  test('stands the same after the core was ended and started again', async () => {
    const core = await open({ cores: 4 });
    const [ok, bad, open1] = await core.submit({}, {}, {});
    await core.command.started(3);
    core.command.attempts[1]?.end(failure);
    await core.ended(bad!);
    await core.client.scheduler.pause();
    const raised = await one(core, { afterNotOk: [ok!, bad!] });
    const ended = await one(core, { afterAny: [bad!] });
    const waits = await one(core, { afterAny: [bad!, open1!] });
    await core.close();
    const command = createFakeBackend('command');
    for (const key of ['1.1', '3.1']) command.found.set(key, () => ({ kind: 'running', outcome: new Promise(() => {}) }));
    const next = await open({ dataFolder: core.dataFolder, command, cores: 4 });
    const codes = await Promise.all([raised, ended, waits].map(async (id) => (await next.client.jobs.get({ id })).wait?.code));
    expect(codes).toEqual(['queue-paused', 'queue-paused', 'dependency']);
  });
});

describe('a circle cannot be built', () => {
  test('a job that names the number it would get itself is refused with a sentence', async () => {
    const core = await open();
    const first = await one(core);
    for (const link of ['after', 'afterAny', 'afterNotOk'] as const) {
      expect(await refusal(core.submit({ [link]: [first + 1] }))).toBe(
        'There is no job 2 to wait for: a job can only come after jobs that are there already. Check the numbers.',
      );
    }
    // Of two that are handed in together neither is there yet.
    expect(await refusal(core.submit({ after: [first + 2] }, { after: [first + 1] }))).toContain('There is no job 3');
    expect((await core.client.jobs.list({})).total).toBe(1);
  });

  test('one job cannot be waited for in two ways', async () => {
    const core = await open();
    const first = await one(core);
    expect(await refusal(core.submit({ after: [first], afterNotOk: [first] }))).toBe(
      'Job 1 is named more than once among the jobs to wait for, in different ways. Name it once.',
    );
    expect((await core.submit({ after: [first, first] })).length).toBe(1);
  });
});
