import { expect, test } from 'vitest';
import type { SchedulerEvent } from '../../scheduler-port.ts';
import { createCalendar, windowsIn } from './calendar.ts';

const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();
const night = { from: '22:00', to: '06:30', repeats: 'daily' } as const;

test('a night that has begun yesterday is the first; the next begins in the evening', () => {
  const windows = windowsIn(night, at(10, 5));
  expect(windows.slice(0, 2)).toEqual([
    { from: at(9, 22), to: at(10, 6, 30) },
    { from: at(10, 22), to: at(11, 6, 30) },
  ]);
  expect(windowsIn(night, at(10, 7))[0]?.from).toBe(at(10, 22));
});

test('hours within one day, and of days on which they begin', () => {
  const office = { from: '09:00', to: '17:00', repeats: 'weekdays' } as const;
  // The sixth of November 2026 is a Friday.
  expect(windowsIn(office, at(6, 16))[0]).toEqual({ from: at(6, 9), to: at(6, 17) });
  expect(windowsIn(office, at(6, 18))[0]).toEqual({ from: at(9, 9), to: at(9, 17) });
  expect(windowsIn({ ...night, repeats: 'weekdays' }, at(7, 3))[0]).toEqual({ from: at(6, 22), to: at(7, 6, 30) });
});

test('the scheduler is told of all hours that any job keeps, of each once, and of more of them as time goes on', () => {
  let now = at(10, 12);
  const told: SchedulerEvent[] = [];
  const calendar = createCalendar({ apply: (event) => told.push(event), now: () => now });
  calendar.goOn();
  calendar.learn(undefined);
  expect(told).toEqual([]);
  calendar.learn(night);
  calendar.learn({ ...night });
  calendar.learn({ ...night, repeats: 'weekends' });
  expect(told.map((event) => event.kind === 'hoursChanged' && Object.keys(event.hours))).toEqual([
    ['22:00-06:30'],
    ['22:00-06:30', '22:00-06:30,weekends'],
  ]);
  now = at(30, 12);
  calendar.goOn();
  const last = told.at(-1);
  expect(last?.kind === 'hoursChanged' && last.hours['22:00-06:30']?.[0]?.from).toBe(at(30, 22));
});
