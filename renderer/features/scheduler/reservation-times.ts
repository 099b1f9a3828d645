import { comingMoment } from '../../../shared/words/coming-moment.ts';

/** From when to when, as it was typed; without a beginning from now on. Undefined when it is none, or ends before it begins. */
export const reservationTimes = (from: string, to: string, now = Date.now()): { startsAt: number; endsAt: number } | undefined => {
  const startsAt = from.trim() === '' ? now : comingMoment(from, now);
  // The next time that the clock shows it from then on: 20:00 to 08:00 is a night.
  const endsAt = startsAt === undefined ? undefined : comingMoment(to, startsAt);
  return startsAt === undefined || endsAt === undefined || endsAt <= startsAt ? undefined : { startsAt, endsAt };
};
