import type { DatabaseSync } from 'node:sqlite';

/**
 * Every step from an empty file to today's journal, numbered by its place. A step that was ever released is never changed.
 * Times are milliseconds since 1970; `state`, `spec`, `result`, `demand` and the devices' `settings` hold JSON in the form of shared/model.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    name TEXT NOT NULL,
    group_name TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL,
    ended_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    boost INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL,
    spec TEXT NOT NULL,
    demand TEXT NOT NULL,
    state TEXT NOT NULL,
    result TEXT
  ) STRICT;
  CREATE INDEX jobs_active ON jobs (id) WHERE is_active = 1;
  CREATE INDEX jobs_ended ON jobs (ended_at DESC, id DESC) WHERE is_active = 0;
  CREATE INDEX jobs_ended_kind ON jobs (kind, ended_at DESC, id DESC) WHERE is_active = 0;
  CREATE TABLE events (
    revision INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_job ON events (job, revision);
  CREATE TABLE artifacts (
    sha256 TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    -- Small artifacts lie here, so that a result and its bytes are one commit; larger ones are files.
    content BLOB
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE job_artifacts (
    job INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    PRIMARY KEY (job, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE peaks (
    work TEXT PRIMARY KEY,
    memory_bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Every device that was ever found and every share that is there now: its lasting id and what a person has set for it.
  `
  CREATE TABLE devices (
    key TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Ended jobs may be removed, with what only they name. `leftovers` are files, under the data folder, that are still to be deleted.
  `
  CREATE TABLE leftovers (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE job_uploads (
    job INTEGER NOT NULL,
    upload TEXT NOT NULL,
    PRIMARY KEY (job, upload)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO job_uploads
    SELECT jobs.id, part.value FROM jobs, json_tree(jobs.spec) AS part WHERE part.key = 'fileId' AND part.type = 'text';
  CREATE INDEX job_uploads_upload ON job_uploads (upload);
  CREATE INDEX job_artifacts_sha256 ON job_artifacts (sha256);
  `,
  // How long a preempted job has run is kept; of those before nobody knows it.
  `
  UPDATE jobs SET state = json_set(state, '$.preemptions.attainedSeconds', 0)
    WHERE state LIKE '%"preemptions":%' AND json_type(state, '$.preemptions') = 'object';
  UPDATE events SET state = json_set(state, '$.preemptions.attainedSeconds', 0)
    WHERE state LIKE '%"preemptions":%' AND json_type(state, '$.preemptions') = 'object';
  `,
  // Of which array a job is, so that a list shows an array that has ended as one.
  `
  ALTER TABLE jobs ADD COLUMN array_id INTEGER;
  UPDATE jobs SET array_id = json_extract(spec, '$.member.id') WHERE spec LIKE '%"member":%';
  CREATE INDEX jobs_array ON jobs (array_id, is_active, ended_at DESC, id DESC) WHERE array_id IS NOT NULL;
  `,
];

/** Brings the journal to today's form; throws when it comes from a newer Switchyard. */
export const migrate = (database: DatabaseSync): void => {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number }; // this pragma answers one row
  if (row.user_version > migrations.length) {
    throw new Error(`the journal has version ${row.user_version}, which a newer Switchyard wrote; this one knows ${migrations.length}`);
  }
  for (let version = row.user_version; version < migrations.length; version += 1) {
    database.exec(`BEGIN; ${migrations[version]}; PRAGMA user_version = ${version + 1}; COMMIT`);
  }
};

/** How long a connection waits for another one, such as while that one takes in what a killed core left in the log. */
export const busyMs = 5000;

/** What every connection that writes sets: an answered commit has reached the disk. */
export const writerPragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA foreign_keys = OFF;
  PRAGMA temp_store = MEMORY;
`;
