import * as z from 'zod';
import { base } from './base.ts';

const ids = z.object({ ids: z.array(z.int().positive()).min(1).max(10_000) });

/** How long jobs are kept that have ended; null keeps all of them. */
export const RetentionRule = z.object({
  days: z.int().min(1).max(36_500).nullable(),
  /** At most so many, the latest ones. */
  jobs: z.int().min(0).max(100_000_000).nullable(),
});
export type RetentionRule = z.infer<typeof RetentionRule>;

const RetentionChange = z.object({
  days: RetentionRule.shape.days.exactOptional(),
  jobs: RetentionRule.shape.jobs.exactOptional(),
});
export type RetentionChange = z.infer<typeof RetentionChange>;

/** How many jobs were removed. */
export const Removed = z.object({ jobs: z.int() });
export type Removed = z.infer<typeof Removed>;

export const retention = {
  rule: base
    .route({ method: 'GET', path: '/retention', tags: ['retention'], summary: 'For how long ended jobs are kept.' })
    .output(RetentionRule),
  setRule: base
    .route({
      method: 'PUT',
      path: '/retention',
      tags: ['retention'],
      summary: 'Says for how long ended jobs are kept.',
      description: 'What it does not name stays as it is; jobs that are to go by the new rule go at once.',
    })
    .input(RetentionChange)
    .output(RetentionRule),
  remove: base
    .route({
      method: 'POST',
      path: '/jobs/remove',
      tags: ['jobs'],
      summary:
        'Removes these ended jobs for good, with their logs, their folders and the results that no other job has; all of them or none.',
    })
    .input(ids)
    .output(Removed),
  clean: base
    .route({
      method: 'POST',
      path: '/jobs/clean',
      tags: ['jobs'],
      summary:
        'Removes every job that ended longer ago than this, with all that is its alone; those that an unfinished job waits for stay.',
    })
    .input(z.object({ olderThanSeconds: z.number().nonnegative().default(0) }))
    .output(Removed),
};
