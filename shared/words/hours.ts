import type { Hours } from '../model/job.ts';
import { timeOfDay } from './time-of-day.ts';

/** 22:00-06:00 as people write it, and behind a comma on which days they begin. Undefined when it is none. */
export const parseHours = (text: string): Hours | undefined => {
  const [, first = '', last = '', repeats = 'daily'] =
    /^(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)(?:\s*,\s*(daily|weekdays|weekends))?$/.exec(text.trim()) ?? [];
  const [from, to] = [first.padStart(5, '0'), last.padStart(5, '0')];
  if (!timeOfDay.test(from) || !timeOfDay.test(to) || from === to) return undefined;
  return { from, to, repeats: repeats as Hours['repeats'] }; // one of those in the pattern
};

/** The same again; hours that mean the same are the same text. */
export const hoursText = ({ from, to, repeats }: Hours): string => `${from}-${to}${repeats === 'daily' ? '' : `,${repeats}`}`;
