import type { DatabaseSync } from 'node:sqlite';

/** Today's form. Measurements of another form are not converted: whoever finds one sets it aside. */
const version = 1;

const schema = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    -- device:gpu0, group:default, job:17
    subject TEXT NOT NULL,
    quantity TEXT NOT NULL,
    UNIQUE (subject, quantity)
  ) STRICT;
  -- Every measurement of the hour that runs and the one before it, all series together (pack-tick.ts).
  CREATE TABLE ticks (at INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
  -- An hour of one series in one width of points (pack-points.ts); the key is made by chunkKey.
  CREATE TABLE chunks (id INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
  -- All hours of a job's series up to the one that runs.
  CREATE TABLE job_points (series INTEGER PRIMARY KEY, last_at INTEGER NOT NULL, points BLOB NOT NULL) STRICT;
  CREATE INDEX job_points_age ON job_points (last_at);
  PRAGMA user_version = ${version};
`;

/** The file was written by another version of Switchyard. */
export class OtherForm extends Error {}

/** Makes the tables in an empty file; throws when the file has another form. */
export const prepareTables = (database: DatabaseSync): void => {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA temp_store = MEMORY;
  `);
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as { user_version: number }; // this pragma answers one row
  if (found === version) return;
  if (found !== 0) throw new OtherForm(`they have version ${found}, this Switchyard knows ${version}`);
  database.exec(`BEGIN; ${schema} COMMIT`);
};
