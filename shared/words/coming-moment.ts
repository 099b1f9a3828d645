const secondsOf: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/**
 * A point in time that is to come, as people write it, in local time: 90 s, 10m and 1h30m are so long from now, 18:00 is the next time that
 * the clock shows it, 2026-11-29 and 2026-11-29T09:00 are what they say. Undefined when it is none.
 */
export const comingMoment = (text: string, now: number): number | undefined => {
  const word = text.trim().toLowerCase();
  if (/^(?:\d+(?:[.,]\d+)?\s*(?:sec|s|min|m|h|d)\s*)+$/.test(word)) return now + 1000 * secondsIn(word);
  const [, hours = '', minutes = ''] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(word) ?? [];
  if (hours !== '') return nextTime(Number(hours), Number(minutes), now);
  if (!/^\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?(?:z|[+-]\d{2}:\d{2})?)?$/.test(word)) return undefined;
  // A date alone would be read as midnight in Greenwich.
  const at = new Date(word.length === 10 ? `${word}T00:00` : text.trim().toUpperCase().replace(' ', 'T')).getTime();
  return Number.isNaN(at) ? undefined : at;
};

const secondsIn = (word: string): number =>
  [...word.matchAll(/(\d+(?:[.,]\d+)?)\s*(sec|s|min|m|h|d)/g)].reduce(
    (sum, [, count = '', unit = '']) => sum + Number(count.replace(',', '.')) * (secondsOf[unit] ?? 0),
    0,
  );

const nextTime = (hours: number, minutes: number, now: number): number => {
  const date = new Date(now);
  date.setHours(hours, minutes, 0, 0);
  if (date.getTime() <= now) date.setDate(date.getDate() + 1);
  return date.getTime();
};
