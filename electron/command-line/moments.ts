import { comingMoment } from '../../shared/words/coming-moment.ts';
import { wrongUsage } from './failure.ts';
import { parseTime } from './quantities.ts';

/** 8h and 90m are so long ago; 14:00 is today; now, today, yesterday, 2026-11-28 and 2026-11-28T09:00 are what they say, in local time. */
export const parseMoment = (text: string, flag: string, now: number): number => {
  const word = text.trim().toLowerCase();
  if (word === 'now') return now;
  if (word === 'today') return midnight(now, 0);
  if (word === 'yesterday') return midnight(now, -1);
  const [, hours = '', minutes = ''] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(word) ?? [];
  if (hours !== '') return midnight(now, 0) + (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (/^\d{4}-\d{2}-\d{2}([t ]\d{2}:\d{2}(:\d{2})?(z|[+-]\d{2}:\d{2})?)?$/.test(word)) return dateOf(text.trim(), flag);
  if (/^[\d.]+\s*[a-z]/.test(word)) return now - parseTime(text, flag) * 1000;
  throw wrongUsage('moment-wrong', { flag, text });
};

/** A point in time to come, from the moment at which the command was typed. */
export const parseComing = (text: string, flag: string, now = Date.now()): number => {
  const at = comingMoment(text, now);
  if (at === undefined) throw wrongUsage('coming-wrong', { flag, text });
  return at;
};

const midnight = (now: number, days: number): number => {
  const date = new Date(now);
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() + days);
  return date.getTime();
};

/** A date alone would be read as midnight in Greenwich. */
const dateOf = (text: string, flag: string): number => {
  const at = new Date(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')).getTime();
  if (Number.isNaN(at)) throw wrongUsage('moment-wrong', { flag, text });
  return at;
};
