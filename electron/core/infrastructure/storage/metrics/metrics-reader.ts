import type { DatabaseSync } from 'node:sqlite';
import type { MetricPoint, Quantity } from '../../../../../shared/model/metrics.ts';
import { chunkKey, hourMs, hourOf, hourOfKey, levels, type Level } from './chunk-key.ts';
import { unpackPoints } from './pack-points.ts';
import { visitTick } from './pack-tick.ts';
import { inSteps, thinJobPoints, type Point } from './points.ts';
import { fromStored } from './quantities.ts';

interface Window {
  /** Milliseconds since 1970; `to` is not part of it. */
  readonly from: number;
  readonly to: number;
}

export interface SeriesQuery extends Window {
  readonly subject: string;
  readonly quantity: Quantity;
  /** Points at most. */
  readonly points: number;
}

/** Of all devices or all groups. */
export interface MeansQuery extends Window {
  readonly of: 'device' | 'group';
  readonly quantities: readonly Quantity[];
}

/** The mean of what was measured, and how often it was. */
export interface Mean {
  readonly subject: string;
  readonly quantity: Quantity;
  readonly mean: number;
  readonly weight: number;
}

/** Milliseconds since 1970, and the writer's `rolledBefore`. */
interface Now {
  readonly now: number;
  readonly rolledBefore: number;
}

export interface MetricsReader {
  series(query: SeriesQuery, at: Now): { stepMs: number; points: MetricPoint[] };
  /** What was not measured in the window is absent. */
  means(query: MeansQuery, at: Now): Mean[];
}

const secondMs = 1000;
/** Who asks for the last hour asks a moment later. */
const slackMs = 60_000;

export const createMetricsReader = (database: DatabaseSync): MetricsReader => {
  const findSeries = database.prepare('SELECT id FROM series WHERE subject = ? AND quantity = ?');
  const findAll = database.prepare(
    'SELECT id, subject, quantity FROM series WHERE subject GLOB ? AND quantity IN (SELECT value FROM json_each(?)) ORDER BY id',
  );
  const readTicks = database.prepare('SELECT at, points FROM ticks WHERE at >= ? AND at < ? ORDER BY at');
  const readChunks = database.prepare('SELECT id, points FROM chunks WHERE id >= ? AND id < ? ORDER BY id');
  const readJob = database.prepare('SELECT last_at, points FROM job_points WHERE series = ?');

  const seriesOf = (subject: string, quantity: Quantity): number | undefined =>
    (findSeries.get(subject, quantity) as { id: number } | undefined)?.id; // its column

  /** Of the hour that runs and the one before it. */
  const ticks = (wanted: ReadonlySet<number>, { from, to }: Window): Map<number, Point[]> => {
    const found = new Map([...wanted].map((series) => [series, [] as Point[]]));
    const rows = readTicks.iterate(from, to) as Iterable<{ at: number; points: Uint8Array }>; // its columns
    for (const { at, points } of rows) {
      let missing = wanted.size;
      visitTick(points, (series, value) => {
        const list = found.get(series);
        if (!list) return false;
        list.push({ at, weight: 1, mean: value, max: value });
        return --missing === 0;
      });
    }
    return found;
  };

  /** Whole hours that are over, and what the running hour has so far. */
  const hours = (wanted: ReadonlySet<number>, level: Level, window: Window, rolledBefore: number): Map<number, Point[]> => {
    const { stepMs } = levels[level];
    // Stretches that have begun before the window belong to it.
    const from = Math.floor(window.from / stepMs) * stepMs;
    const runningFrom = rolledBefore * hourMs;
    const latest = ticks(wanted, { from: Math.max(from, runningFrom), to: Math.max(window.to, runningFrom) });
    return new Map(
      [...wanted].map((series) => {
        const rows = readChunks.all(
          chunkKey(series, level, hourOf(from)),
          chunkKey(series, level, Math.min(hourOf(window.to) + 1, rolledBefore)),
        ) as { id: number; points: Uint8Array }[]; // its columns
        const points = rows.flatMap(({ id, points: bytes }) => unpackPoints(bytes, hourOfKey(id) * hourMs));
        const inWindow = points.filter(({ at }) => at >= from && at < window.to);
        return [series, [...inWindow, ...inSteps(latest.get(series) ?? [], stepMs)]] as const;
      }),
    );
  };

  const read = (
    wanted: ReadonlySet<number>,
    window: Window,
    { now, rolledBefore }: Now,
  ): { stepMs: number; points: Map<number, Point[]> } => {
    const age = now - window.from - slackMs;
    if (age <= hourMs) return { stepMs: secondMs, points: ticks(wanted, window) };
    const level = age <= levels[0].keptHours * hourMs ? 0 : 1;
    return { stepMs: levels[level].stepMs, points: hours(wanted, level, window, rolledBefore) };
  };

  const ofJob = (series: number, now: number): { stepMs: number; points: Point[] } => {
    const stored = readJob.get(series) as { last_at: number; points: Uint8Array } | undefined; // its columns
    const latest = ticks(new Set([series]), { from: stored ? stored.last_at + 1 : 0, to: now + 1 }).get(series) ?? [];
    return thinJobPoints([...(stored ? unpackPoints(stored.points, 0) : []), ...latest]);
  };

  return {
    series(query, moment) {
      const { now } = moment;
      const { subject, quantity } = query;
      const series = seriesOf(subject, quantity);
      if (series === undefined) return { stepMs: secondMs, points: [] };
      if (subject.startsWith('job:')) {
        const { stepMs, points } = ofJob(series, now);
        const found = points.filter(({ at }) => at >= query.from && at < query.to);
        return fewer(found, spanOf(found, stepMs), stepMs, query);
      }
      const window = clipped(query, now);
      const { stepMs, points } = read(new Set([series]), window, moment);
      return fewer(points.get(series) ?? [], window.to - window.from, stepMs, query);
    },
    means({ of, quantities, ...query }, moment) {
      const rows = findAll.all(`${of}:*`, JSON.stringify(quantities)) as { id: number; subject: string; quantity: Quantity }[]; // its columns
      const { points } = read(new Set(rows.map(({ id }) => id)), clipped(query, moment.now), moment);
      return rows.flatMap(({ id, subject, quantity }) => {
        const [whole] = inSteps(points.get(id) ?? [], Number.MAX_SAFE_INTEGER);
        return whole ? [{ subject, quantity, mean: fromStored(quantity, whole.mean), weight: whole.weight }] : [];
      });
    },
  };
};

/** Nothing is older than 30 days, or newer than now. */
const clipped = ({ from, to }: Window, now: number): Window => {
  const oldest = now - levels[1].keptHours * hourMs;
  return { from: Math.min(Math.max(from, oldest), now), to: Math.min(to, now + 1) };
};

const spanOf = (points: readonly Point[], stepMs: number): number => {
  const [first, last] = [points[0], points.at(-1)];
  return first && last ? last.at - first.at + stepMs : stepMs;
};

/** At most so many points, as wide as that needs. */
const fewer = (points: readonly Point[], spanMs: number, stepMs: number, { quantity, points: most }: SeriesQuery) => {
  let widthMs = Math.max(1, Math.ceil(spanMs / most / stepMs)) * stepMs;
  let found = points.length <= most ? points : inSteps(points, widthMs);
  // The first and the last stretch may stick out of the window.
  while (found.length > most) found = inSteps(points, (widthMs += stepMs));
  return {
    stepMs: found === points ? stepMs : widthMs,
    points: found.map(({ at, mean, max }) => ({ at, mean: fromStored(quantity, mean), max: fromStored(quantity, max) })),
  };
};
