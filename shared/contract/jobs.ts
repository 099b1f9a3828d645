import * as z from 'zod';
import { JobDetail, JobLabels, JobRow, SubmittedJob } from '../model/job.ts';
import { Explanation } from '../model/plan.ts';
import { base, eventIterator, streamInput } from './base.ts';

const id = z.coerce.number().int().positive();
const ids = z.object({ ids: z.array(z.int().positive()).min(1).max(10_000) });

/** Which jobs a list shows. Running first, then waiting in the order of the queue, then ended ones, latest first. */
export const JobFilter = z.enum(['all', 'running', 'pending', 'held', 'failed', 'succeeded', 'cancelled']);
export type JobFilter = z.infer<typeof JobFilter>;

/** An array of jobs and what has become of them, by kind of state. */
export const ArrayState = z.object({
  id: z.int().positive(),
  name: z.string(),
  size: z.int(),
  /** So many have not ended. */
  open: z.int(),
  atMost: z.int().exactOptional(),
  /** They start together and end together. */
  gang: z.literal(true).exactOptional(),
  counts: z.record(z.string(), z.int()),
});
export type ArrayState = z.infer<typeof ArrayState>;

const query = {
  filter: JobFilter.default('all'),
  /** Part of a name, a group or an id. */
  search: z.string().max(200).default(''),
  /** Only the jobs of this array, by index; then `filter` and `search` do not count. */
  array: z.coerce.number().int().positive().exactOptional(),
  /**
   * Shows of each array one job, with how many are in which state: the first unfinished one in line, or the one that ended last. A
   * filter by how jobs ended shows each of them.
   */
  fold: z.stringbool().or(z.boolean()).default(false),
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

export const JobPage = z.object({
  total: z.int(),
  offset: z.int(),
  rows: z.array(JobRow),
  /** How many rows of the list, which begins with them in this order, are of which state; absent for an array. */
  sections: z.object({ running: z.int(), pending: z.int(), held: z.int() }).exactOptional(),
});
export type JobPage = z.infer<typeof JobPage>;

export const jobs = {
  submit: base
    .route({
      method: 'POST',
      path: '/jobs',
      successStatus: 201,
      tags: ['jobs'],
      summary: 'Submits jobs, all of them or none; the answer comes after they are safe on disk.',
      description:
        'An array answers with one number, its own: it stands for all of its jobs wherever jobs are named. What is done to one job of a gang is done to all of them.',
    })
    .input(z.object({ jobs: z.array(SubmittedJob).min(1).max(10_000) }))
    .output(z.object({ ids: z.array(z.int()) })),
  adopt: base
    .route({
      method: 'POST',
      path: '/jobs/adopt',
      successStatus: 201,
      tags: ['jobs'],
      summary: 'Takes in a process that runs already: it is counted, shown, and can be cancelled like any job.',
      description: 'It is not bound or limited.',
    })
    .input(JobLabels.extend({ pid: z.int().positive() }))
    .output(z.object({ id: z.int() })),
  list: base
    .route({
      method: 'GET',
      path: '/jobs',
      tags: ['jobs'],
      summary: 'One page of the jobs: what runs first, then what waits in its order, then what has ended.',
    })
    .input(z.object(query))
    .output(JobPage),
  watch: base
    .route({
      method: 'GET',
      path: '/jobs/watch',
      tags: ['jobs'],
      summary: 'One page of the list, sent again whenever it changes; a slow reader misses states in between, never the last one.',
    })
    .input(streamInput(query))
    .output(eventIterator(JobPage)),
  array: base
    .route({
      method: 'GET',
      path: '/jobs/arrays/{id}',
      tags: ['jobs'],
      summary: 'An array of jobs, and how many of them are in which state.',
    })
    .input(z.object({ id }))
    .output(ArrayState),
  get: base
    .route({ method: 'GET', path: '/jobs/{id}', tags: ['jobs'], summary: 'Everything about one job.' })
    .input(z.object({ id }))
    .output(JobDetail),
  watchOne: base
    .route({
      method: 'GET',
      path: '/jobs/{id}/watch',
      tags: ['jobs'],
      summary: 'Everything about one job, sent again whenever it changes.',
    })
    .input(streamInput({ id }))
    .output(eventIterator(JobDetail)),
  explain: base
    .route({
      method: 'GET',
      path: '/jobs/{id}/explain',
      tags: ['jobs'],
      summary: 'Why it waits, who is ahead, when it should run, what would start it now, and where it could run.',
    })
    .input(z.object({ id }))
    .output(Explanation),
  wait: base
    .route({ method: 'GET', path: '/jobs/{id}/wait', tags: ['jobs'], summary: 'Answers when the job has ended.' })
    .input(z.object({ id }))
    .output(JobDetail),
  log: base
    .route({
      method: 'GET',
      path: '/jobs/{id}/log',
      tags: ['jobs'],
      summary: 'What the latest attempt (or the one named) printed, from a byte offset on; at most 256 KiB at a time.',
    })
    .input(
      z.object({
        id,
        attempt: z.coerce.number().int().positive().exactOptional(),
        offset: z.coerce.number().int().nonnegative().default(0),
      }),
    )
    .output(z.object({ text: z.string(), nextOffset: z.int(), size: z.int() })),
  followLog: base
    .route({
      method: 'GET',
      path: '/jobs/{id}/log/follow',
      tags: ['jobs'],
      summary: 'The log from its beginning, then as it grows, until the job has ended.',
    })
    .input(streamInput({ id }))
    .output(eventIterator(z.object({ text: z.string() }))),
  cancel: base
    .route({
      method: 'POST',
      path: '/jobs/cancel',
      tags: ['jobs'],
      summary: 'Ends jobs, whether they wait or run; all of those named or, when one cannot be, none.',
    })
    .input(ids),
  hold: base
    .route({ method: 'POST', path: '/jobs/hold', tags: ['jobs'], summary: 'Keeps waiting jobs from starting until they are released.' })
    .input(ids),
  release: base.route({ method: 'POST', path: '/jobs/release', tags: ['jobs'], summary: 'Puts held jobs back in line.' }).input(ids),
  pause: base
    .route({
      method: 'POST',
      path: '/jobs/pause',
      tags: ['jobs'],
      summary: 'Stops running commands and containers where they stand: their cores are free for others, their memory is not.',
    })
    .input(ids),
  resume: base
    .route({ method: 'POST', path: '/jobs/resume', tags: ['jobs'], summary: 'Lets paused jobs go on as soon as their cores are free.' })
    .input(ids),
  retry: base
    .route({
      method: 'POST',
      path: '/jobs/retry',
      tags: ['jobs'],
      summary: 'Puts ended jobs back in the queue as they are, with the next attempt number.',
      description: 'Of an array it puts back those without success, or all when all have succeeded.',
    })
    .input(ids),
  next: base
    .route({
      method: 'POST',
      path: '/jobs/next',
      tags: ['jobs'],
      summary: 'Puts waiting jobs at the head of the queue, in the order given.',
    })
    .input(ids),
};
