import type { Removed, RetentionChange, RetentionRule } from '../../../../shared/contract/retention.ts';
import type { FileStore } from '../../infrastructure/storage/file-store.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import type { RemovableJob } from '../../infrastructure/storage/reader-queries.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import { Refusal } from '../../lib/refusal.ts';
import { defaultRule, retentionSetting } from './retention-rule.ts';

/** What removing must know of the queue. */
interface Queue {
  /** The state of an unfinished job. */
  unfinished(id: number): string | undefined;
  /** Jobs that unfinished ones wait for, each with one that does. */
  needed(): ReadonlyMap<number, { readonly id: number; readonly name: string }>;
  /** From now on nobody brings these back; answers the function that takes it back. */
  leaving(ids: readonly number[]): () => void;
  isLeaving(id: number): boolean;
  removed(jobs: readonly RemovableJob[]): void;
}

interface RetentionOptions {
  readonly rule: RetentionRule | undefined;
  readonly queue: Queue;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly files: FileStore;
  /** Where an attempt's folder and log lie, under the data folder. */
  readonly attemptPlaces: (jobId: number, attempt: number) => readonly string[];
  readonly lifetime: Lifetime;
  readonly now: () => number;
}

/** What becomes of jobs that have ended. */
export interface Retention {
  readonly rule: RetentionRule;
  setRule(change: RetentionChange): Promise<RetentionRule>;
  /** All of them or none. */
  remove(ids: readonly number[]): Promise<Removed>;
  clean(olderThanSeconds: number): Promise<Removed>;
  /** Resolves when nothing is left that should be gone by now; never rejects for a full disk, which is tried again. */
  tidy(): Promise<void>;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** In one commit, so that the journal is held up for milliseconds. */
const jobsAtOnce = 200;
/** A file that somebody sent and no job has named by then is not waited for any longer. */
const unusedUploadMs = dayMs;

/** Removes ended jobs with all that only they name, when a person says so and when they are too old or too many. */
export const createRetention = (options: RetentionOptions): Retention => {
  const { queue, journal, reader, files, now } = options;
  let rule = options.rule ?? defaultRule;

  const rowsOf = (job: RemovableJob): Write[] => [
    ['removeJob', { job: job.id }],
    ['removeEvents', { job: job.id }],
    ['unlinkArtifacts', { job: job.id }],
    ['unlinkUploads', { job: job.id }],
    ...attemptsOf(job).flatMap((attempt) => options.attemptPlaces(job.id, attempt).map((path): Write => ['leave', { path }])),
  ];

  /** After the rows of the jobs that named them. */
  const rowsOfFiles = (jobs: readonly RemovableJob[]): Write[] => [
    ...[...new Set(jobs.flatMap(({ sha256s }) => sha256s))].flatMap((sha256): Write[] => [
      ['removeArtifact', { sha256 }],
      ['leaveArtifact', { sha256, path: files.places.artifact(sha256) }],
    ]),
    ...[...new Set(jobs.flatMap(({ uploads }) => uploads))].flatMap(rowsOfUpload),
  ];

  const rowsOfUpload = (id: string): Write[] => [
    ['removeUpload', { id }],
    ['leaveUpload', { id, path: files.places.upload(id) }],
  ];

  /** The jobs are ended, and nothing is awaited between that look and this call. */
  const removeFromJournal = async (jobs: readonly RemovableJob[]): Promise<void> => {
    const stay = queue.leaving(jobs.map(({ id }) => id));
    try {
      const rows: Write[] = [['keepLastId', {}], ['keepLastRevision', {}], ...jobs.flatMap(rowsOf), ...rowsOfFiles(jobs)];
      await journal.append(rows);
    } catch (error) {
      stay();
      throw error;
    }
    queue.removed(jobs);
  };

  const remove: Retention['remove'] = async (ids) => {
    const wanted = [...new Set(await reader.jobsNamed(ids))];
    const jobs = await reader.removable(wanted);
    const found = new Set(jobs.map(({ id }) => id));
    const needed = queue.needed();
    for (const id of wanted) {
      const state = queue.unfinished(id);
      if (state !== undefined) throw new Refusal({ code: 'job-wrong-state', values: { id, action: 'remove', state } });
      if (!found.has(id) || queue.isLeaving(id)) throw new Refusal({ code: 'job-unknown', values: { id } });
      const by = needed.get(id);
      if (by) throw new Refusal({ code: 'job-needed', values: { id, by } });
    }
    await removeFromJournal(jobs);
    await files.sweep();
    return { jobs: jobs.length };
  };

  /** Those of the jobs that may go, and how many went. */
  const removeWhatMay = async (ids: readonly number[]): Promise<number> => {
    const jobs = await reader.removable(ids);
    const needed = queue.needed();
    const free = jobs.filter(({ id }) => queue.unfinished(id) === undefined && !queue.isLeaving(id) && !needed.has(id));
    if (free.length > 0) await removeFromJournal(free);
    return free.length;
  };

  const removeBefore = async (time: number): Promise<number> => {
    let count = 0;
    let after = 0;
    for (;;) {
      const ids = await reader.endedBefore(time, after, jobsAtOnce);
      const last = ids.at(-1);
      if (last === undefined || options.lifetime.signal.aborted) return count;
      count += await removeWhatMay(ids);
      after = last;
    }
  };

  const removeBeyond = async (kept: number): Promise<void> => {
    for (;;) {
      const ids = await reader.endedBeyond(kept, jobsAtOnce);
      // What must stay is found again and again.
      if (options.lifetime.signal.aborted || (await removeWhatMay(ids)) === 0) return;
    }
  };

  const removeUnusedUploads = async (): Promise<void> => {
    for (const id of await reader.unusedUploads(now() - unusedUploadMs, jobsAtOnce)) await journal.append(rowsOfUpload(id));
  };

  const tidy: Retention['tidy'] = async () => {
    try {
      if (rule.days !== null) await removeBefore(now() - rule.days * dayMs);
      if (rule.jobs !== null) await removeBeyond(rule.jobs);
      await removeUnusedUploads();
    } catch (error) {
      if (!(error instanceof Refusal) && !options.lifetime.signal.aborted) throw error;
    }
    await files.sweep();
  };

  return {
    get rule() {
      return rule;
    },
    async setRule(change) {
      const next = { ...rule, ...change };
      await journal.append([['setSetting', { name: retentionSetting, value: JSON.stringify(next) }]]);
      rule = next;
      await tidy();
      return rule;
    },
    remove,
    async clean(olderThanSeconds) {
      // The millisecond that runs counts as past, for whoever asks for everything.
      const jobs = await removeBefore(now() - olderThanSeconds * 1000 + 1);
      await files.sweep();
      return { jobs };
    },
    tidy,
  };
};

const attemptsOf = ({ attempts }: RemovableJob): number[] => Array.from({ length: attempts }, (_, index) => index + 1);

/** Tidies now and once an hour. */
export const keepTidy = ({
  tidy,
  lifetime,
  onBug,
}: Pick<Retention, 'tidy'> & { lifetime: Lifetime; onBug: (error: unknown) => void }): void => {
  let turn = tidy().catch(onBug);
  const timer = setInterval(() => void (turn = turn.then(tidy).catch(onBug)), hourMs);
  lifetime.add(async () => {
    clearInterval(timer);
    await turn;
  });
};
