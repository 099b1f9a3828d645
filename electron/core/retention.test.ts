import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../shared/model/job.ts';
import type { NewArtifact } from './ports.ts';
import { openTestCore, removeFolder, type TestCore } from './test-core.ts';

/* What becomes of jobs that have ended, and of all that they leave on the disk. */

let core: TestCore;
let now: number;
const clock = (): number => now;
beforeEach(async () => {
  now = Date.now();
  core = await openTestCore({ now: clock });
});
afterEach(async () => {
  await core.close();
  await removeFolder(core);
});
const reopen = async (): Promise<void> => {
  await core.close();
  core = await openTestCore({ dataFolder: core.dataFolder, now: clock });
};

const dayMs = 86_400_000;
const ranOn = { device: 'cpu', deviceName: 'Test CPU', cores: 1 };
/** Too large for the journal, so that it becomes a file. */
const large = (letter: string): NewArtifact => ({
  name: 'out.bin',
  mediaType: 'application/octet-stream',
  bytes: Buffer.alloc(100_000, letter),
});

/** A job that has succeeded, with a log, a folder and these results. */
const done = async (artifacts: NewArtifact[] = [], request: Partial<JobRequest> = {}): Promise<number> => {
  const [id = 0] = await core.submit(request);
  const { run, end } = await core.command.started(core.command.attempts.length + (core.command.attempts.at(-1)?.run.jobId === id ? 0 : 1));
  mkdirSync(run.folder, { recursive: true });
  writeFileSync(join(run.folder, 'result.txt'), 'result');
  writeFileSync(run.logFile, 'log');
  end({ kind: 'succeeded', exitCode: 0, artifacts, ranOn });
  await core.ended(id);
  return id;
};

/** Every file below a folder of the data folder. */
const filesIn = (name: string): string[] =>
  readdirSync(join(core.dataFolder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .toSorted();
const rowsOf = (table: string): number => {
  const database = new DatabaseSync(join(core.dataFolder, 'journal.db'), { readOnly: true });
  try {
    return (database.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;
  } finally {
    database.close();
  }
};
const idsLeft = async (): Promise<number[]> => (await core.client.jobs.list({})).rows.map(({ id }) => id);
const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (error: { data?: { reason?: unknown } }) => error.data?.reason,
  );

describe('a job that is removed', () => {
  test('takes its log, its folder and its results along, but nothing that another job has as well', async () => {
    const shared = large('s');
    const first = await done([large('a'), { ...shared, name: 'shared.bin' }]);
    const second = await done([shared, { name: 'small.txt', mediaType: 'text/plain', bytes: Buffer.from('small') }]);
    const before = filesIn('artifacts');
    expect(before).toHaveLength(2);
    expect(await core.client.retention.remove({ ids: [first] })).toEqual({ jobs: 1 });
    expect(await idsLeft()).toEqual([second]);
    expect(await core.client.app.status()).toMatchObject({ counts: { succeeded: 1 } });
    expect(await reasonOf(core.client.jobs.get({ id: first }))).toEqual({ code: 'job-unknown', values: { id: first } });
    const [kept] = filesIn('artifacts');
    expect(filesIn('artifacts')).toEqual([kept]);
    const { artifacts } = await core.client.jobs.get({ id: second });
    expect(artifacts.map(({ sha256 }) => sha256)).toContain(kept);
    expect(filesIn('jobs')).toEqual([`${second}.1.log`, 'result.txt']);
    await core.client.retention.remove({ ids: [second] });
    expect([filesIn('artifacts'), filesIn('jobs')]).toEqual([[], []]);
    for (const table of ['jobs', 'events', 'artifacts', 'job_artifacts', 'leftovers']) expect(rowsOf(table), table).toBe(0);
  });

  test('takes the files along that somebody sent for it, once no job names them', async () => {
    const sent = await core.core.files.receive('in.bin', undefined, Readable.from([Buffer.from('sent')]), new AbortController().signal);
    const inputs = { runtime: 'container' as const, image: 'i', command: [], inputs: [{ fileId: sent.fileId, name: 'in.bin' }] };
    const ids = await core.submit(inputs, inputs);
    for (const [index, id] of ids.entries()) {
      (await core.docker.started(index + 1)).end({ kind: 'succeeded', exitCode: 0, artifacts: [], ranOn });
      await core.ended(id);
    }
    const [first = 0, second = 0] = ids;
    await core.client.retention.remove({ ids: [first] });
    expect(filesIn('uploads')).toEqual([sent.fileId]);
    await core.client.retention.remove({ ids: [second] });
    expect(filesIn('uploads')).toEqual([]);
    expect(rowsOf('uploads')).toBe(0);
  });

  test('has ended and is waited for by nobody; otherwise all that were named stay', async () => {
    const ended = await done();
    const [running = 0, waiting = 0] = await core.submit({}, { after: [ended], resources: { cores: 2 } });
    await core.command.started(2);
    const { remove } = core.client.retention;
    expect(await reasonOf(remove({ ids: [running] }))).toEqual({
      code: 'job-wrong-state',
      values: { id: running, action: 'remove', state: 'running' },
    });
    const by = expect.objectContaining({ id: waiting }) as unknown;
    expect(await reasonOf(remove({ ids: [ended] }))).toEqual({ code: 'job-needed', values: { id: ended, by } });
    expect(await reasonOf(remove({ ids: [99] }))).toEqual({ code: 'job-unknown', values: { id: 99 } });
    expect(await core.client.retention.clean({})).toEqual({ jobs: 0 });
    expect(await idsLeft()).toContain(ended);
  });

  test('gives its number to no other, not even after a restart', async () => {
    const id = await done();
    await core.client.retention.clean({});
    await reopen();
    expect(await core.submit({})).toEqual([id + 1]);
  });

  test('is not brought back by who retries it at the same time', async () => {
    const id = await done();
    const [removed, retried] = await Promise.all([
      reasonOf(core.client.retention.remove({ ids: [id] })),
      reasonOf(core.client.jobs.retry({ ids: [id] })),
    ]);
    const isBack = retried === 'accepted';
    expect(isBack ? removed : retried).toMatchObject({ code: isBack ? 'job-wrong-state' : 'job-unknown' });
    expect(await idsLeft()).toEqual(isBack ? [id] : []);
  });
});

describe('what a core that was killed in between has left', () => {
  test('is deleted by the next one, but for what a job has taken over since', async () => {
    const gone = await done([large('g')]);
    const [file = ''] = filesIn('artifacts');
    const database = new DatabaseSync(join(core.dataFolder, 'journal.db'));
    await core.close();
    // As the journal is between the commit and the first file.
    database.exec(`DELETE FROM jobs; DELETE FROM events; DELETE FROM job_artifacts; DELETE FROM artifacts;
      INSERT INTO leftovers VALUES ('artifacts/${file.slice(0, 2)}/${file}'), ('jobs/0/${gone}.1'), ('jobs/0/${gone}.1.log'), ('jobs/0/never-there')`);
    database.close();
    core = await openTestCore({ dataFolder: core.dataFolder, now: clock });
    await expect.poll(() => rowsOf('leftovers')).toBe(0);
    expect([filesIn('artifacts'), filesIn('jobs')]).toEqual([[], []]);

    const taken = await done([large('t')]);
    const [keptFile = ''] = filesIn('artifacts');
    const path = `artifacts/${keptFile.slice(0, 2)}/${keptFile}`;
    const again = new DatabaseSync(join(core.dataFolder, 'journal.db'));
    again.exec(`INSERT INTO leftovers VALUES ('${path}')`);
    again.close();
    await reopen();
    await expect.poll(() => rowsOf('leftovers')).toBe(0);
    expect(existsSync(join(core.dataFolder, path))).toBe(true);
    expect(await idsLeft()).toEqual([taken]);
  });
});

describe('the rule', () => {
  test('is 90 days and 50,000 jobs until somebody sets it, and outlives the core', async () => {
    expect(await core.client.retention.rule()).toEqual({ days: 90, jobs: 50_000 });
    expect(await core.client.retention.setRule({ days: null })).toEqual({ days: null, jobs: 50_000 });
    await reopen();
    expect(await core.client.retention.rule()).toEqual({ days: null, jobs: 50_000 });
  });

  test('removes what is too old when a core starts', async () => {
    const old = await done();
    now += 91 * dayMs;
    const young = await done();
    await reopen();
    await expect.poll(idsLeft).toEqual([young]);
    expect(old).toBeLessThan(young);
  });

  test('keeps so many of the latest, at once when it is set', async () => {
    const ids: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      now += 1000;
      ids.push(await done());
    }
    await core.client.retention.setRule({ jobs: 2 });
    expect(await idsLeft()).toEqual(ids.slice(2).toReversed());
    expect(await core.client.app.status()).toMatchObject({ counts: { succeeded: 2 } });
  });

  test('jobs that ended longer ago than asked for go, whatever the rule says', async () => {
    const old = await done();
    now += dayMs;
    const young = await done();
    expect(await core.client.retention.clean({ olderThanSeconds: 3600 })).toEqual({ jobs: 1 });
    expect(await idsLeft()).toEqual([young]);
    expect(old).toBeLessThan(young);
  });

  test('a file that was sent and never used goes after a day', async () => {
    const sent = await core.core.files.receive('in.bin', undefined, Readable.from([Buffer.from('sent')]), new AbortController().signal);
    await reopen();
    expect(filesIn('uploads')).toEqual([sent.fileId]);
    now += 2 * dayMs;
    await reopen();
    await expect.poll(() => filesIn('uploads')).toEqual([]);
  });
});
