import { expect, test } from 'vitest';
import { reservationTimes } from './reservation-times.ts';

const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();

test('a reservation begins at the time typed, or now, and ends at the next such time after that', () => {
  expect(reservationTimes('20:00', '08:00', at(28, 7))).toEqual({ startsAt: at(28, 20), endsAt: at(29, 8) });
  expect(reservationTimes(' ', '2h', at(28, 7))).toEqual({ startsAt: at(28, 7), endsAt: at(28, 9) });
});

test('what is no time, or ends before it begins, is none', () => {
  for (const [from, to] of [
    ['soon', '08:00'],
    ['20:00', ''],
    ['20:00', '2026-11-01'],
  ] as const) {
    expect(reservationTimes(from, to, at(28, 7))).toBeUndefined();
  }
});
