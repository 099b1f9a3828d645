import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, windowsOf } from './reservation-windows.ts';

const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();
const dayMs = 24 * 3_600_000;

test('one that happens once is a time until it is over', () => {
  const once = { startsAt: at(2, 20), endsAt: at(3, 8), repeats: 'never' as const };
  expect(windowsOf(once, at(1, 0))).toEqual([{ from: at(2, 20), to: at(3, 8) }]);
  expect(windowsOf(once, at(3, 7))).toHaveLength(1);
  expect(windowsOf(once, at(3, 8))).toEqual([]);
});

test('one of every day comes again at the same time of the day, and has no end in sight after two weeks', () => {
  const daily = { startsAt: at(2, 20), endsAt: at(3, 8), repeats: 'daily' as const };
  const windows = windowsOf(daily, at(10, 7));
  expect(windows.slice(0, 2)).toEqual([
    { from: at(9, 20), to: at(10, 8) },
    { from: at(10, 20), to: at(11, 8) },
  ]);
  expect(windows.at(-1)).toEqual({ from: at(24, 20), to: Infinity });
});

test('weekdays, weekends and weeks go by the day on which they begin', () => {
  // The first of November 2026 is a Sunday.
  const days = (repeats: 'weekdays' | 'weekends' | 'weekly'): number[] =>
    windowsOf({ startsAt: at(1, 20), endsAt: at(2, 8), repeats }, at(1, 0)).map(({ from }) => new Date(from).getDate());
  expect(days('weekdays')).toEqual([2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16]);
  expect(days('weekends')).toEqual([1, 7, 8, 14, 15, 21]);
  expect(days('weekly')).toEqual([1, 8, 15, 22]);
});

test('two meet where they overlap, not where one begins as the other ends', () => {
  const night = { startsAt: at(2, 20), endsAt: at(3, 8), repeats: 'daily' as const };
  const once = (from: number, to: number) => ({ startsAt: at(5, from), endsAt: at(5, to), repeats: 'never' as const });
  expect(meet(once(8, 20), night, at(1, 0))).toBeUndefined();
  expect(meet(once(7, 20), night, at(1, 0))).toEqual({ from: at(4, 20), to: at(5, 8) });
});

test('at any moment the times are in order, apart, not over, and the same as at any other', () => {
  const anyTimes = fc.record({
    startsAt: fc.integer({ min: 1e12, max: 1.8e12 }),
    lasts: fc.integer({ min: 1, max: dayMs - 3_600_000 }),
    repeats: fc.constantFrom('daily' as const, 'weekdays' as const, 'weekends' as const, 'weekly' as const),
  });
  fc.assert(
    fc.property(
      anyTimes,
      fc.integer({ min: 1e12, max: 1.8e12 }),
      fc.integer({ min: 0, max: 20 * dayMs }),
      ({ startsAt, lasts, repeats }, now, later) => {
        const times = { startsAt, endsAt: startsAt + lasts, repeats };
        const windows = windowsOf(times, now);
        expect(windows[0]?.to).toBeGreaterThan(now);
        expect(windows[0]?.from).toBeGreaterThanOrEqual(startsAt);
        expect(windows.at(-1)?.to).toBe(Infinity);
        windows.slice(1).forEach(({ from }, index) => expect(from).toBeGreaterThanOrEqual(windows[index]!.to));
        const known = new Set(windows.slice(0, -1).map(({ from, to }) => `${from} ${to}`));
        const seen = windowsOf(times, now + later).filter(({ to }) => to < Infinity);
        for (const { from, to } of seen) if (from < windows.at(-1)!.from) expect(known).toContain(`${from} ${to}`);
      },
    ),
    { numRuns: 200 },
  );
});
