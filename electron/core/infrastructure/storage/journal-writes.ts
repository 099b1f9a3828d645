import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Every way to change the journal. Objects of the model are given as JSON text, made once by the core. */
const statements = {
  insertJob: `INSERT INTO jobs (id, kind, is_active, name, group_name, array_id, submitted_at, enqueued_at, revision, spec, demand, state)
    VALUES (:id, :kind, 1, :name, :group, :array, :at, :at, :revision, :spec, :demand, :state)`,
  setState: `UPDATE jobs SET kind = :kind, is_active = :isActive, ended_at = :endedAt, enqueued_at = :enqueuedAt, attempts = :attempts,
    revision = :revision, state = :state, result = coalesce(:result, result) WHERE id = :id`,
  insertEvent: 'INSERT INTO events (revision, job, at, state) VALUES (:revision, :job, :at, :state)',
  setBoost: 'UPDATE jobs SET boost = :boost WHERE id = :id',
  insertArtifact: 'INSERT INTO artifacts (sha256, bytes, content) VALUES (:sha256, :bytes, :content) ON CONFLICT DO NOTHING',
  linkArtifact: `INSERT INTO job_artifacts (job, name, sha256, bytes, media_type) VALUES (:job, :name, :sha256, :bytes, :mediaType)
    ON CONFLICT (job, name) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, media_type = excluded.media_type`,
  unlinkArtifacts: 'DELETE FROM job_artifacts WHERE job = :job',
  linkUpload: 'INSERT INTO job_uploads (job, upload) VALUES (:job, :upload) ON CONFLICT DO NOTHING',
  insertUpload: 'INSERT INTO uploads (id, name, sha256, bytes, received_at) VALUES (:id, :name, :sha256, :bytes, :at)',
  setPeak: `INSERT INTO peaks (work, memory_bytes) VALUES (:work, :bytes) ON CONFLICT (work) DO UPDATE SET memory_bytes = excluded.memory_bytes`,
  setSetting: 'INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  setDevice:
    'INSERT INTO devices (key, id, settings) VALUES (:key, :id, :settings) ON CONFLICT (key) DO UPDATE SET settings = excluded.settings',
  removeDevice: 'DELETE FROM devices WHERE key = :key',
  // The numbers of jobs and revisions that were removed are never given again.
  keepLastId: `INSERT INTO settings (name, value) SELECT 'last-id', CAST(coalesce(max(id), 0) AS TEXT) FROM jobs WHERE true
    ON CONFLICT (name) DO UPDATE SET value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)`,
  keepLastRevision: `INSERT INTO settings (name, value) SELECT 'last-revision', CAST(coalesce(max(revision), 0) AS TEXT) FROM events WHERE true
    ON CONFLICT (name) DO UPDATE SET value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)`,
  removeJob: 'DELETE FROM jobs WHERE id = :job AND is_active = 0',
  removeEvents: 'DELETE FROM events WHERE job = :job',
  unlinkUploads: 'DELETE FROM job_uploads WHERE job = :job',
  // What another job names stays; what nobody names leaves its file behind, if it has one.
  removeArtifact: `DELETE FROM artifacts WHERE sha256 = :sha256 AND NOT EXISTS (SELECT 1 FROM job_artifacts WHERE sha256 = :sha256)`,
  leaveArtifact: `INSERT INTO leftovers (path) SELECT :path WHERE NOT EXISTS (SELECT 1 FROM artifacts WHERE sha256 = :sha256)
    ON CONFLICT DO NOTHING`,
  removeUpload: `DELETE FROM uploads WHERE id = :id AND NOT EXISTS (SELECT 1 FROM job_uploads WHERE upload = :id)`,
  leaveUpload: `INSERT INTO leftovers (path) SELECT :path WHERE NOT EXISTS (SELECT 1 FROM uploads WHERE id = :id) ON CONFLICT DO NOTHING`,
  leave: 'INSERT INTO leftovers (path) VALUES (:path) ON CONFLICT DO NOTHING',
  removeLeftover: 'DELETE FROM leftovers WHERE path = :path',
} as const;

type Row<Name extends string> = { [Key in Name]: SQLInputValue };

/** What each statement needs; the names are those of its parameters. */
interface Rows {
  insertJob: Row<'id' | 'kind' | 'name' | 'group' | 'array' | 'at' | 'revision' | 'spec' | 'demand' | 'state'>;
  setState: Row<'id' | 'kind' | 'isActive' | 'endedAt' | 'enqueuedAt' | 'attempts' | 'revision' | 'state' | 'result'>;
  insertEvent: Row<'revision' | 'job' | 'at' | 'state'>;
  setBoost: Row<'id' | 'boost'>;
  insertArtifact: Row<'sha256' | 'bytes' | 'content'>;
  linkArtifact: Row<'job' | 'name' | 'sha256' | 'bytes' | 'mediaType'>;
  unlinkArtifacts: Row<'job'>;
  linkUpload: Row<'job' | 'upload'>;
  insertUpload: Row<'id' | 'name' | 'sha256' | 'bytes' | 'at'>;
  setPeak: Row<'work' | 'bytes'>;
  setSetting: Row<'name' | 'value'>;
  setDevice: Row<'key' | 'id' | 'settings'>;
  removeDevice: Row<'key'>;
  keepLastId: Row<never>;
  keepLastRevision: Row<never>;
  removeJob: Row<'job'>;
  removeEvents: Row<'job'>;
  unlinkUploads: Row<'job'>;
  removeArtifact: Row<'sha256'>;
  leaveArtifact: Row<'path' | 'sha256'>;
  removeUpload: Row<'id'>;
  leaveUpload: Row<'path' | 'id'>;
  leave: Row<'path'>;
  removeLeftover: Row<'path'>;
}

/** One row to write, as [statement, values]. */
export type Write = { [Name in keyof Rows]: readonly [Name, Rows[Name]] }[keyof Rows];

/** Rows on their way to the journal thread: names and values in one flat list, which costs a third of a list of objects to send. */
export type PackedWrites = readonly SQLInputValue[];

/** The parameters of each statement, in the order in which their values are packed. */
const parameters = Object.fromEntries(
  Object.entries(statements).map(([name, sql]) => [
    name,
    [...new Set([...sql.matchAll(/:(\w+)/g)].map(([, parameter = '']) => parameter))],
  ]),
);
const parametersOf = (name: string): readonly string[] => {
  const found = parameters[name];
  if (!found) throw new Error(`the journal knows no statement ${name}`);
  return found;
};

export const packWrites = (writes: readonly Write[]): PackedWrites => {
  const packed: SQLInputValue[] = [];
  for (const [name, row] of writes) {
    packed.push(name);
    // Every parameter of a statement is a key of its row.
    for (const parameter of parametersOf(name)) packed.push((row as Row<string>)[parameter] ?? null);
  }
  return packed;
};

/** Prepares all statements; the function it answers writes rows within one transaction. */
export const prepareWrites = (database: DatabaseSync): ((writes: PackedWrites) => void) => {
  const prepared = Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]));
  return (writes) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      for (let at = 0; at < writes.length;) {
        const name = writes[at] as string; // as packWrites puts them
        const row: Row<string> = {};
        for (const parameter of parametersOf(name)) row[parameter] = writes[(at += 1)] ?? null;
        at += 1;
        prepared[name]!.run(row); // parametersOf knows the same names
      }
      database.exec('COMMIT');
    } catch (error) {
      // A full disk may already have rolled back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
};
