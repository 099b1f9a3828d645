import type { JobSpec } from '../../../../shared/model/job.ts';
import { Refusal } from '../../lib/refusal.ts';

/** Refuses what nothing could keep: a deadline that has passed, or one before the job may begin. */
export const checkTimes = (specs: readonly JobSpec[], now: number): void => {
  for (const { deadlineAt, notBeforeAt } of specs) {
    if (deadlineAt === undefined) continue;
    if (deadlineAt <= now) throw new Refusal({ code: 'deadline-past', values: { deadlineAt } });
    if (notBeforeAt !== undefined && deadlineAt <= notBeforeAt) {
      throw new Refusal({ code: 'deadline-before-begin', values: { deadlineAt, notBeforeAt } });
    }
  }
};
