import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMetricsKeeper, type MetricsKeeper } from './metrics-keeper.ts';

const hour = 3_600_000;
/** The beginning of an hour. */
const start = 500_000 * hour;

let folder: string;
let file: string;
let now: number;
let warnings: string[];
const keepers: MetricsKeeper[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-metrics-'));
  file = join(folder, 'metrics.db');
  now = start;
  warnings = [];
});
afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper.close();
  rmSync(folder, { recursive: true });
});

const open = (): MetricsKeeper => {
  const keeper = createMetricsKeeper({ file, now: () => now, warn: (text) => void warnings.push(text) });
  keepers.push(keeper);
  return keeper;
};

/** Measures a device once in `everyMs` for so long; the value tells the second. */
const run = (
  keeper: MetricsKeeper,
  forMs: number,
  { everyMs = 1000, subject = 'device:gpu0', value = (at: number) => (at / 1000) % 100 } = {},
) => {
  for (const end = now + forMs; now < end; now += everyMs) {
    keeper.add({ at: now, readings: [{ subject, values: { utilization: value(now), temperatureC: -12.5 } }] });
  }
};

const utilization = (keeper: MetricsKeeper, from: number, to = now, points = 5000, subject = 'device:gpu0') =>
  keeper.series({ subject, quantity: 'utilization', from, to, points });

describe('a graph', () => {
  test('of the last hour has every second, also those that are not on the disk yet', () => {
    const keeper = open();
    run(keeper, 7000);
    expect(utilization(keeper, start)).toEqual({
      stepMs: 1000,
      points: [0, 1, 2, 3, 4, 5, 6].map((second) => ({ at: start + second * 1000, mean: second, max: second })),
    });
    expect(keeper.series({ subject: 'device:gpu0', quantity: 'temperatureC', from: start, to: now, points: 1 }).points).toEqual([
      { at: start, mean: -12.5, max: -12.5 },
    ]);
  });

  test('of a day has 10 seconds, of more than that minutes, in hours that are over and the one that runs', () => {
    const keeper = open();
    run(keeper, 2.5 * hour);
    now = start + 20 * hour;
    run(keeper, 1000);
    const day = utilization(keeper, start);
    expect(day.stepMs).toBe(10_000);
    expect(day.points).toHaveLength(2.5 * 360 + 1);
    expect(day.points[1]).toEqual({ at: start + 10_000, mean: 14.5, max: 19 });
    now = start + 30 * hour;
    run(keeper, 1000);
    const days = utilization(keeper, start);
    expect(days.stepMs).toBe(60_000);
    expect(days.points).toHaveLength(2.5 * 60 + 2);
    expect(days.points[0]).toEqual({ at: start, mean: 29.5, max: 59 });
  });

  test('has no points where nothing was measured', () => {
    const keeper = open();
    run(keeper, 60_000);
    now += 30 * 60_000;
    run(keeper, 60_000);
    const { points } = utilization(keeper, start);
    expect(points).toHaveLength(120);
    expect((points[60]?.at ?? 0) - (points[59]?.at ?? 0)).toBe(30 * 60_000 + 1000);
    // A device that was not there, a quantity that it does not tell and a time before anything.
    expect(utilization(keeper, start, now, 10, 'device:gpu1').points).toEqual([]);
    expect(keeper.series({ subject: 'device:gpu0', quantity: 'powerW', from: start, to: now, points: 10 }).points).toEqual([]);
    expect(utilization(keeper, start - 2 * hour, start - hour).points).toEqual([]);
  });

  test('has no more points than asked for, each the mean and the most of what it stands for', () => {
    const keeper = open();
    run(keeper, 3600_000);
    const { stepMs, points } = utilization(keeper, start, now, 60);
    expect([stepMs, points.length]).toEqual([60_000, 60]);
    expect(points[0]).toEqual({ at: start, mean: 29.5, max: 59 });
    for (const most of [1, 7, 59, 61, 1000]) {
      const { points: fewer } = utilization(keeper, start + 12_345, now, most);
      expect(fewer.length).toBeLessThanOrEqual(most);
      expect(fewer.length).toBeGreaterThan(most / 3);
    }
  });

  test('is the same before and after the core was started anew, also in the middle of an hour and after its end', () => {
    const first = open();
    run(first, 1.5 * hour);
    const before = utilization(first, start);
    first.close();
    expect(utilization(open(), start)).toEqual(before);
    now = start + 26 * hour;
    expect(utilization(open(), start).points).toHaveLength(90);
  });

  test('goes on when the clock was set back by hours', () => {
    const keeper = open();
    run(keeper, 90_000);
    now = start - 3 * hour;
    run(keeper, 90_000);
    now = start + 2 * hour;
    run(keeper, 10_000);
    expect(utilization(keeper, start - 3 * hour).points).toHaveLength(9 + 9 + 1);
  });
});

describe('what is kept', () => {
  test('is 24 hours of 10 seconds and 30 days of minutes', () => {
    const keeper = open();
    run(keeper, 32 * 24 * hour, { everyMs: 60_000 });
    keeper.close();
    const database = new DatabaseSync(file);
    const { ticks } = database.prepare('SELECT count(*) AS ticks FROM ticks').get() as { ticks: number };
    // Two series: hours of the last day in 10 seconds, hours of 30 days in minutes.
    const { chunks } = database.prepare('SELECT count(*) AS chunks FROM chunks').get() as { chunks: number };
    database.close();
    expect([ticks, chunks]).toEqual([120, 2 * (24 + 720)]);
    const { points } = utilization(open(), 0);
    expect(points.length).toBeGreaterThan(4000);
    expect(points[0]?.at).toBeGreaterThanOrEqual(now - 30 * 24 * hour - 12 * 60_000);
  });

  test('of a job is every second of its first hour, then 10 seconds, and 30 days after its end nothing', () => {
    const keeper = open();
    now += 600_000;
    run(keeper, 3 * hour, { subject: 'job:7' });
    const { stepMs, points } = utilization(keeper, 0, now, 5000, 'job:7');
    expect([stepMs, points.length]).toEqual([10_000, 3600 + 720]);
    expect(points.slice(0, 2)).toEqual([
      { at: start + 600_000, mean: 0, max: 0 },
      { at: start + 601_000, mean: 1, max: 1 },
    ]);
    const again = utilization(open(), 0, now, 5000, 'job:7');
    expect(again).toEqual({ stepMs, points });
    now += 31 * 24 * hour;
    run(keeper, 10_000);
    expect(utilization(keeper, 0, now, 5000, 'job:7').points).toEqual([]);
  });
});

test('means over a window weigh every measurement alike, whatever width it is kept in', () => {
  const keeper = open();
  run(keeper, 1000, { subject: 'group:other' });
  now = start;
  run(keeper, 1.5 * hour, { value: (at) => (at < start + hour ? 10 : 70) });
  now = start + 3 * hour;
  const means = () => keeper.means({ of: 'device', quantities: ['utilization', 'powerW'], from: start, to: now });
  expect(means()).toEqual([{ subject: 'device:gpu0', quantity: 'utilization', mean: 30, weight: 5400 }]);
  now = start + 40 * hour;
  expect(means()).toEqual([{ subject: 'device:gpu0', quantity: 'utilization', mean: 30, weight: 5400 }]);
});

describe('trouble', () => {
  test.each([
    ['that is no database', () => writeFileSync(file, 'x'.repeat(10_000))],
    ['of another version', () => new DatabaseSync(file).exec('PRAGMA user_version = 99')],
  ])('a file %s is set aside with a warning, and measuring goes on', (_name, spoil) => {
    spoil();
    const keeper = open();
    run(keeper, 10_000);
    expect(utilization(keeper, start).points).toHaveLength(10);
    expect(warnings).toEqual([expect.stringContaining(`${file}.unreadable`)]);
    expect(existsSync(`${file}.unreadable`)).toBe(true);
  });

  test('a file that is spoiled while it is used is set aside as well', () => {
    const keeper = open();
    run(keeper, 30_000);
    keeper.close();
    const database = new DatabaseSync(file);
    database.exec("UPDATE ticks SET points = x'ffffff'");
    database.close();
    const again = open();
    expect(utilization(again, start).points).toEqual([]);
    run(again, 5000);
    expect(utilization(again, start).points).toHaveLength(5);
    expect(warnings).toHaveLength(1);
  });

  test('a disk that takes nothing costs the measurements of that time and one warning, no more', () => {
    const keeper = open();
    run(keeper, 10_000);
    const other = new DatabaseSync(file);
    // Nobody else can write; the answer is an error as that of a full disk is.
    other.exec('BEGIN IMMEDIATE');
    run(keeper, 10_000);
    other.exec('ROLLBACK');
    other.close();
    run(keeper, 10_000);
    expect(utilization(keeper, start).points).toHaveLength(20);
    expect(warnings).toEqual([expect.stringContaining('not kept at the moment')]);
  });

  test('a core that is killed loses the last seconds and nothing else', () => {
    const code = `
      import { createMetricsKeeper } from ${JSON.stringify(join(import.meta.dirname, 'metrics-keeper.ts'))};
      const keeper = createMetricsKeeper({ file: process.argv[1], now: () => ${start}, warn: (text) => { throw new Error(text); } });
      for (let second = 0; second < 1003; second += 1)
        keeper.add({ at: ${start} + second * 1000, readings: [{ subject: 'device:gpu0', values: { utilization: 50 } }] });
      process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', code, file], { encoding: 'utf8' });
    expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
    now = start + 1_003_000;
    expect(utilization(open(), start).points).toHaveLength(1000);
    expect(warnings).toEqual([]);
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  });
});
