import type { Asking, GivingWay } from './giving-way.ts';
import { dueAt, isFutile, isWorthIt, leavingOf, type Need } from './leaving.ts';

/**
 * What runs gives way where a deadline that comes before its own could not be met otherwise, and would be missed by more than its end
 * costs (scheduling rules, 1.9 and 1.11).
 */
export const byDeadline: GivingWay = (running, now, standing) => {
  const leaving = leavingOf(running, now);
  if (isFutile(running, leaving)) return undefined;
  const place = standing(running.task);
  const due = dueAt(place, now);
  const needOf = (asking: Asking): Need | undefined =>
    asking.tier > 0 ? undefined : asking.needs().find((need) => isWorthIt(leaving, due, need));
  return {
    ...place,
    from: (asking) => (needOf(asking) ? running.startedAt : Infinity),
    because(asking) {
      const need = needOf(asking);
      return need ? { saves: { job: need.job, due: need.due, ...(need.otherwiseAt < Infinity && { otherwiseAt: need.otherwiseAt }) } } : {};
    },
  };
};
