import { expect, test } from 'vitest';
import { comingMoment } from './coming-moment.ts';

const now = new Date(2026, 10, 28, 14, 30, 20).getTime();
const local = (...[year, month, day, hours = 0, minutes = 0]: number[]): number =>
  new Date(year!, month! - 1, day, hours, minutes).getTime();

test.each([
  ['10m', now + 600_000],
  ['1h30m', now + 5_400_000],
  ['90 s', now + 90_000],
  ['1,5 h', now + 5_400_000],
  ['2d', now + 172_800_000],
  ['18:00', local(2026, 11, 28, 18)],
  ['9:05', local(2026, 11, 29, 9, 5)],
  ['14:30', local(2026, 11, 29, 14, 30)],
  ['2026-12-01', local(2026, 12, 1)],
  ['2026-12-01 09:00', local(2026, 12, 1, 9)],
  ['2026-12-01t09:00', local(2026, 12, 1, 9)],
  ['2026-12-01T09:00:00Z', Date.UTC(2026, 11, 1, 9)],
])('%s', (text, at) => {
  expect(comingMoment(text, now)).toBe(at);
});

test.each(['', '10', 'soon', '25:00', '18:60', '-10m', '2026-13-01', '2026-12-01T25:00', '10 parsecs'])('"%s" is none', (text) => {
  expect(comingMoment(text, now)).toBeUndefined();
});
