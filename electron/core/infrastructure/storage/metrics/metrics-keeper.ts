import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { OtherForm, prepareTables } from './metrics-schema.ts';
import { createMetricsReader, type MeansQuery, type MetricsReader, type SeriesQuery } from './metrics-reader.ts';
import { createMetricsWriter, type MetricsWriter, type Tick } from './metrics-writer.ts';

/** The measurements on the disk. Whatever happens to them, it never throws: measurements may be lost, work may not suffer. */
export interface MetricsKeeper {
  add(tick: Tick): void;
  series(query: SeriesQuery): ReturnType<MetricsReader['series']>;
  means(query: MeansQuery): ReturnType<MetricsReader['means']>;
  close(): void;
}

/** Moments that are written together: what a crash may lose, and how often the disk is asked. */
const ticksPerCommit = 5;

export const createMetricsKeeper = (options: { file: string; now: () => number; warn: (text: string) => void }): MetricsKeeper => {
  const { file, now } = options;
  let open: { database: DatabaseSync; writer: MetricsWriter; reader: MetricsReader } | undefined;
  let waiting: Tick[] = [];
  let warned: string | undefined;

  /** Each trouble is told once, until things are well again. */
  const warn = (text: string): void => {
    if (warned !== text) options.warn(text);
    warned = text;
  };

  const opened = (): NonNullable<typeof open> => {
    if (open) return open;
    const database = new DatabaseSync(file);
    try {
      prepareTables(database);
      open = { database, writer: createMetricsWriter(database, now()), reader: createMetricsReader(database) };
      return open;
    } catch (error) {
      database.close();
      throw error;
    }
  };

  const shut = (): void => {
    open?.database.close();
    open = undefined;
  };

  /** Answers `otherwise` when the disk does not do its part. A file that cannot be understood is set aside, and a new one begun. */
  const attempt = <Value>(work: (parts: NonNullable<typeof open>) => Value, otherwise: Value): Value => {
    for (const isLast of [false, true]) {
      try {
        const value = work(opened());
        warned = undefined;
        return value;
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        if (isLast || !isUnreadable(error)) {
          warn(`Measurements are not kept at the moment: ${detail} (${file}).`);
          return otherwise;
        }
        const aside = `${file}.unreadable`;
        shut();
        setAside(file, aside);
        warn(`The measurements could not be read (${detail}); they lie in ${aside} and new ones were begun.`);
      }
    }
    return otherwise;
  };

  const commit = (): void => {
    if (waiting.length === 0) return;
    const ticks = waiting;
    waiting = [];
    attempt(({ writer }) => writer.write(ticks), undefined);
  };

  return {
    add(tick) {
      waiting.push(tick);
      if (waiting.length >= ticksPerCommit) commit();
    },
    series(query) {
      commit();
      return attempt(({ reader, writer }) => reader.series(query, { now: now(), rolledBefore: writer.rolledBefore }), {
        stepMs: 1000,
        points: [],
      });
    },
    means(query) {
      commit();
      return attempt(({ reader, writer }) => reader.means(query, { now: now(), rolledBefore: writer.rolledBefore }), []);
    },
    close() {
      commit();
      shut();
    },
  };
};

/** The codes of SQLite that speak of the file's content; some come as extended codes, whose low byte is the plain one. */
const corrupt = 11;
const notDatabase = 26;
/** What may be wrong with the disk or the system instead is an error of SQLite too; all else is about bytes that are not ours. */
const isUnreadable = (error: unknown): boolean => {
  if (error instanceof OtherForm || error instanceof RangeError) return true;
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
  return code === corrupt || code === notDatabase;
};

const setAside = (file: string, aside: string): void => {
  renameSync(file, aside);
  // They belong to the file that was moved, and would be taken for the new one's.
  for (const ending of ['-wal', '-shm']) if (existsSync(`${file}${ending}`)) rmSync(`${file}${ending}`);
};
