import type { TimeWindow } from '../../scheduler-port.ts';
import type { ReservationRequest } from '../../../../shared/contract/scheduler.ts';

type Times = Pick<ReservationRequest, 'startsAt' | 'endsAt' | 'repeats'>;

export type Window = TimeWindow;

const dayMs = 24 * 3_600_000;
/** So far ahead times are worked out; what begins later is taken for one that never ends, so that nobody is promised anything beyond. */
const aheadMs = 14 * dayMs;

/** The times that are not over, in their order. The clock of the day counts, so that one from 20:00 stays so when summer time begins. */
export const windowsOf = ({ startsAt, endsAt, repeats }: Times, now: number): Window[] => {
  if (repeats === 'never') return endsAt > now ? [{ from: startsAt, to: endsAt }] : [];
  const step = repeats === 'weekly' ? 7 : 1;
  const windows: Window[] = [];
  // A day of summer time more or less does not matter here.
  for (let count = Math.max(0, Math.floor((now - endsAt) / (step * dayMs)) - 1); ; count += 1) {
    const from = daysLater(startsAt, count * step);
    const to = daysLater(endsAt, count * step);
    if (to <= now || !isOn(repeats, from)) continue;
    if (from > Math.max(now, startsAt) + aheadMs) return [...windows, { from, to: Infinity }];
    windows.push({ from, to });
  }
};

/** The first time of one that meets a time of another. */
export const meet = (a: Times, b: Times, now: number): Window | undefined => {
  const others = windowsOf(a, now);
  return windowsOf(b, now).find(({ from, to }) => others.some((other) => from < other.to && other.from < to));
};

const daysLater = (at: number, days: number): number => {
  const date = new Date(at);
  date.setDate(date.getDate() + days);
  return date.getTime();
};

const isOn = (repeats: Times['repeats'], at: number): boolean => {
  const day = new Date(at).getDay();
  const isWeekend = day === 0 || day === 6;
  return repeats === 'weekdays' ? !isWeekend : repeats !== 'weekends' || isWeekend;
};
