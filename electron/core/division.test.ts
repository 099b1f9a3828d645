import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobDetail, JobRequest, SplitRequest } from '../../shared/model/job.ts';
import type { Chunk } from './division-port.ts';
import type { Outcome } from './ports.ts';
import { createFakeSampler, openTestCore, removeFolder, type FakeAttempt, type TestCore } from './test-core.ts';

let folder: string;
let open: TestCore | undefined;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'switchyard-division-'))));
afterEach(async () => {
  await open?.close();
  if (open) await removeFolder(open);
  open = undefined;
  rmSync(folder, { recursive: true });
});

const manifests = [{ id: 'digits', accepts: ['.png'], manyFiles: true, models: [] }];
const openCore = async (given: Parameters<typeof openTestCore>[0] = {}): Promise<TestCore> =>
  (open = await openTestCore({ manifests, ...given }));

const dividedJob = (count: number, split: SplitRequest = { over: 'all', scheme: 'adaptive' }, more: object = {}): Partial<JobRequest> => {
  const files = Array.from({ length: count }, (_, index) => ({ path: join(folder, `${index}.png`) }));
  for (const { path } of files) writeFileSync(path, 'a picture');
  return { runtime: 'application', application: 'digits', files, split, ...more } as Partial<JobRequest>;
};

const succeeded: Outcome = {
  kind: 'succeeded',
  artifacts: [],
  ranOn: { device: 'cpu', deviceName: 'Test CPU', provider: 'cpu', cores: 1 },
};
const crashed: Outcome = { kind: 'failed', reason: { code: 'worker-crashed', values: { signal: 'SIGKILL' } } };

const next = (attempt: FakeAttempt): Promise<Chunk | undefined> => attempt.run.chunks?.next() ?? Promise.reject(new Error('it is no part'));
const done = (attempt: FakeAttempt, chunk: Chunk, seconds = chunk.count): void => {
  const items = Array.from({ length: chunk.count }, (_, index) => ({ file: `${chunk.first + index}.png`, best: '1', labels: [] }));
  attempt.run.chunks?.done(chunk, { result: { kind: 'labels', items }, artifacts: [] }, { seconds, overheadSeconds: 0 });
};
/** Does chunks until there are none. */
const workOff = async (attempt: FakeAttempt, outcome: Outcome = succeeded): Promise<void> => {
  for (let chunk = await next(attempt); chunk; chunk = await next(attempt)) done(attempt, chunk);
  attempt.end(outcome);
};
const filesOf = ({ result }: JobDetail): string[] => (result?.kind === 'labels' ? result.items.map(({ file }) => file) : []);
const gpuWith = (key: string) => ({ key, kind: 'gpu' as const, name: 'Test GPU', providers: [] });
const allFiles = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}.png`);

test('each core is a part with a grant of its own, and the job is one row that counts items and proves who did what', async () => {
  const { client, onnx, submit, ended } = await openCore();
  const [id = 0] = await submit(dividedJob(40));
  const [first, second] = [await onnx.started(1), await onnx.started(2)];
  expect([first.run.task, second.run.task]).toEqual([`${id}.1`, `${id}.2`]);
  expect([first.run.placement.cores, second.run.placement.cores]).toEqual([1, 1]);
  const chunk = await next(first);
  if (!chunk) throw new Error('nothing to do');
  done(first, chunk, 2);
  const { rows, total } = await client.jobs.list({ filter: 'all' });
  expect([total, rows.map((row) => [row.id, row.state.kind, row.progress])]).toEqual([
    1,
    [[id, 'running', { done: chunk.count, total: 40 }]],
  ]);
  expect((await client.jobs.get({ id })).parts).toMatchObject([
    { part: 1, device: 'cpu', state: 'running', items: chunk.count, seconds: 2, itemsPerSecond: chunk.count / 2 },
    { part: 2, device: 'cpu', state: 'running', items: 0 },
  ]);
  const { runs } = await client.scheduler.plan({});
  expect(runs.map(({ job, part, kind }) => [job.id, part, kind])).toEqual([
    [id, 1, 'running'],
    [id, 2, 'running'],
  ]);
  await Promise.all([workOff(first), workOff(second)]);
  const job = await ended(id);
  expect(job.state.kind).toBe('succeeded');
  expect(filesOf(job)).toEqual(allFiles(40));
  const parts = 'ranOn' in job.state ? (job.state.ranOn?.parts ?? []) : [];
  expect(parts.reduce((sum, { items }) => sum + items, 0)).toBe(40);
});

test('whoever is faster is given more, and nobody is given more than half of what would be its share', async () => {
  const { onnx, submit, ended } = await openCore();
  const [id = 0] = await submit(dividedJob(64));
  const [first, second] = [await onnx.started(1), await onnx.started(2)];
  // Each shows first how fast it is: one item, of which the second can do three in the time of the first.
  const probes = [await next(first), await next(second)].flatMap((chunk) => chunk ?? []);
  expect(probes.map(({ count }) => count)).toEqual([1, 1]);
  done(first, probes[0]!, 3);
  done(second, probes[1]!, 1);
  const [slow, fast] = [await next(first), await next(second)].flatMap((chunk) => chunk ?? []);
  expect([slow?.count, fast?.count]).toEqual([Math.ceil((62 * 0.25) / 2), Math.ceil((54 * 0.75) / 2)]);
  done(first, slow!, 24);
  done(second, fast!, 21);
  await Promise.all([workOff(first), workOff(second)]);
  expect(filesOf(await ended(id))).toEqual(allFiles(64));
});

test('a part that starts later joins in, and one whose turn never came is forgotten when nothing is left', async () => {
  const { client, command, onnx, submit, ended } = await openCore({ cores: 2 });
  const [busy = 0] = await submit({});
  await command.started(1);
  const [id = 0] = await submit(dividedJob(6));
  const first = await onnx.started(1);
  const waiting = await client.jobs.get({ id });
  expect(waiting.state.kind).toBe('running');
  expect(waiting.parts?.map(({ state, reason }) => [state, reason?.code])).toEqual([
    ['running', undefined],
    ['waiting', 'cores-busy'],
  ]);
  // It stands in line beside a job that runs, and is no row of its own.
  expect((await client.jobs.list({ filter: 'pending' })).total).toBe(0);
  await workOff(first);
  expect(filesOf(await ended(id))).toEqual(allFiles(6));
  command.attempts[0]?.end({ ...succeeded, ranOn: { ...succeeded.ranOn } });
  await ended(busy);
  expect(onnx.attempts).toHaveLength(1);
});

test('what a crashed part had in hand is done again, in order and once', async () => {
  const { onnx, submit, ended } = await openCore();
  const [id = 0] = await submit(dividedJob(20));
  const [first, second] = [await onnx.started(1), await onnx.started(2)];
  await next(first);
  first.end(crashed);
  const again = await onnx.started(3);
  expect([again.run.task, again.run.attempt]).toEqual([`${id}.1`, 2]);
  await Promise.all([workOff(second), workOff(again)]);
  expect(filesOf(await ended(id))).toEqual(allFiles(20));
});

test('items that crash whoever takes them end the job instead of going round for ever', async () => {
  const { onnx, submit, ended } = await openCore({ cores: 1 });
  const [id = 0] = await submit(dividedJob(3));
  for (let count = 1; count <= 3; count += 1) {
    const attempt = await onnx.started(count);
    await next(attempt);
    attempt.end(crashed);
  }
  expect((await ended(id)).state).toMatchObject({ kind: 'failed', reason: { code: 'worker-crashed' } });
  expect(onnx.attempts).toHaveLength(3);
});

test('a part gives way to a job that matters more when its chunk is done, and nothing that it did is lost', async () => {
  let clock = 1_000_000;
  const { client, command, onnx, submit, ended } = await openCore({ cores: 1, now: () => clock });
  const [id = 0] = await submit(dividedJob(12));
  const first = await onnx.started(1);
  const chunk = await next(first);
  clock += 60_000;
  const [urgent = 0] = await submit({ priority: 100, name: 'urgent' });
  expect((await client.jobs.get({ id: urgent })).wait?.code).toBe('preempting');
  expect(first.signal.aborted).toBe(false);
  done(first, chunk!);
  await workOff(first);
  const other = await command.started(1);
  expect((await client.jobs.get({ id })).parts).toMatchObject([{ state: 'waiting', items: chunk!.count }]);
  other.end(succeeded);
  await workOff(await onnx.started(2));
  expect(filesOf(await ended(id))).toEqual(allFiles(12));
});

test('wrong files fail the job at once with their reason, and its other parts end with it', async () => {
  const { onnx, submit, ended } = await openCore();
  const [id = 0] = await submit(dividedJob(20));
  const [first, second] = [await onnx.started(1), await onnx.started(2)];
  await Promise.all([next(first), next(second)]);
  first.end({ kind: 'failed', reason: { code: 'picture-blank', values: { file: '0.png' } } });
  expect((await ended(id)).state).toMatchObject({ kind: 'failed', reason: { code: 'picture-blank' } });
  expect(second.signal.aborted).toBe(true);
});

test('what takes longer than it may ends with all its parts', async () => {
  const { onnx, submit, ended } = await openCore();
  const [id = 0] = await submit(dividedJob(20, undefined, { timeLimitSeconds: 0.05 }));
  expect((await ended(id)).state).toMatchObject({ kind: 'timed-out', reason: { code: 'time-limit' } });
  expect(onnx.attempts.every(({ signal }) => signal.aborted)).toBe(true);
});

describe('a device beside the processor', () => {
  const unreached: Outcome = {
    kind: 'failed',
    reason: { code: 'provider-unavailable', values: { device: 'gpu0', kind: 'gpu', known: 'cpu' } },
  };

  test('that no provider reaches is left out of all devices and says why, and the others do its work', async () => {
    const { client, onnx, submit, ended } = await openCore({ cores: 2, sampler: createFakeSampler(gpuWith('a')) });
    const [id = 0] = await submit(dividedJob(8));
    const [onGpu, onCore] = [await onnx.started(1), await onnx.started(2)];
    expect([onGpu, onCore].map(({ run }) => run.placement.accelerators?.map(({ device }) => device))).toEqual([['gpu0'], undefined]);
    onGpu.end(unreached);
    const last = await onnx.started(3);
    const { parts } = await client.jobs.get({ id });
    expect(parts?.map(({ device, state, reason }) => [device, state, reason?.code])).toEqual([
      ['gpu0', 'left-out', 'provider-unavailable'],
      ['cpu', 'running', undefined],
      ['cpu', 'running', undefined],
    ]);
    await Promise.all([workOff(onCore), workOff(last)]);
    expect(filesOf(await ended(id))).toEqual(allFiles(8));
  });

  test('that takes time to start is given less of the next division that is made before it begins', async () => {
    const { onnx, submit, ended } = await openCore({ cores: 2, sampler: createFakeSampler(...['a', 'b'].map(gpuWith)) });
    const over = ['gpu0', 'gpu1'];
    const started = (startUpSeconds: number): Outcome => ({
      kind: 'succeeded',
      artifacts: [],
      ranOn: { device: 'gpu', deviceName: 'Test GPU', cores: 1, warm: false, startUpSeconds },
    });
    const [first = 0] = await submit(dividedJob(8, { over, scheme: 'adaptive' }));
    const [slow, quick] = [await onnx.started(1), await onnx.started(2)];
    await Promise.all([workOff(slow, started(5)), workOff(quick, started(1))]);
    await ended(first);
    const [second = 0] = await submit(dividedJob(12, { over, scheme: 'static' }));
    const again = [await onnx.started(3), await onnx.started(4)];
    const chunks = await Promise.all(again.map(next));
    // At an item in a second both end after nine.
    expect(chunks.map((chunk) => chunk?.count)).toEqual([4, 8]);
    again.forEach((attempt, index) => done(attempt, chunks[index]!));
    await Promise.all(again.map((attempt) => workOff(attempt)));
    expect(filesOf(await ended(second))).toEqual(allFiles(12));
  });

  test('that no provider reaches fails the job that named it', async () => {
    const { onnx, submit, ended } = await openCore({ cores: 2, sampler: createFakeSampler(gpuWith('a')) });
    const [id = 0] = await submit(dividedJob(8, { over: ['gpu0', 'cpu'], scheme: 'adaptive' }));
    (await onnx.started(1)).end(unreached);
    expect((await ended(id)).state).toMatchObject({ kind: 'failed', reason: { code: 'provider-unavailable' } });
  });
});

test('cancelling ends all parts, before and after the first has begun', async () => {
  const { client, command, onnx, submit, ended } = await openCore({ cores: 2 });
  await submit({ resources: { cores: 2 } });
  await command.started(1);
  const [early = 0, late = 0] = await submit(dividedJob(4), dividedJob(4));
  expect((await client.jobs.list({ filter: 'pending' })).rows.map(({ id, position }) => [id, position])).toEqual([
    [early, 1],
    [late, 3],
  ]);
  await client.jobs.cancel({ ids: [early] });
  expect((await ended(early)).state.kind).toBe('cancelled');
  command.attempts[0]?.end(succeeded);
  await onnx.started(2);
  await client.jobs.cancel({ ids: [late] });
  expect((await ended(late)).state).toMatchObject({ kind: 'cancelled', attempt: 1 });
  expect(onnx.attempts.map(({ run, signal }) => [run.jobId, signal.aborted])).toEqual([
    [late, true],
    [late, true],
  ]);
});

test('a held job is one row among the held, and stands in line with all parts again when it is released', async () => {
  const { client, command, onnx, submit, ended } = await openCore({ cores: 2 });
  await submit({ resources: { cores: 2 } });
  await command.started(1);
  const [id = 0] = await submit(dividedJob(4));
  await client.jobs.hold({ ids: [id] });
  const { counts } = await client.app.status();
  expect([counts.held, counts.pending, (await client.jobs.list({ filter: 'held' })).rows.map((row) => row.id)]).toEqual([1, 0, [id]]);
  await client.jobs.release({ ids: [id] });
  command.attempts[0]?.end(succeeded);
  await Promise.all([onnx.started(1).then((attempt) => workOff(attempt)), onnx.started(2).then((attempt) => workOff(attempt))]);
  expect(filesOf(await ended(id))).toEqual(allFiles(4));
});

test('the end of the core sends a divided job back to line, and the next core does it from the beginning', async () => {
  const before = await openCore();
  const [id = 0] = await before.submit(dividedJob(8));
  await before.onnx.started(2);
  await before.close();
  const { onnx, ended } = await openCore({ dataFolder: before.dataFolder });
  const [first, second] = [await onnx.started(1), await onnx.started(2)];
  expect([first.run.task, second.run.task]).toEqual([`${id}.1`, `${id}.2`]);
  await Promise.all([workOff(first), workOff(second)]);
  const job = await ended(id);
  expect([job.state, filesOf(job)]).toMatchObject([{ kind: 'succeeded', attempt: 2 }, allFiles(8)]);
});

test('a division that is made before it begins follows all that its devices did before, not their latest chunks', async () => {
  const { onnx, submit, ended } = await openCore({ cores: 2, sampler: createFakeSampler(...['a', 'b'].map(gpuWith)) });
  const over = ['gpu0', 'gpu1'];
  const [first = 0] = await submit(dividedJob(4, { over, scheme: 'self' }));
  const [left, right] = [await onnx.started(1), await onnx.started(2)];
  for (const seconds of [
    { left: 1, right: 1 },
    { left: 1, right: 3 },
  ]) {
    const [own, other] = [await next(left), await next(right)];
    done(left, own!, seconds.left);
    done(right, other!, seconds.right);
  }
  await Promise.all([workOff(left), workOff(right)]);
  await ended(first);
  const [second = 0] = await submit(dividedJob(30, { over, scheme: 'static' }));
  const again = [await onnx.started(3), await onnx.started(4)];
  const chunks = await Promise.all(again.map(next));
  expect(chunks.map((chunk) => chunk?.count)).toEqual([20, 10]);
  again.forEach((attempt, index) => done(attempt, chunks[index]!));
  await Promise.all(again.map((attempt) => workOff(attempt)));
  expect(filesOf(await ended(second))).toEqual(allFiles(30));
});

describe('how long a divided job should take', () => {
  const clock = 1_000_000;
  const now = (): number => clock;
  const all = (scheme: SplitRequest['scheme'] = 'adaptive'): SplitRequest => ({ over: 'all', scheme });

  test('follows from what its devices did before, in the plan of each part too, and from how much of it is left', async () => {
    const { client, onnx, submit, ended } = await openCore({ cores: 2, now });
    const [id = 0] = await submit(dividedJob(8));
    const first = [await onnx.started(1), await onnx.started(2)];
    expect((await client.jobs.get({ id })).prediction).toBeUndefined();
    await Promise.all(first.map((attempt) => workOff(attempt)));
    await ended(id);

    await client.scheduler.pause();
    const [next = 0] = await submit(dividedJob(40, all('static')));
    // A second for an item on each of two cores.
    expect((await client.jobs.get({ id: next })).prediction?.p50Seconds).toBeCloseTo(20, 1);
    const ends = async () =>
      (await client.scheduler.plan({})).runs.map(({ part, endsAt }) => [part, Math.round(((endsAt ?? 0) - clock) / 1000)]);
    expect(await ends()).toEqual([
      [1, 20],
      [2, 20],
    ]);
    await client.scheduler.resume();
    const [left, right] = [await onnx.started(3), await onnx.started(4)];
    expect((await client.jobs.get({ id: next })).state).toMatchObject({ predicted: { p50Seconds: expect.closeTo(20, 1) } });
    const [own, given] = [await left.run.chunks!.next(), await right.run.chunks!.next()];
    done(right, given!);
    left.end(crashed);
    const again = await onnx.started(5);
    expect((await ends()).map(([part, seconds]) => `${part}: ${seconds}`).toSorted()).toEqual(['1: 10', '2: 20']);
    await Promise.all([workOff(again), workOff(right)]);
    expect([own?.count, filesOf(await ended(next)).length]).toEqual([20, 40]);
  });

  test('is what its user said while nobody knows better', async () => {
    const { client, submit } = await openCore({ cores: 2, now });
    await client.scheduler.pause();
    const [id = 0] = await submit(dividedJob(8, all(), { expectedSeconds: 90 }));
    expect((await client.jobs.get({ id })).prediction).toMatchObject({ p50Seconds: 90, from: 'said' });
    expect((await client.scheduler.plan({})).runs.map(({ endsAt }) => (endsAt ?? 0) - clock)).toEqual([90_000, 90_000]);
  });
});

test('what waits for a divided job starts when all of it is done, not with the end of a part', async () => {
  const { command, onnx, submit } = await openCore();
  const [id = 0] = await submit(dividedJob(4, { over: 'all', scheme: 'static' }));
  await submit({ after: [id] });
  const [first, second] = [await onnx.started(1), await onnx.started(2)];
  await workOff(first);
  expect(command.attempts).toHaveLength(0);
  await workOff(second);
  expect((await command.started(1)).run.spec).toMatchObject({ after: [id] });
});

test('a division that contradicts the rest of the job, or names no device, is refused', async () => {
  const { submit } = await openCore();
  const reason = (code: string) => ({ data: { reason: { code } } });
  for (const resources of [{ on: ['cpu'] }, { notOn: ['cpu'] }, { prefer: 'pack' as const }]) {
    await expect(submit(dividedJob(2, undefined, { resources }))).rejects.toMatchObject(reason('division-placed'));
  }
  await expect(submit(dividedJob(2, { over: ['gpu7'], scheme: 'self' }))).rejects.toMatchObject(reason('device-unknown'));
  await expect(submit(dividedJob(2, undefined, { resources: { cores: 3 } }))).rejects.toMatchObject(reason('division-no-device'));
});
