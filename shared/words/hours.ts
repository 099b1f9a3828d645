import type { Hours } from '../model/job.ts';

/** 22:00-06:00 as people write it, and behind a comma on which days they begin. Undefined when it is none. */
export const parseHours = (text: string): Hours | undefined => {
  const [, from, to, repeats = 'daily'] =
    /^(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)(?:\s*,\s*(daily|weekdays|weekends))?$/.exec(text.trim()) ?? [];
  if (
    from === undefined ||
    to === undefined ||
    !isClock(from) ||
    !isClock(to) ||
    Number(from.replace(':', '')) === Number(to.replace(':', ''))
  )
    return undefined;
  return { from: from.padStart(5, '0'), to: to.padStart(5, '0'), repeats: repeats as Hours['repeats'] };
};

/** The same again; hours that mean the same are the same text. */
export const hoursText = ({ from, to, repeats }: Hours): string => `${from}-${to}${repeats === 'daily' ? '' : `,${repeats}`}`;

const isClock = (text: string): boolean => /^([01]?\d|2[0-3]):[0-5]\d$/.test(text);
