import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Outcome } from './ports.ts';
import { createFakeBackend, gigabyte, openTestCore, type FakeAttempt, type TestCore } from './test-core.ts';
import { openTestCores } from './test-cores.ts';

const open = openTestCores();

const ranOn = { device: 'cpu', deviceName: 'Test CPU', cores: 1 };
const success: Outcome = { kind: 'succeeded', exitCode: 0, artifacts: [], ranOn };
const failure = (exitCode: number): Outcome => ({ kind: 'failed', reason: { code: 'exit-code', values: { exitCode } }, exitCode });
const kinds = (job: { events: { state: { kind: string } }[] }): string[] => job.events.map((event) => event.state.kind);

/** Resolves with the first page that satisfies; the stream itself is what the window uses. */
const whenRow = async (test: TestCore, id: number, isSo: (row: { state: { kind: string }; wait?: unknown }) => boolean) => {
  for await (const job of await test.client.jobs.watchOne({ id })) if (isSo(job)) return job;
  throw new Error('the stream ended');
};

describe('a job', () => {
  test('goes from pending to succeeded, and its history says so', async () => {
    const core = await open();
    const [id] = await core.submit({ name: 'hello' });
    (await core.command.started(1)).end(success);
    const job = await core.ended(id!);
    expect(kinds(job)).toEqual(['pending', 'starting', 'running', 'succeeded']);
    expect(job).toMatchObject({ name: 'hello', state: { kind: 'succeeded', attempt: 1, exitCode: 0, ranOn: { device: 'cpu' } } });
    expect(core.command.forgotten).toEqual(['1.1']);
  });

  test('that fails keeps its exit code and says why in a sentence', async () => {
    const core = await open();
    const [id] = await core.submit({});
    (await core.command.started(1)).end(failure(3));
    expect(await core.ended(id!)).toMatchObject({
      state: { kind: 'failed', exitCode: 3, attempt: 1 },
      sentence: 'The command ended with exit code 3. The log shows its last words.',
    });
  });

  test('is started again as often as it asks, each time with the next attempt number', async () => {
    const core = await open();
    const [id] = await core.submit({ retries: 2 });
    for (const count of [1, 2, 3]) (await core.command.started(count)).end(failure(count));
    expect(await core.ended(id!)).toMatchObject({ state: { kind: 'failed', attempt: 3, exitCode: 3 } });
    expect(core.command.attempts.map(({ run }) => run.attempt)).toEqual([1, 2, 3]);
  });

  test('without side effects starts again by itself after a crash, three times at most', async () => {
    const core = await open();
    const model = join(core.dataFolder, 'model.onnx');
    writeFileSync(model, 'x');
    const [id] = await core.submit({ runtime: 'onnx', model: { path: model }, inputs: [] });
    const crash: Outcome = { kind: 'failed', reason: { code: 'worker-crashed', values: { signal: 'SIGSEGV' } } };
    for (const count of [1, 2, 3]) (await core.onnx.started(count)).end(crash);
    expect(await core.ended(id!)).toMatchObject({ state: { kind: 'failed', attempt: 3 } });
  });

  test('that runs too long is stopped and timed out', async () => {
    const core = await open();
    const [id] = await core.submit({ timeLimitSeconds: 0.02 });
    expect(await core.ended(id!)).toMatchObject({
      state: { kind: 'timed-out', reason: { code: 'time-limit', values: { limitSeconds: 0.02 } } },
    });
    expect(core.command.attempts[0]?.signal.reason).toBe('time-limit');
  });

  test('can be retried after its end, with its number going on', async () => {
    const core = await open();
    const [id] = await core.submit({});
    (await core.command.started(1)).end(failure(1));
    await core.ended(id!);
    await core.client.jobs.retry({ ids: [id!] });
    (await core.command.started(2)).end(success);
    expect(await core.ended(id!)).toMatchObject({ state: { kind: 'succeeded', attempt: 2 } });
    expect((await core.client.app.status()).counts).toMatchObject({ succeeded: 1, failed: 0 });
  });

  test('is not changed by a late word about an attempt that is over', async () => {
    const core = await open();
    const [id] = await core.submit({ retries: 1 });
    const first = await core.command.started(1);
    first.end(failure(1));
    const second = await core.command.started(2);
    first.sink.progress({ done: 1, total: 2 });
    first.sink.running([process.pid]);
    expect((await core.client.jobs.get({ id: id! })).progress).toBeUndefined();
    second.end(success);
    expect(await core.ended(id!)).toMatchObject({ state: { kind: 'succeeded', attempt: 2 } });
  });
});

describe('changing the queue', () => {
  test('a waiting job is cancelled at once, and what waits for it ends with the reason', async () => {
    const core = await open({ cores: 1 });
    const [first, second] = await core.submit({}, {});
    const [third] = await core.submit({ after: [second!] });
    await core.client.jobs.cancel({ ids: [second!] });
    expect((await core.ended(second!)).state.kind).toBe('cancelled');
    expect(await core.ended(third!)).toMatchObject({ state: { kind: 'failed', reason: { code: 'dependency-failed' } } });
    expect((await core.client.jobs.get({ id: first! })).state.kind).toBe('running');
  });

  test('a running job is cancelled through its backend, and its place goes to the next', async () => {
    const core = await open({ cores: 1 });
    const [first] = await core.submit({}, {});
    const attempt = await core.command.started(1);
    await core.client.jobs.cancel({ ids: [first!] });
    expect(attempt.signal.reason).toBe('cancel');
    expect((await core.ended(first!)).state.kind).toBe('cancelled');
    expect((await core.command.started(2)).run.jobId).toBe(2);
  });

  test('a result that was ready before the cancel arrived is kept', async () => {
    const core = await open();
    const [id] = await core.submit({});
    const attempt = await core.command.started(1);
    attempt.end(success);
    await core.client.jobs.cancel({ ids: [id!] }).catch(() => undefined);
    expect((await core.ended(id!)).state.kind).toBe('succeeded');
  });

  test('a held job waits until it is released', async () => {
    const core = await open({ cores: 1 });
    const [, second] = await core.submit({}, {}, {});
    await core.client.jobs.hold({ ids: [second!] });
    (await core.command.started(1)).end(success);
    expect((await core.command.started(2)).run.jobId).toBe(3);
    await core.client.jobs.release({ ids: [second!] });
    core.command.attempts[1]?.end(success);
    expect((await core.command.started(3)).run.jobId).toBe(second);
  });

  test('of several that are put first, or released, at once the one that comes first starts', async () => {
    const core = await open({ cores: 2 });
    await core.submit({}, { resources: { cores: 2 } }, {}, {}, {});
    await core.client.jobs.next({ ids: [4, 3] });
    expect((await core.command.started(2)).run.jobId).toBe(4);
    await core.client.scheduler.setPolicy({ policy: 'priority' });
    const [minor, major] = await core.submit({ priority: 1 }, { priority: 2 });
    await core.client.jobs.hold({ ids: [2, 3, 5, minor!, major!] });
    core.command.attempts[0]?.end(success);
    await core.ended(1);
    await core.client.jobs.release({ ids: [minor!, major!] });
    expect((await core.command.started(3)).run.jobId).toBe(major);
  });

  test('run next puts jobs first in the order given', async () => {
    const core = await open({ cores: 1 });
    await core.submit({}, {}, {}, {});
    await core.client.jobs.next({ ids: [4, 3] });
    const { rows } = await core.client.jobs.list({ filter: 'pending' });
    expect(rows.map((row) => [row.id, row.position])).toEqual([
      [4, 1],
      [3, 2],
      [2, 3],
    ]);
  });

  test('a job that is not there, or not in the right state, is refused in a sentence', async () => {
    const core = await open();
    await expect(core.client.jobs.get({ id: 9 })).rejects.toMatchObject({ code: 'NOT_FOUND', data: { reason: { code: 'job-unknown' } } });
    const [id] = await core.submit({});
    await core.command.started(1);
    await expect(core.client.jobs.release({ ids: [id!] })).rejects.toMatchObject({
      data: { sentence: 'Job 1 cannot be released: it is running.' },
    });
    await expect(core.client.jobs.retry({ ids: [id!] })).rejects.toMatchObject({ data: { reason: { code: 'job-wrong-state' } } });
    expect(await core.client.jobs.log({ id: id!, attempt: 1 })).toEqual({ text: '', nextOffset: 0, size: 0 });
    await expect(core.client.jobs.log({ id: id!, attempt: 2 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      data: { sentence: 'Job 1 has no attempt 2; it has had 1 attempt.' },
    });
  });

  test('pausing starts nothing new and is remembered by the next core', async () => {
    const core = await open();
    await core.client.scheduler.pause();
    await core.client.scheduler.setPolicy({ policy: 'fifo' });
    const [id] = await core.submit({});
    expect(await core.client.jobs.get({ id: id! })).toMatchObject({ wait: { code: 'queue-paused' }, position: 1 });
    await core.close();
    const next = await open({ dataFolder: core.dataFolder });
    expect(await next.client.app.status()).toMatchObject({ isPaused: true, policy: 'fifo', counts: { pending: 1 } });
    await next.client.scheduler.resume();
    expect((await next.command.started(1)).run.jobId).toBe(id);
  });
});

describe('what is refused', () => {
  test('more than the machine has, files that are not there, unknown dependencies: nothing is accepted', async () => {
    const core = await open();
    const refused = (request: object): Promise<unknown> =>
      core.submit({}, request).then(
        () => 'accepted',
        (error: { data?: { reason?: { code: string } } }) => error.data?.reason?.code,
      );
    expect(await refused({ resources: { cores: 3 } })).toBe('needs-more-cores');
    expect(await refused({ resources: { memoryBytes: 17 * gigabyte } })).toBe('needs-more-memory');
    expect(await refused({ folder: '/nowhere at all' })).toBe('folder-missing');
    expect(await refused({ after: [99] })).toBe('dependency-unknown');
    expect(await refused({ runtime: 'onnx', model: { path: '/nowhere.onnx' }, inputs: [] })).toBe('file-missing');
    expect(await refused({ runtime: 'onnx', model: { path: tmpdir() }, inputs: [] })).toBe('file-is-folder');
    expect(await refused({ runtime: 'application', application: 'nobody', files: [{ path: '/a.png' }] })).toBe('application-unknown');
    const gone = { fileId: '00000000-0000-4000-8000-000000000000', name: 'a.onnx' };
    expect(await refused({ runtime: 'onnx', model: gone, inputs: [] })).toBe('file-unknown');
    expect(await refused({ runtime: 'onnx', model: { path: '/dev/null' }, inputs: [] })).toBe('file-not-plain');
    expect((await core.client.jobs.list({})).total).toBe(0);
    expect(core.command.attempts).toEqual([]);
  });
});

describe('memory', () => {
  test('a job waits while other programs hold what it needs, says so, and starts when they let go', async () => {
    const core = await open({ usedBytes: 12 * gigabyte });
    const [id] = await core.submit({ resources: { memoryBytes: 8 * gigabyte } });
    const waiting = await whenRow(core, id!, (row) => row.wait !== undefined);
    expect(waiting.wait).toMatchObject({ code: 'memory-foreign', values: { needBytes: 8 * gigabyte } });
    core.machine.usedBytes = gigabyte;
    expect((await core.command.started(1)).run.jobId).toBe(id);
  });

  test('what is counted for a job that names nothing is said', async () => {
    const core = await open();
    const [id] = await core.submit({});
    expect((await core.client.jobs.get({ id: id! })).demand).toEqual({ cores: 1, memoryBytes: 1024 ** 3, memoryFrom: 'default' });
  });
});

describe('results', () => {
  test('small and large artifacts are stored under their hash and read back whole', async () => {
    const core = await open();
    const [id] = await core.submit({});
    const large = join(mkdtempSync(join(tmpdir(), 'switchyard-artifact-')), 'large.bin');
    const bytes = Buffer.alloc(200_000, 7);
    writeFileSync(large, bytes);
    const artifacts = [
      { name: 'small.txt', mediaType: 'text/plain', bytes: Buffer.from('hello') },
      { name: 'out/large.bin', mediaType: 'application/octet-stream', path: large },
    ];
    (await core.command.started(1)).end({ kind: 'succeeded', artifacts, ranOn });
    const job = await core.ended(id!);
    expect(kinds(job)).toContain('completing');
    for (const [name, content] of [
      ['small.txt', Buffer.from('hello')],
      ['out/large.bin', bytes],
    ] as const) {
      const artifact = job.artifacts.find((one) => one.name === name)!;
      const stored = (await core.core.artifacts.open(artifact.sha256))!;
      const read = await buffer(stored.read());
      expect(read.equals(content)).toBe(true);
      expect(createHash('sha256').update(read).digest('hex')).toBe(artifact.sha256);
      expect(await buffer(stored.read({ start: 1, end: 2 }))).toEqual(content.subarray(1, 3));
    }
  });
});

describe('after the core ended', () => {
  test('a second core on the same folder is refused while the first lives', async () => {
    const core = await open();
    await expect(openTestCore({ dataFolder: core.dataFolder })).rejects.toThrow('another core has');
  });

  test('work that still runs is found again and ends under the new core', async () => {
    const core = await open();
    const [id] = await core.submit({});
    await core.command.started(1);
    await core.close();
    const command = createFakeBackend('command');
    const found = new Promise<FakeAttempt>((resolve) => {
      command.found.set('1.1', (attempt) => {
        resolve(attempt);
        return { kind: 'running', outcome: new Promise(() => {}) };
      });
    });
    const next = await open({ dataFolder: core.dataFolder, command });
    expect((await next.client.jobs.get({ id: id! })).state.kind).toBe('running');
    (await found).end(success);
    expect(await next.ended(id!)).toMatchObject({ state: { kind: 'succeeded', attempt: 1 } });
    expect(command.attempts).toEqual([]);
  });

  test('an attempt that nobody can account for is lost, and only retried when the job asks', async () => {
    const core = await open();
    const [lost, retried] = await core.submit({}, { retries: 1 });
    await core.command.started(2);
    await core.close();
    const command = createFakeBackend('command');
    command.found.set('1.1', () => ({ kind: 'unknown' })).set('2.1', () => ({ kind: 'unknown' }));
    const next = await open({ dataFolder: core.dataFolder, command });
    expect(await next.ended(lost!)).toMatchObject({ state: { kind: 'lost', attempt: 1, reason: { code: 'lost' } } });
    expect((await command.started(1)).run).toMatchObject({ jobId: retried, attempt: 2 });
  });

  test('an attempt that never started keeps its number', async () => {
    const core = await open();
    const [id] = await core.submit({});
    await core.command.started(1);
    await core.close();
    const next = await open({ dataFolder: core.dataFolder });
    expect((await next.command.started(1)).run).toMatchObject({ jobId: id, attempt: 1 });
  });

  test('what ended with it has made room for nothing: who waited starts under the next core', async () => {
    const core = await open({ cores: 1 });
    const [first, second] = await core.submit({}, {});
    const { end } = await core.command.started(1);
    end(success);
    await core.close();
    expect(core.command.attempts.length).toBe(1);
    const next = await open({ dataFolder: core.dataFolder, cores: 1 });
    expect(await next.ended(first!)).toMatchObject({ state: { kind: 'succeeded' } });
    expect((await next.command.started(1)).run).toMatchObject({ jobId: second, attempt: 1 });
  });

  test('at the moment of a start nothing is lost, and the end is not held up', async () => {
    let core = await open();
    for (let round = 0; round < 8; round += 1) {
      await core.submit({});
      await core.close();
      core = await open({ dataFolder: core.dataFolder });
    }
    expect((await core.client.jobs.list({})).total).toBe(8);
  });

  test('dependencies hold across cores', async () => {
    const core = await open();
    const [first] = await core.submit({});
    const [second] = await core.submit({ after: [first!] });
    await core.command.started(1);
    await core.close();
    const command = createFakeBackend('command');
    command.found.set('1.1', () => ({ kind: 'ended', outcome: success }));
    const next = await open({ dataFolder: core.dataFolder, command });
    expect((await command.started(1)).run.jobId).toBe(second);
    command.attempts[0]?.end(success);
    expect((await next.ended(second!)).state.kind).toBe('succeeded');
  });
});

describe('what the journal shows after a crash between two rows', () => {
  test('a job whose dependency failed, but which nobody told, ends with the reason and does not run', async () => {
    const core = await open({ cores: 1 });
    const [first] = await core.submit({});
    const [second] = await core.submit({ after: [first!] });
    await core.command.started(1);
    await core.close();
    // As if the core had died after the first row of the two: the failure is written, the rejection is not.
    const journal = new DatabaseSync(join(core.dataFolder, 'journal.db'));
    const state = JSON.stringify({ kind: 'failed', attempt: 1, endedAt: 1, reason: { code: 'exit-code', values: { exitCode: 1 } } });
    journal.prepare("UPDATE jobs SET is_active = 0, kind = 'failed', ended_at = 1, state = ? WHERE id = ?").run(state, first!);
    journal.close();
    const next = await open({ dataFolder: core.dataFolder });
    expect(await next.ended(second!)).toMatchObject({ state: { kind: 'failed', reason: { code: 'dependency-failed' } } });
    expect(next.command.attempts).toEqual([]);
  });

  test('the highest priority starts first, whatever order the jobs were submitted in', async () => {
    const core = await open({ cores: 1 });
    await core.client.scheduler.pause();
    await core.submit({ priority: 0 }, { priority: 9 });
    await core.client.scheduler.resume();
    const first = await core.command.started(1);
    expect(first.run.jobId).toBe(2);
    await core.close();
    const next = await open({ dataFolder: core.dataFolder, cores: 1 });
    expect((await next.command.started(1)).run.jobId).toBe(2);
  });
});

describe('lists', () => {
  test('show running, waiting and ended jobs in that order, page by page', async () => {
    const core = await open({ cores: 1 });
    await core.submit({ name: 'done' });
    (await core.command.started(1)).end(success);
    await core.ended(1);
    await core.submit({ name: 'runs' }, { name: 'waits a' }, { name: 'waits b' });
    await core.command.started(2);
    const names = async (offset: number, limit: number, search = ''): Promise<string[]> =>
      (await core.client.jobs.list({ offset, limit, search })).rows.map((row) => row.name);
    expect(await names(0, 10)).toEqual(['runs', 'waits a', 'waits b', 'done']);
    expect(await names(2, 2)).toEqual(['waits b', 'done']);
    expect(await names(0, 10, 'WAITS')).toEqual(['waits a', 'waits b']);
    expect(await names(0, 10, '1')).toEqual(['done']);
    expect(await core.client.jobs.list({ filter: 'succeeded' })).toMatchObject({ total: 1, rows: [{ name: 'done' }] });
  });

  test('show no job twice, though it ends while they are made', async () => {
    const core = await open({ cores: 1 });
    const count = 40;
    await core.submit(...Array.from({ length: count }, () => ({})));
    for (let number = 1; number <= count; number += 1) {
      const attempt = await core.command.started(number);
      const pages = [core.client.jobs.list({})];
      attempt.end(success);
      // As many as fit between its end and the start of the next one.
      for (let more = 0; more < 5; more += 1) {
        pages.push(core.client.jobs.list({}));
        await pages.at(-1);
      }
      for (const { rows } of await Promise.all(pages)) {
        const ids = rows.map(({ id }) => id);
        expect(ids).toHaveLength(new Set(ids).size);
      }
    }
  });

  test('are sent again when something changes', async () => {
    const core = await open({ cores: 1 });
    const pages = (await core.client.jobs.watch({ filter: 'running' }))[Symbol.asyncIterator]();
    expect((await pages.next()).value).toMatchObject({ total: 0 });
    await core.submit({ name: 'new' });
    expect((await pages.next()).value).toMatchObject({ total: 1, rows: [{ name: 'new' }] });
    await pages.return?.();
  });
});
