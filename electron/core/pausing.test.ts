import { describe, expect, test } from 'vitest';
import type { JobDetail } from '../../shared/model/job.ts';
import type { Outcome } from './ports.ts';
import { createFakeBackend, gigabyte, type FakeAttempt, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn: { device: 'cpu', deviceName: 'Test CPU', cores: 1 } };
const kinds = (job: JobDetail): string[] => job.events.map((event) => event.state.kind);
const job = (core: TestCore, id: number): Promise<JobDetail> => core.client.jobs.get({ id });
const whenState = async (core: TestCore, id: number, kind: string): Promise<JobDetail> => {
  for await (const found of await core.client.jobs.watchOne({ id })) if (found.state.kind === kind) return found;
  throw new Error('the stream ended');
};
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: { data?: { sentence?: string } }) => error.data?.sentence,
  );

describe('a paused job', () => {
  test('gives its cores to the next and keeps its memory, says both, and goes on when cores are free', async () => {
    const core = await open({ cores: 2 });
    const [first] = await core.submit({ resources: { cores: 2, memoryBytes: 9 * gigabyte } });
    const [large] = await core.submit({ resources: { cores: 1, memoryBytes: 9 * gigabyte }, name: 'large' });
    const [small] = await core.submit({ resources: { cores: 2 } });
    await whenState(core, first!, 'running');
    await core.client.jobs.cancel({ ids: [large!] });
    await core.client.jobs.pause({ ids: [first!] });
    expect(core.command.signals).toEqual(['pause 1.1']);
    expect((await core.command.started(2)).run.jobId).toBe(small);
    expect(await job(core, first!)).toMatchObject({
      state: { kind: 'paused', attempt: 1 },
      sentence: 'Paused by hand. Others may use its 2 cores, but not its 9.0 GB of memory. Resume it to let it go on.',
    });
    const [next] = await core.submit({ resources: { cores: 1, memoryBytes: 9 * gigabyte } });
    expect((await job(core, next!)).wait).toMatchObject({ code: 'cores-busy' });

    await core.client.jobs.resume({ ids: [first!] });
    expect(await job(core, first!)).toMatchObject({
      state: { kind: 'paused', isResuming: true },
      wait: { code: 'cores-busy', values: { needCores: 2, freeCores: 0, totalCores: 2, holders: [{ id: small }] } },
    });
    // It goes on before anybody who has not begun.
    core.command.attempts[1]?.end(success);
    expect((await whenState(core, first!, 'running')).state).toMatchObject({ kind: 'running', attempt: 1 });
    expect(core.command.signals).toEqual(['pause 1.1', 'resume 1.1']);
    expect((await job(core, next!)).state.kind).toBe('pending');
    core.command.attempts[0]?.end(success);
    const ended = await core.ended(first!);
    expect(kinds(ended)).toEqual(['pending', 'starting', 'running', 'paused', 'paused', 'running', 'succeeded']);
    expect((await core.command.started(3)).run.jobId).toBe(next);
  });

  test('is not charged for the time that it stood still: neither by its limit nor in what it took', async () => {
    let now = 1_000_000;
    const core = await open({ now: () => now });
    const [id] = await core.submit({ timeLimitSeconds: 3600 });
    await whenState(core, id!, 'running');
    now += 10_000;
    await core.client.jobs.pause({ ids: [id!] });
    now += 100_000;
    await core.client.jobs.resume({ ids: [id!] });
    expect((await whenState(core, id!, 'running')).state).toMatchObject({ startedAt: 1_000_000, pausedMs: 100_000 });
    now += 5_000;
    await core.client.jobs.pause({ ids: [id!] });
    now += 1_000;
    core.command.attempts[0]?.end(success);
    expect((await core.ended(id!)).state).toMatchObject({ startedAt: 1_000_000, endedAt: 1_116_000, pausedMs: 101_000 });
  });

  test('is not ended by its time limit for the time that it stood still, only for what it ran', async () => {
    let now = 1_000_000;
    const core = await open({ cores: 4, now: () => now });
    const [limited] = await core.submit({ timeLimitSeconds: 3600 });
    await whenState(core, limited!, 'running');
    await core.client.jobs.pause({ ids: [limited!] });
    now += 7_200_000;
    await core.client.jobs.resume({ ids: [limited!] });
    await whenState(core, limited!, 'running');
    // Had its time been up it would have been ended before this one, which began later.
    const [other] = await core.submit({ timeLimitSeconds: 0.001 });
    expect((await core.ended(other!)).state.kind).toBe('timed-out');
    expect((await job(core, limited!)).state.kind).toBe('running');
    now += 3_600_000;
    await core.client.jobs.pause({ ids: [limited!] });
    await core.client.jobs.resume({ ids: [limited!] });
    expect((await core.ended(limited!)).state.kind).toBe('timed-out');
  });

  test('can be cancelled, and may end by itself', async () => {
    const core = await open({ cores: 2 });
    const [first, second] = await core.submit({}, {});
    await whenState(core, second!, 'running');
    await whenState(core, first!, 'running');
    await core.client.jobs.pause({ ids: [first!, second!] });
    await core.client.jobs.cancel({ ids: [first!] });
    expect((await core.ended(first!)).state.kind).toBe('cancelled');
    core.command.attempts[1]?.end({ kind: 'failed', reason: { code: 'signal', values: { signal: 'SIGKILL' } } });
    expect((await core.ended(second!)).state.kind).toBe('failed');
    expect((await core.client.app.status()).counts.running).toBe(0);
  });

  test('waits while the queue is paused, too', async () => {
    const core = await open();
    const [id] = await core.submit({});
    await whenState(core, id!, 'running');
    await core.client.jobs.pause({ ids: [id!] });
    await core.client.scheduler.pause();
    await core.client.jobs.resume({ ids: [id!] });
    expect((await job(core, id!)).wait?.code).toBe('queue-paused');
    await core.client.scheduler.resume();
    expect((await whenState(core, id!, 'running')).state.kind).toBe('running');
  });

  test('is still paused under the next core, which stops it again, and goes on there', async () => {
    const core = await open();
    const [id, wanted] = await core.submit({}, {});
    await whenState(core, wanted!, 'running');
    await whenState(core, id!, 'running');
    await core.client.jobs.pause({ ids: [id!, wanted!] });
    await core.client.scheduler.pause();
    await core.client.jobs.resume({ ids: [wanted!] });
    await core.close();
    const command = createFakeBackend('command');
    const attempts: FakeAttempt[] = [];
    for (const key of ['1.1', '2.1']) {
      command.found.set(key, (attempt) => {
        attempts.push(attempt);
        return { kind: 'running', outcome: new Promise(() => {}) };
      });
    }
    const next = await open({ dataFolder: core.dataFolder, command, cores: 1 });
    const [other] = await next.submit({});
    await next.client.scheduler.resume();
    expect(await whenState(next, wanted!, 'running')).toMatchObject({ state: { attempt: 1 } });
    expect((await job(next, id!)).state.kind).toBe('paused');
    expect((await job(next, other!)).state.kind).toBe('pending');
    expect(command.signals).toContain('pause 1.1');
    expect(command.signals.filter((signal) => signal.endsWith('2.1')).at(-1)).toBe('resume 2.1');
    attempts[1]?.end(success);
    expect((await command.started(1)).run.jobId).toBe(other);
  });
});

describe('what cannot be paused', () => {
  test('says so in a sentence and goes on', async () => {
    const core = await open();
    const [waiting] = await core.submit({ resources: { cores: 2 } }, { resources: { cores: 2 } });
    await whenState(core, waiting!, 'running');
    expect(await refusal(core.client.jobs.pause({ ids: [2] }))).toBe('Job 2 cannot be paused: it is waiting.');
    expect(await refusal(core.client.jobs.resume({ ids: [1] }))).toBe('Job 1 cannot be resumed: it is running.');
    core.command.problem = 'Docker did not answer in time.';
    expect(await refusal(core.client.jobs.pause({ ids: [1] }))).toBe(
      'Job 1 could not be paused: Docker did not answer in time. It goes on.',
    );
    expect((await job(core, 1)).state.kind).toBe('running');
    expect((await job(core, 2)).state.kind).toBe('pending');
  });

  test('a model runs in one go, and with it nothing else that was named is paused', async () => {
    const core = await open({ cores: 2 });
    const [command, model] = await core.submit(
      {},
      { runtime: 'onnx', model: { path: `${import.meta.dirname}/pausing.test.ts` }, inputs: [] },
    );
    await whenState(core, command!, 'running');
    await whenState(core, model!, 'running');
    expect(await refusal(core.client.jobs.pause({ ids: [command!, model!] }))).toBe(
      'Job 2 cannot be paused: a model or an application runs in one go. Cancel it, or let it end.',
    );
    expect((await job(core, command!)).state.kind).toBe('running');
    expect(core.command.signals).toEqual([]);
  });

  test('one that cannot be let go on stays paused and says why', async () => {
    const core = await open();
    const [id] = await core.submit({});
    await whenState(core, id!, 'running');
    await core.client.jobs.pause({ ids: [id!] });
    core.command.problem = 'Docker did not answer in time.';
    await core.client.jobs.resume({ ids: [id!] });
    for await (const { state, sentence } of await core.client.jobs.watchOne({ id: id! })) {
      if (state.kind !== 'paused' || state.problem === undefined) continue;
      expect(sentence).toContain('The last time that did not work: Docker did not answer in time.');
      break;
    }
    delete core.command.problem;
    await core.client.jobs.resume({ ids: [id!] });
    expect((await whenState(core, id!, 'running')).state).toMatchObject({ kind: 'running' });
  });
});
