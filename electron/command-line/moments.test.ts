import { expect, test } from 'vitest';
import { CommandFailure } from './failure.ts';
import { parseComing, parseMoment } from './moments.ts';

const now = new Date(2026, 10, 28, 14, 30, 0).getTime();
const moment = (text: string): Date => new Date(parseMoment(text, '--since', now));

test.each<[string, Date]>([
  ['now', new Date(2026, 10, 28, 14, 30)],
  ['8h', new Date(2026, 10, 28, 6, 30)],
  ['90m', new Date(2026, 10, 28, 13, 0)],
  ['today', new Date(2026, 10, 28)],
  ['Yesterday', new Date(2026, 10, 27)],
  ['9:05', new Date(2026, 10, 28, 9, 5)],
  ['2026-11-01', new Date(2026, 10, 1)],
  ['2026-11-01T09:00', new Date(2026, 10, 1, 9)],
  ['2026-11-01 09:00:30', new Date(2026, 10, 1, 9, 0, 30)],
  ['2026-11-01T09:00Z', new Date(Date.UTC(2026, 10, 1, 9))],
])('%s', (text, expected) => expect(moment(text)).toEqual(expected));

test.each(['', '8', '25:00', '2026-13-01', 'last week', '-8h'])('%j is no point in time', (text) =>
  expect(() => moment(text)).toThrow(CommandFailure),
);

test('a point in time to come is so long from now, or the next time that the clock shows it', () => {
  expect(parseComing('30m', '--begin', now)).toBe(now + 1_800_000);
  expect(parseComing('9:05', '--deadline', now)).toBe(new Date(2026, 10, 29, 9, 5).getTime());
  expect(() => parseComing('yesterday', '--deadline', now)).toThrow(CommandFailure);
});
