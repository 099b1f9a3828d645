import * as z from 'zod';
import { JobRow } from '../model/job.ts';
import { FailReason } from '../model/reason.ts';
import { base, eventIterator, streamInput } from './base.ts';
import { PolicyName } from './scheduler.ts';

/** The state of the whole system in one screenful. */
export const Status = z.object({
  version: z.string(),
  shell: z.enum(['desktop', 'headless']),
  processId: z.int(),
  startedAt: z.number(),
  dataFolder: z.string(),
  hostName: z.string(),
  isPaused: z.boolean(),
  policy: PolicyName,
  counts: z.object({
    running: z.int(),
    pending: z.int(),
    held: z.int(),
    succeeded: z.int(),
    /** Failed, timed out, out of memory and lost together. */
    failed: z.int(),
    cancelled: z.int(),
  }),
  /** The job that is next in line. */
  first: JobRow.exactOptional(),
  /** How late the core's main thread comes to its work: the 99th percentile of the last ten to twenty seconds. */
  loopDelayP99Ms: z.number().exactOptional(),
  /** Latest job that failed since the core started, for the one loud line of the overview. */
  latestFailure: JobRow.exactOptional(),
});
export type Status = z.infer<typeof Status>;

/** Something a person may want to be told when not looking. */
export const Notice = z.discriminatedUnion('code', [
  z.object({ code: z.literal('job-done'), values: z.object({ id: z.int(), name: z.string(), seconds: z.number() }) }),
  z.object({ code: z.literal('job-failed'), values: z.object({ id: z.int(), name: z.string(), reason: FailReason }) }),
]);
export type Notice = z.infer<typeof Notice>;

export const app = {
  status: base
    .route({
      method: 'GET',
      path: '/status',
      tags: ['app'],
      summary: 'What the core is, how many jobs are in which state, and which is next.',
    })
    .output(Status),
  watch: base
    .route({ method: 'GET', path: '/status/watch', tags: ['app'], summary: 'What status answers, sent again whenever it changes.' })
    .input(streamInput({}))
    .output(eventIterator(Status)),
  notices: base
    .route({ method: 'GET', path: '/notices', tags: ['app'], summary: 'Ends of jobs as they happen, for whoever tells a person.' })
    .input(streamInput({}))
    .output(eventIterator(Notice)),
  acknowledge: base
    .route({
      method: 'POST',
      path: '/acknowledge',
      tags: ['app'],
      summary: 'Adds credit to a stream that is read over a socket or a port.',
    })
    .input(z.object({ id: z.uuid(), count: z.int().min(1).max(1024) })),
  open: base
    .route({
      method: 'POST',
      path: '/open',
      tags: ['app'],
      summary: 'A fresh address that opens the window in a browser once, within 60 seconds.',
      description: 'Absent where the shell serves no page.',
    })
    .output(z.object({ address: z.string(), redirectFile: z.string() })),
  token: base
    .route({
      method: 'GET',
      path: '/token',
      tags: ['app'],
      summary: 'The token that programs send as `Authorization: Bearer`, and where REST is served.',
    })
    .output(z.object({ token: z.string(), address: z.string() })),
  shutdown: base.route({
    method: 'POST',
    path: '/shutdown',
    tags: ['app'],
    summary: 'Ends the core.',
    description: 'Commands and containers run on and are found again; work in workers goes back to pending.',
  }),
  handOver: base
    .route({
      method: 'POST',
      path: '/hand-over',
      tags: ['app'],
      summary: 'Asks a headless core to end for a desktop that starts.',
      description: 'It agrees only when nothing runs that could not be found again.',
    })
    .output(z.object({ agreed: z.boolean() })),
};
