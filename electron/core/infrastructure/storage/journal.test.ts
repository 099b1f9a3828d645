import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLifetime, type Lifetime } from '../../lib/lifetime.ts';
import { takeCoreLock } from './core-lock.ts';
import { createJournal, type Journal } from './journal.ts';
import { migrate, writerPragmas } from './journal-schema.ts';
import type { Write } from './journal-writes.ts';
import { createReader, type Reader } from './reader.ts';

const entry = (name: string): string => join(import.meta.dirname, '..', '..', '..', name);

let folder: string;
let file: string;
let lifetime: Lifetime;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-journal-'));
  file = join(folder, 'journal.db');
  lifetime = createLifetime();
  const database = new DatabaseSync(file);
  database.exec(writerPragmas);
  migrate(database);
  database.close();
});

afterEach(async () => {
  await lifetime.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const open = (): { journal: Journal; reader: Reader } => ({
  journal: createJournal({ file, threadEntry: entry('journal-thread.ts'), lifetime }),
  reader: createReader({ file, threadEntry: entry('reader-thread.ts'), lifetime }),
});

const job = (id: number): Write => [
  'insertJob',
  { id, kind: 'pending', name: `job ${id}`, group: 'default', array: null, at: id, revision: id, spec: '{}', demand: '{}', state: '{}' },
];
const ended = (id: number, kind: string): Write => [
  'setState',
  { id, kind, isActive: 0, endedAt: id, enqueuedAt: id, attempts: 1, revision: id, state: '{}', result: null },
];

describe('the journal', () => {
  test('what was answered can be read at once, in the order it was written', async () => {
    const { journal, reader } = open();
    const all = Promise.all([journal.append([job(1)]), journal.record([job(2), ended(2, 'failed')]), journal.append([job(3)])]);
    await all;
    expect((await reader.activeJobs(0, 9)).map((record) => record.id)).toEqual([1, 3]);
    expect((await reader.activeJobs(1, 9)).map((record) => record.id)).toEqual([3]);
    expect((await reader.activeJobs(0, 1)).map((record) => record.id)).toEqual([1]);
    expect((await reader.job(2))?.kind).toBe('failed');
    expect(await reader.highest()).toEqual({ id: 3, revision: 0, boost: 0 });
  });

  test('thousands of single rows asked for at once share commits and all arrive', async () => {
    const { journal, reader } = open();
    await Promise.all(Array.from({ length: 5000 }, (_, index) => journal.append([job(index + 1)])));
    expect((await reader.activeJobs(0, 9000)).length).toBe(5000);
  });

  test('closing waits for what was asked before', async () => {
    const { journal } = open();
    const written = journal.record([job(1)]);
    await lifetime.dispose();
    await written;
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare('SELECT count(*) AS count FROM jobs').get()).toEqual({ count: 1 });
    database.close();
  });

  test('a row that the journal cannot take is refused, and the rows beside it that have happened are kept', async () => {
    const { journal, reader } = open();
    await journal.append([job(1)]);
    const again = journal.append([job(1)]);
    const happened = journal.record([job(2)]);
    await expect(again).rejects.toThrow('the journal refused a row');
    await happened;
    expect((await reader.activeJobs(0, 9)).map((record) => record.id)).toEqual([1, 2]);
  });
});

describe('a disk that takes nothing', () => {
  test('leaves what has happened waiting, and a core that closes does not wait with it', async () => {
    const { journal, reader } = open();
    await Promise.all([journal.append([job(9)]), reader.activeJobs(0, 9)]);
    const database = new DatabaseSync(file);
    database.exec('ALTER TABLE jobs RENAME TO jobs_away');
    const answered: string[] = [];
    void journal.record([job(1)]).then(() => answered.push('written'));
    void journal.givenUp.then(() => answered.push('given up'));
    await expect.poll(() => journal.isStuck).toBe(true);
    expect(answered).toEqual([]);
    await lifetime.dispose();
    await journal.givenUp;
    expect(answered).toEqual(['given up']);
    database.close();
  });

  test('is tried again until it takes them', async () => {
    const { journal, reader } = open();
    // Both threads have opened the journal before its table goes away.
    await Promise.all([journal.append([job(9)]), reader.activeJobs(0, 9)]);
    const database = new DatabaseSync(file);
    database.exec('ALTER TABLE jobs RENAME TO jobs_away');
    const written = journal.record([job(1)]);
    await expect.poll(() => journal.isStuck).toBe(true);
    database.exec('ALTER TABLE jobs_away RENAME TO jobs');
    await written;
    expect((await reader.activeJobs(0, 9)).map((record) => record.id)).toEqual([1, 9]);
    database.close();
  });
});

describe('a reader whose thread has failed', () => {
  test('refuses every question instead of leaving it open', async () => {
    rmSync(file);
    const reader = createReader({ file, threadEntry: entry('reader-thread.ts'), lifetime: createLifetime() });
    await expect(reader.highest()).rejects.toThrow('the reader thread failed');
    await expect(reader.highest()).rejects.toThrow('the reader thread failed');
  });
});

describe('ended jobs', () => {
  test('are listed latest first, by kind and by what they are called', async () => {
    const { journal, reader } = open();
    await journal.append([1, 2, 3, 4].flatMap((id) => [job(id), ended(id, id % 2 ? 'failed' : 'succeeded')]));
    const ids = async (kinds: string[], search: string): Promise<number[]> =>
      (await reader.ended(kinds, search, 0, 10)).map(({ id }) => id);
    expect(await ids([], '')).toEqual([4, 3, 2, 1]);
    expect(await ids(['failed'], '')).toEqual([3, 1]);
    expect(await ids([], 'JOB 2')).toEqual([2]);
    expect(await reader.endedCount(['succeeded'], 'job')).toBe(2);
    expect((await reader.ended([], '', 1, 2)).map(({ id }) => id)).toEqual([3, 2]);
  });

  test('are listed with each array as the latest of its jobs that is looked for', async () => {
    const { journal, reader } = open();
    const member = (id: number, array: number): Write => ['insertJob', { ...job(id)[1], array } as (Write & ['insertJob', unknown])[1]];
    await journal.append([job(1), member(3, 2), member(4, 2), member(5, 2), member(7, 6), job(8)]);
    await journal.append([8, 7, 5, 4, 3, 1].map((id) => ended(id, 'succeeded')));
    const rows = async (search: string, except: number[] = []): Promise<number[]> => {
      const ids = (await reader.endedFolded(search, except, 0, 10)).map(({ id }) => id);
      expect(await reader.endedFoldedCount(search, except)).toBe(ids.length);
      return ids;
    };
    expect(await rows('')).toEqual([8, 7, 5, 1]);
    expect(await rows('', [2])).toEqual([8, 7, 1]);
    expect(await rows('job 4')).toEqual([4]);
    expect(await rows('2')).toEqual([5]);
    expect((await reader.endedFolded('', [], 1, 2)).map(({ id }) => id)).toEqual([7, 5]);
    expect(await reader.countsOfArray(2, [4])).toEqual([{ kind: 'succeeded', count: 2 }]);
    expect(await reader.jobsNamed([1, 2, 9])).toEqual([1, 3, 4, 5, 9]);
  });
});

const undoArrays = 'DROP INDEX jobs_array; ALTER TABLE jobs DROP COLUMN array_id';
/** Back to the form before the third step. */
const undoRemoval = `${undoArrays}; DROP TABLE leftovers; DROP TABLE job_uploads; DROP INDEX job_artifacts_sha256`;

describe('opening', () => {
  test('a journal that a newer Switchyard wrote is left alone', () => {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 999');
    expect(() => migrate(database)).toThrow('a newer Switchyard wrote');
    database.close();
  });

  test('a journal from before devices were kept gets a place for them and loses nothing', async () => {
    const old = new DatabaseSync(file);
    old.exec(`${undoRemoval}; DROP TABLE devices; PRAGMA user_version = 1; INSERT INTO settings VALUES ('policy', 'fifo')`);
    migrate(old);
    old.close();
    const { journal, reader } = open();
    await journal.append([['setDevice', { key: 'GPU-1', id: 'gpu0', settings: '{}' }]]);
    await journal.append([
      ['setDevice', { key: 'GPU-1', id: 'gpu7', settings: '{"overcommit":2}' }],
      ['setDevice', { key: 'share/half', id: 'half', settings: '{}' }],
      ['removeDevice', { key: 'share/half' }],
    ]);
    expect(await reader.devices()).toEqual([{ key: 'GPU-1', id: 'gpu0', settings: '{"overcommit":2}' }]);
    expect(await reader.settings()).toEqual([{ name: 'policy', value: 'fifo' }]);
  });

  test('a journal from before jobs could be removed learns which uploads its jobs name', async () => {
    const old = new DatabaseSync(file);
    const spec = JSON.stringify({
      runtime: 'onnx',
      model: { path: '/m' },
      inputs: [{ name: 'x', file: { fileId: 'sent', name: 'x.npy' } }],
    });
    old.exec(`${undoRemoval}; PRAGMA user_version = 2;
      INSERT INTO uploads VALUES ('sent', 'x.npy', 'abc', 3, 1), ('unused', 'y.npy', 'def', 3, 1);
      INSERT INTO jobs (id, kind, is_active, name, group_name, submitted_at, enqueued_at, ended_at, revision, spec, demand, state)
        VALUES (1, 'succeeded', 0, 'a', 'default', 1, 1, 2, 1, '${spec}', '{}', '{}')`);
    migrate(old);
    old.close();
    const { reader } = open();
    expect(await reader.removable([1, 2])).toEqual([
      { id: 1, kind: 'succeeded', attempts: 0, array_id: null, sha256s: [], uploads: ['sent'] },
    ]);
    expect(await reader.unusedUploads(10, 10)).toEqual(['unused']);
  });

  test('a journal from before ended arrays were folded learns which jobs are of one', async () => {
    const old = new DatabaseSync(file);
    const add = (id: number, spec: object): void =>
      old.exec(`INSERT INTO jobs (id, kind, is_active, name, group_name, submitted_at, enqueued_at, ended_at, revision, spec, demand, state)
        VALUES (${id}, 'succeeded', 0, 'a', 'default', 1, 1, ${id}, 1, '${JSON.stringify(spec)}', '{}', '{}')`);
    old.exec(`${undoArrays}; PRAGMA user_version = 4`);
    add(1, { command: ['echo', '"member":'] });
    for (const index of [0, 1]) add(3 + index, { member: { id: 2, index, size: 2 } });
    migrate(old);
    old.close();
    const { reader } = open();
    expect(await reader.arrayCounts()).toEqual([{ id: 2, count: 2 }]);
    expect((await reader.endedFolded('', [], 0, 10)).map(({ id }) => id)).toEqual([4, 1]);
  });

  test('only one core at a time holds a folder, and the next one takes it when the first has gone', () => {
    const lockFile = join(folder, 'lock.db');
    const first = takeCoreLock(lockFile);
    expect(first).toBeDefined();
    expect(takeCoreLock(lockFile)).toBeUndefined();
    first?.release();
    const second = takeCoreLock(lockFile);
    expect(second).toBeDefined();
    second?.release();
  });
});
