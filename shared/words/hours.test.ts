import { expect, test } from 'vitest';
import { Hours } from '../model/job.ts';
import { hoursText, parseHours } from './hours.ts';

test.each([
  ['22:00-06:00', { from: '22:00', to: '06:00', repeats: 'daily' }],
  [' 9:30 – 17:00 ', { from: '09:30', to: '17:00', repeats: 'daily' }],
  ['0:00-23:59, weekends', { from: '00:00', to: '23:59', repeats: 'weekends' }],
  ['22:00-06:00,daily', { from: '22:00', to: '06:00', repeats: 'daily' }],
] as const)('%j are hours, and what is written of them is read the same', (text, hours) => {
  expect(parseHours(text)).toEqual(hours);
  expect(Hours.parse(hours)).toEqual(hours);
  expect(parseHours(hoursText(hours))).toEqual(hours);
});

test.each(['', '22:00', '22-06', '24:00-06:00', '9:60-10:00', '22:00-22:00', '9:00-09:00', '22:00-06:00,mondays', 'x22:00-06:00'])(
  '%j is no part of the day',
  (text) => expect(parseHours(text)).toBeUndefined(),
);
