import type { DatabaseSync } from 'node:sqlite';
import { endedKinds } from '../../../../shared/model/ended-kinds.ts';

/** A job as it lies in the journal; `spec`, `demand`, `state` and `result` are JSON text. */
export interface JobRecord {
  id: number;
  kind: string;
  name: string;
  group_name: string;
  submitted_at: number;
  enqueued_at: number;
  attempts: number;
  boost: number;
  revision: number;
  spec: string;
  demand: string;
  state: string;
  result: string | null;
}

/** What became of a job; `granted_on`: on which devices, as JSON text, where it has ended there. */
export interface KindRecord extends Pick<JobRecord, 'id' | 'kind' | 'name' | 'revision'> {
  granted_on: string | null;
}

/** What a run that succeeded teaches; all JSON text. */
export type RunRecord = Pick<JobRecord, 'spec' | 'demand' | 'state'>;

/** An attempt of the past, with the parts of its `spec` that are short. */
export type PastRunRecord = Pick<JobRecord, 'id' | 'kind' | 'name' | 'group_name' | 'enqueued_at' | 'spec' | 'demand' | 'state'>;

export interface ArtifactRecord {
  name: string;
  sha256: string;
  bytes: number;
  media_type: string;
}

/** A device that was found once, or a share of one; `settings` is JSON text. */
export interface DeviceRow {
  key: string;
  id: string;
  settings: string;
}

/** One job of an array. */
export interface ArrayedJob extends Pick<JobRecord, 'id' | 'kind'> {
  readonly is_active: 0 | 1;
}

/** An ended job with the artifacts and uploads that it names; `array_id` is null for a job of no array. */
export interface RemovableJob extends Pick<JobRecord, 'id' | 'kind' | 'attempts'> {
  readonly array_id: number | null;
  readonly sha256s: readonly string[];
  readonly uploads: readonly string[];
}

const kept = (name: 'last-id' | 'last-revision'): string =>
  `coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE name = '${name}'), 0)`;

const jobColumns = 'id, kind, name, group_name, submitted_at, enqueued_at, attempts, boost, revision, spec, demand, state, result';

/** Every question to the journal that may take time or touch history. Each runs on the reader thread. */
export const prepareQueries = (database: DatabaseSync) => {
  const active = database.prepare(`SELECT ${jobColumns} FROM jobs WHERE is_active = 1 AND id > ? ORDER BY id LIMIT ?`);
  const job = database.prepare(`SELECT ${jobColumns} FROM jobs WHERE id = ?`);
  const kinds = database.prepare(
    `SELECT id, kind, name, revision, json_extract(state, '$.grantedOn') AS granted_on FROM jobs WHERE id = ?`,
  );
  const events = database.prepare('SELECT revision, at, state FROM events WHERE job = ? ORDER BY revision');
  const artifacts = database.prepare('SELECT name, sha256, bytes, media_type FROM job_artifacts WHERE job = ? ORDER BY name');
  const artifact = database.prepare(
    `SELECT a.sha256, a.bytes, a.content, (SELECT media_type FROM job_artifacts j WHERE j.sha256 = a.sha256 LIMIT 1) AS media_type
     FROM artifacts a WHERE a.sha256 = ?`,
  );
  const upload = database.prepare('SELECT id, name, sha256, bytes FROM uploads WHERE id = ?');
  const ended = database.prepare(`SELECT ${jobColumns} FROM jobs WHERE is_active = 0 ORDER BY ended_at DESC, id DESC LIMIT ? OFFSET ?`);
  const endedOf = database.prepare(
    `SELECT ${jobColumns} FROM jobs WHERE is_active = 0 AND kind IN (SELECT value FROM json_each(?)) AND (? = '' OR instr(lower(name), ?) OR instr(lower(group_name), ?) OR CAST(id AS TEXT) = ?)
     ORDER BY ended_at DESC, id DESC LIMIT ? OFFSET ?`,
  );
  const endedCount = database.prepare(
    `SELECT count(*) AS count FROM jobs WHERE is_active = 0 AND kind IN (SELECT value FROM json_each(?)) AND (? = '' OR instr(lower(name), ?) OR instr(lower(group_name), ?) OR CAST(id AS TEXT) = ?)`,
  );
  // An array stands where the latest of its jobs ended that the search finds.
  const contains = (job: string): string =>
    `(:text = '' OR instr(lower(${job}.name), :text) OR instr(lower(${job}.group_name), :text) OR :text IN (CAST(${job}.id AS TEXT), CAST(${job}.array_id AS TEXT)))`;
  const folded = `FROM jobs WHERE is_active = 0 AND ${contains('jobs')} AND (array_id IS NULL OR (array_id NOT IN (SELECT value FROM json_each(:except))
     AND id = (SELECT id FROM jobs AS member WHERE member.array_id = jobs.array_id AND member.is_active = 0 AND ${contains('member')} ORDER BY member.ended_at DESC, member.id DESC LIMIT 1)))`;
  const endedFolded = database.prepare(`SELECT ${jobColumns} ${folded} ORDER BY ended_at DESC, id DESC LIMIT :limit OFFSET :offset`);
  const endedFoldedCount = database.prepare(`SELECT count(*) AS count ${folded}`);
  const arrayCounts = database.prepare(
    'SELECT array_id AS id, count(*) AS count FROM jobs WHERE is_active = 0 AND array_id IS NOT NULL GROUP BY array_id',
  );
  const jobsOfArray = database.prepare('SELECT id, kind, is_active FROM jobs WHERE array_id = ? ORDER BY id');
  const memberOfArray = database.prepare(`SELECT ${jobColumns} FROM jobs WHERE array_id = ? LIMIT 1`);
  // What is too long to be sent at every start, such as thousands of files, is not sent.
  const latestRuns = database.prepare(
    `SELECT spec, demand, state FROM jobs WHERE is_active = 0 AND kind = 'succeeded' AND ended_at < ? AND length(spec) < 32768
     ORDER BY ended_at DESC, id DESC LIMIT ? OFFSET ?`,
  );
  const ranBetween =
    "FROM jobs WHERE is_active = 0 AND ended_at > ? AND submitted_at < ? AND coalesce(json_extract(state, '$.startedAt'), ?) < ?";
  const pastRuns = database.prepare(
    `SELECT id, kind, name, group_name, enqueued_at, json_remove(spec, '$.files', '$.inputs', '$.command', '$.environment') AS spec, demand, state
     ${ranBetween} ORDER BY ended_at DESC, id DESC LIMIT ? OFFSET ?`,
  );
  const pastRunCount = database.prepare(`SELECT count(*) AS count ${ranBetween}`);
  const counts = database.prepare('SELECT kind, count(*) AS count FROM jobs WHERE is_active = 0 GROUP BY kind');
  const countsOfArray = database.prepare(
    'SELECT kind, count(*) AS count FROM jobs WHERE array_id = ? AND is_active = 0 AND id NOT IN (SELECT value FROM json_each(?)) GROUP BY kind',
  );
  const highest = database.prepare(
    `SELECT max((SELECT coalesce(max(id), 0) FROM jobs), ${kept('last-id')}) AS id,
       max((SELECT coalesce(max(revision), 0) FROM events), ${kept('last-revision')}) AS revision,
       (SELECT coalesce(max(boost), 0) FROM jobs WHERE is_active = 1) AS boost`,
  );
  const removable = database.prepare('SELECT id, kind, attempts, array_id FROM jobs WHERE id = ? AND is_active = 0');
  const artifactsNamed = database.prepare('SELECT DISTINCT sha256 FROM job_artifacts WHERE job = ?');
  const uploadsNamed = database.prepare('SELECT upload FROM job_uploads WHERE job = ?');
  const endedBefore = database.prepare('SELECT id FROM jobs WHERE is_active = 0 AND ended_at < ? AND id > ? ORDER BY id LIMIT ?');
  const endedBeyond = database.prepare('SELECT id FROM jobs WHERE is_active = 0 ORDER BY ended_at DESC, id DESC LIMIT ? OFFSET ?');
  const unusedUploads = database.prepare(
    'SELECT id FROM uploads WHERE received_at < ? AND NOT EXISTS (SELECT 1 FROM job_uploads WHERE upload = uploads.id) LIMIT ?',
  );
  const leftovers = database.prepare('SELECT path FROM leftovers LIMIT ?');
  const peaks = database.prepare('SELECT work, memory_bytes FROM peaks');
  const settings = database.prepare('SELECT name, value FROM settings');
  const devices = database.prepare('SELECT key, id, settings FROM devices ORDER BY key');

  // node:sqlite answers records of unknown shape; each cast below repeats the columns of its own statement.
  return {
    activeJobs: (after: number, limit: number): JobRecord[] => active.all(after, limit) as unknown as JobRecord[],
    job: (id: number): JobRecord | undefined => job.get(id) as unknown as JobRecord | undefined,
    /** Kinds and names of the jobs that exist among the ids given. */
    kinds: (ids: readonly number[]): KindRecord[] => ids.flatMap((id) => kinds.all(id) as unknown as KindRecord[]),
    events: (id: number): { revision: number; at: number; state: string }[] =>
      events.all(id) as unknown as { revision: number; at: number; state: string }[],
    artifacts: (id: number): ArtifactRecord[] => artifacts.all(id) as unknown as ArtifactRecord[],
    artifact: (sha256: string): { sha256: string; bytes: number; content: Uint8Array | null; media_type: string | null } | undefined =>
      artifact.get(sha256) as unknown as
        { sha256: string; bytes: number; content: Uint8Array | null; media_type: string | null } | undefined,
    upload: (id: string): { id: string; name: string; sha256: string; bytes: number } | undefined =>
      upload.get(id) as unknown as { id: string; name: string; sha256: string; bytes: number } | undefined,
    /** Ended jobs, latest first. An empty `kinds` means all of them. */
    ended: (kinds: readonly string[], search: string, offset: number, limit: number): JobRecord[] => {
      if (kinds.length === 0 && search === '') return ended.all(limit, offset) as unknown as JobRecord[];
      const text = search.toLowerCase();
      return endedOf.all(kindsJson(kinds), text, text, text, text, limit, offset) as unknown as JobRecord[];
    },
    endedCount: (kinds: readonly string[], search: string): number => {
      const text = search.toLowerCase();
      return (endedCount.get(kindsJson(kinds), text, text, text, text) as unknown as { count: number }).count;
    },
    /** Ended jobs, latest first, each array as the latest of its jobs that has `search`; without the arrays in `except`. */
    endedFolded: (search: string, except: readonly number[], offset: number, limit: number): JobRecord[] =>
      endedFolded.all({ text: search.toLowerCase(), except: JSON.stringify(except), offset, limit }) as unknown as JobRecord[],
    endedFoldedCount: (search: string, except: readonly number[]): number =>
      (endedFoldedCount.get({ text: search.toLowerCase(), except: JSON.stringify(except) }) as unknown as { count: number }).count,
    /** How many jobs of each array have ended. */
    arrayCounts: (): { id: number; count: number }[] => arrayCounts.all() as unknown as { id: number; count: number }[],
    /** Those that the journal still has, in the order of their numbers. */
    jobsOfArray: (id: number): ArrayedJob[] => jobsOfArray.all(id) as unknown as ArrayedJob[],
    /** Jobs by their numbers, those of an array by the number of the array. */
    jobsNamed: (ids: readonly number[]): number[] =>
      ids.flatMap((id) => {
        const ofArray = jobsOfArray.all(id) as unknown as ArrayedJob[];
        return ofArray.length > 0 ? ofArray.map((one) => one.id) : [id];
      }),
    /** Any job of an array. */
    memberOfArray: (id: number): JobRecord | undefined => memberOfArray.get(id) as unknown as JobRecord | undefined,
    /** Jobs that had succeeded before a time, latest first. */
    latestRuns: (before: number, offset: number, limit: number): RunRecord[] =>
      latestRuns.all(before, limit, offset) as unknown as RunRecord[],
    /** Jobs that have ended whose last attempt ended later than `from` and started before `to`, those that ended last first. */
    pastRuns: (from: number, to: number, offset: number, limit: number): PastRunRecord[] =>
      pastRuns.all(from, to, to, to, limit, offset) as unknown as PastRunRecord[],
    pastRunCount: (from: number, to: number): number => (pastRunCount.get(from, to, to, to) as unknown as { count: number }).count,
    counts: (): { kind: string; count: number }[] => counts.all() as unknown as { kind: string; count: number }[],
    /** The ended jobs of an array by kind, without those in `except`. */
    countsOfArray: (id: number, except: readonly number[]): { kind: string; count: number }[] =>
      countsOfArray.all(id, JSON.stringify(except)) as unknown as { kind: string; count: number }[],
    highest: (): { id: number; revision: number; boost: number } =>
      highest.get() as unknown as { id: number; revision: number; boost: number },
    /** Those of the jobs that have ended, with what goes with them. */
    removable: (ids: readonly number[]): RemovableJob[] =>
      ids.flatMap((id) => {
        const found = removable.get(id) as unknown as Pick<RemovableJob, 'id' | 'kind' | 'attempts' | 'array_id'> | undefined;
        if (!found) return [];
        const sha256s = (artifactsNamed.all(id) as unknown as { sha256: string }[]).map(({ sha256 }) => sha256);
        const uploads = (uploadsNamed.all(id) as unknown as { upload: string }[]).map(({ upload }) => upload);
        return [{ ...found, sha256s, uploads }];
      }),
    /** Jobs that ended before a time, from an id on, in the order of their ids. */
    endedBefore: (time: number, after: number, limit: number): number[] =>
      (endedBefore.all(time, after, limit) as unknown as { id: number }[]).map(({ id }) => id),
    /** Ended jobs but the latest `kept`, those that ended last first. */
    endedBeyond: (kept: number, limit: number): number[] =>
      (endedBeyond.all(limit, kept) as unknown as { id: number }[]).map(({ id }) => id),
    /** Received before a time and named by no job. */
    unusedUploads: (time: number, limit: number): string[] =>
      (unusedUploads.all(time, limit) as unknown as { id: string }[]).map(({ id }) => id),
    leftovers: (limit: number): string[] => (leftovers.all(limit) as unknown as { path: string }[]).map(({ path }) => path),
    peaks: (): { work: string; memory_bytes: number }[] => peaks.all() as unknown as { work: string; memory_bytes: number }[],
    settings: (): { name: string; value: string }[] => settings.all() as unknown as { name: string; value: string }[],
    devices: (): DeviceRow[] => devices.all() as unknown as DeviceRow[],
  };
};

export type Queries = ReturnType<typeof prepareQueries>;

const kindsJson = (kinds: readonly string[]): string => JSON.stringify(kinds.length === 0 ? endedKinds : kinds);
