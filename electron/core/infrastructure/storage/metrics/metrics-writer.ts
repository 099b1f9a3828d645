import type { DatabaseSync } from 'node:sqlite';
import type { Quantity } from '../../../../../shared/model/metrics.ts';
import { chunkKey, hourMs, hourOf, levels, type Level } from './chunk-key.ts';
import { packPoints, unpackPoints } from './pack-points.ts';
import { packTick, visitTick } from './pack-tick.ts';
import { createSteps, inSteps, thinJobPoints, type Point, type Steps } from './points.ts';
import { toStored } from './quantities.ts';

/** All that was measured at one moment. What could not be measured is absent. */
export interface Tick {
  readonly at: number;
  readonly readings: readonly Reading[];
}

/** `subject` is device:ID, group:NAME or job:ID. */
export interface Reading {
  readonly subject: string;
  readonly values: Readonly<Partial<Record<Quantity, number>>>;
}

export interface MetricsWriter {
  /** In one transaction; throws when the disk does not take it, and nothing is written then. */
  write(ticks: readonly Tick[]): void;
  /** Hours since 1970: moments of earlier hours lie in the rows of whole hours, later ones as they were measured. */
  readonly rolledBefore: number;
}

const jobPrefix = 'job:';
/** What jobs leave behind is kept as long as what devices do, but never more than this. */
const jobBytesMost = 64 * 1024 ** 2;

/**
 * Writes every moment as one small row. When an hour is over its moments become one row for each series and width, and those of the
 * hour before it are removed; so a moment is on the disk at once, and hours are read quickly.
 */
export const createMetricsWriter = (database: DatabaseSync, now: number): MetricsWriter => {
  const addSeries = database.prepare('INSERT INTO series (subject, quantity) VALUES (?, ?) RETURNING id');
  const addTick = database.prepare('INSERT OR REPLACE INTO ticks (at, points) VALUES (?, ?)');
  const ticksOfHour = database.prepare('SELECT at, points FROM ticks WHERE at >= ? AND at < ? ORDER BY at');
  const hoursOfTicks = database.prepare(`SELECT DISTINCT at / ${hourMs} AS hour FROM ticks WHERE at < ? ORDER BY hour`);
  const addChunk = database.prepare('INSERT OR REPLACE INTO chunks (id, points) VALUES (?, ?)');
  const jobPoints = database.prepare('SELECT last_at, points FROM job_points WHERE series = ?');
  const setJobPoints = database.prepare('INSERT OR REPLACE INTO job_points (series, last_at, points) VALUES (?, ?, ?)');
  let known = readSeries(database);
  /** The hour of the latest moment. */
  let hourNow: number | undefined;
  let rolledBefore = 0;

  const seriesOf = (subject: string, quantity: Quantity): number => {
    const key = `${subject} ${quantity}`;
    const there = known.ids.get(key);
    if (there !== undefined) return there;
    const { id } = addSeries.get(subject, quantity) as { id: number }; // RETURNING answers the new row
    known.ids.set(key, id);
    if (subject.startsWith(jobPrefix)) known.ofJobs.add(id);
    return id;
  };

  const writeTick = ({ at, readings }: Tick): void => {
    const values: [number, number][] = [];
    for (const { subject, values: measured } of readings) {
      for (const [name, value] of Object.entries(measured)) {
        const quantity = name as Quantity; // the keys of Reading.values
        if (Number.isFinite(value)) values.push([seriesOf(subject, quantity), toStored(quantity, value)]);
      }
    }
    addTick.run(Math.round(at), packTick(values));
  };

  const rollUpBefore = (hour: number): void => {
    const hours = hoursOfTicks.all(hour * hourMs) as { hour: number }[]; // repeats the column of its statement
    for (const each of hours) if (each.hour >= rolledBefore) rollUp(each.hour);
    rolledBefore = hour;
    database.prepare('DELETE FROM ticks WHERE at < ?').run((hour - 1) * hourMs);
    forget(hour);
  };

  const rollUp = (hour: number): void => {
    const steps = new Map<number, Steps>();
    const ofJobs = new Map<number, Point[]>();
    const rows = ticksOfHour.iterate(hour * hourMs, (hour + 1) * hourMs) as Iterable<{ at: number; points: Uint8Array }>; // its columns
    for (const { at, points } of rows) {
      visitTick(points, (series, value) => {
        if (known.ofJobs.has(series)) listOf(ofJobs, series).push({ at, weight: 1, mean: value, max: value });
        else stepsOf(steps, series).add(at, 1, value, value);
      });
    }
    for (const [series, of] of steps) {
      const fine = of.points();
      for (const [level, points] of [fine, inSteps(fine, levels[1].stepMs)].entries())
        addChunk.run(chunkKey(series, level as Level, hour), packPoints(points, hour * hourMs)); // two widths, two levels
    }
    for (const [series, points] of ofJobs) appendToJob(series, points);
  };

  const appendToJob = (series: number, points: readonly Point[]): void => {
    const before = jobPoints.get(series) as { last_at: number; points: Uint8Array } | undefined; // its columns
    const newer = points.filter(({ at }) => before === undefined || at > before.last_at);
    const last = newer.at(-1);
    if (!last) return;
    const all = thinJobPoints([...(before ? unpackPoints(before.points, 0) : []), ...newer]);
    setJobPoints.run(series, last.at, packPoints(all.points, 0));
  };

  const forget = (hour: number): void => {
    const remove = database.prepare('DELETE FROM chunks WHERE id >= ? AND id < ?');
    for (const series of known.ids.values()) {
      if (known.ofJobs.has(series)) continue;
      for (const [level, { keptHours }] of levels.entries())
        remove.run(chunkKey(series, level as Level, 0), chunkKey(series, level as Level, hour - keptHours)); // an index of levels
    }
    forgetJobs(database, (hour - levels[1].keptHours) * hourMs);
    known = readSeries(database);
  };

  const enterHour = (hour: number): void => {
    if (hour === hourNow) return;
    // The clock was set back: hours that had been rolled up may get more.
    if (hourNow !== undefined && hour < hourNow) rolledBefore = 0;
    rollUpBefore(hour);
    hourNow = hour;
  };

  const asOne = (work: () => void): void => {
    database.exec('BEGIN IMMEDIATE');
    const before = { hourNow, rolledBefore };
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      // Numbers of series that were given inside the transaction are gone with it, and so is what was rolled up.
      ({ hourNow, rolledBefore } = before);
      known = readSeries(database);
      throw error;
    }
  };

  // What an earlier core left may be of hours that are over.
  asOne(() => enterHour(hourOf(now)));
  return {
    write: (ticks) =>
      asOne(() => {
        for (const tick of ticks) {
          enterHour(hourOf(tick.at));
          writeTick(tick);
        }
      }),
    get rolledBefore() {
      return rolledBefore;
    },
  };
};

interface KnownSeries {
  readonly ids: Map<string, number>;
  readonly ofJobs: Set<number>;
}

const readSeries = (database: DatabaseSync): KnownSeries => {
  const rows = database.prepare('SELECT id, subject, quantity FROM series').all() as { id: number; subject: string; quantity: string }[]; // its columns
  return {
    ids: new Map(rows.map(({ id, subject, quantity }) => [`${subject} ${quantity}`, id])),
    ofJobs: new Set(rows.filter(({ subject }) => subject.startsWith(jobPrefix)).map(({ id }) => id)),
  };
};

/** Removes what jobs left behind before a time, and the oldest of it when it is too much. */
const forgetJobs = (database: DatabaseSync, before: number): void => {
  const rows = database.prepare('SELECT series, last_at, length(points) AS bytes FROM job_points ORDER BY last_at DESC').all();
  const remove = database.prepare('DELETE FROM job_points WHERE series = ?');
  const removeSeries = database.prepare('DELETE FROM series WHERE id = ?');
  let sum = 0;
  for (const { series, last_at, bytes } of rows as { series: number; last_at: number; bytes: number }[]) {
    sum += bytes;
    if (last_at >= before && sum <= jobBytesMost) continue;
    remove.run(series);
    removeSeries.run(series);
  }
};

const stepsOf = (all: Map<number, Steps>, series: number): Steps => {
  const there = all.get(series) ?? createSteps(levels[0].stepMs);
  all.set(series, there);
  return there;
};

const listOf = (all: Map<number, Point[]>, series: number): Point[] => {
  const there = all.get(series) ?? [];
  all.set(series, there);
  return there;
};
