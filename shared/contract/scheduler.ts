import * as z from 'zod';
import { DeviceKind } from '../model/device.ts';
import { Plan, PlannedRun, ScheduleFigures } from '../model/plan.ts';
import { policyNames } from '../model/policy-names.ts';
import { base, eventIterator, streamInput } from './base.ts';

export const PolicyName = z.enum(policyNames);
export type PolicyName = z.infer<typeof PolicyName>;

/** The most that a group may hold at once. */
export const GroupQuota = z.object({
  cores: z.number().positive().exactOptional(),
  /** Devices by kind; one of which it has a part counts as one. */
  devices: z.partialRecord(DeviceKind.exclude(['cpu']), z.int().nonnegative()).exactOptional(),
});
export type GroupQuota = z.infer<typeof GroupQuota>;

/** A group of jobs; `lab/alice` is a part of `lab`, and whatever counts for a part counts for the whole as well. */
export const GroupState = z.object({
  name: z.string(),
  /** Its part of what its siblings get together under fair shares. */
  weight: z.number(),
  quota: GroupQuota,
  /**
   * What it has of the machine in percent: the largest part of any resource, averaged over what it holds now and what it has used of late.
   * Fair shares compare it divided by the weight.
   */
  sharePercent: z.number(),
  /** What it has used; of what lies one half-life (a day) back a half is counted. */
  used: z.object({ coreSeconds: z.number(), byteSeconds: z.number(), deviceSeconds: z.partialRecord(DeviceKind, z.number()) }),
  running: z.int(),
  waiting: z.int(),
});
export type GroupState = z.infer<typeof GroupState>;

/** What is not given stays as it is; null takes a limit away. */
const GroupChange = z.object({
  name: z.string().trim().min(1).max(100),
  weight: z.number().exactOptional(),
  quota: z
    .object({
      cores: z.number().positive().nullable().exactOptional(),
      devices: z.partialRecord(DeviceKind.exclude(['cpu']), z.int().nonnegative().nullable()).exactOptional(),
    })
    .exactOptional(),
});
export type GroupChange = z.infer<typeof GroupChange>;

const daily = 24 * 3_600_000;
/** How long one may last, so that it does not run into the next. */
const longestOf = { never: Infinity, daily, weekdays: daily, weekends: daily, weekly: 7 * daily } as const;

/** What is kept for a group of jobs and its parts, once or again and again at the same time of the day, as the clock of the machine shows it. */
const ReservationRequest = z
  .object({
    group: z.string().trim().min(1).max(100),
    /** Of the processor. */
    cores: z.number().positive().exactOptional(),
    /** Of the machine. */
    memoryBytes: z.int().positive().exactOptional(),
    /** Ids; each is kept with its shares. */
    devices: z.array(z.string().min(1)).max(64).default([]),
    /** Of each of them that tells its memory only so much is kept, and others may share the rest. */
    deviceMemoryBytes: z.int().positive().exactOptional(),
    /** What others still run in it when it begins is ended, where that allows it (preemptible), and goes back in line. */
    endsRunning: z.boolean().default(false),
    /** Of the first, milliseconds since 1970. */
    startsAt: z.number().positive(),
    endsAt: z.number().positive(),
    /** `weekdays` are Monday to Friday; the day on which it begins counts. */
    repeats: z.enum(['never', 'daily', 'weekdays', 'weekends', 'weekly']).default('never'),
  })
  .refine(({ startsAt, endsAt }) => endsAt > startsAt, { message: 'a reservation must end after it begins' })
  .refine(({ startsAt, endsAt, repeats }) => endsAt - startsAt <= longestOf[repeats], {
    message: 'a reservation must end before it begins again',
  })
  .refine(({ cores, memoryBytes, devices }) => cores !== undefined || memoryBytes !== undefined || devices.length > 0, {
    message: 'name cores, memory or devices to reserve',
  })
  .refine(({ deviceMemoryBytes, devices }) => deviceMemoryBytes === undefined || devices.length > 0, {
    message: 'name the devices of which so much memory is to be reserved',
  });
export type ReservationRequest = z.infer<typeof ReservationRequest>;
export type NewReservation = z.input<typeof ReservationRequest>;

export const Reservation = z.object({
  id: z.int().positive(),
  ...ReservationRequest.shape,
  /** The one that is or comes next; absent when the last is over. */
  next: z.object({ from: z.number(), to: z.number() }).exactOptional(),
  /** While it lasts and lacks something: jobs of others that still hold it, and whether they are being ended. */
  heldUpBy: z.array(z.object({ id: z.int().positive(), name: z.string(), isEnding: z.boolean() })).exactOptional(),
});
export type Reservation = z.infer<typeof Reservation>;

const at = z.coerce.number().int().nonnegative();
const isForwards = ({ from, to }: { from: number; to: number }): boolean => from < to;
const forwards = 'to must be later than from';
/** How many waiting jobs are planned. */
const limit = z.coerce.number().int().min(1).max(5000).default(500);

/** The jobs that are played: those that wait now, or those of the past as they were submitted and as long as they ran. */
export const WhatIfSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queue') }),
  z.object({ kind: z.literal('recorded'), from: z.number().int().nonnegative(), to: z.number().int().nonnegative() }),
]);
export type WhatIfSource = z.infer<typeof WhatIfSource>;

/** What would come of the same jobs under one policy. */
export const PolicyOutcome = z.object({
  policy: PolicyName,
  figures: ScheduleFigures,
  /** Running first, then in the order of their starts; not more than were asked for. */
  runs: z.array(PlannedRun),
  /** Jobs that never start or whose end cannot be told; they are not in the figures. */
  unplanned: z.int(),
});
export type PolicyOutcome = z.infer<typeof PolicyOutcome>;

/** The same jobs under several policies, on the machine as it is now and with the groups as they are set now. */
export const WhatIf = z.object({
  source: WhatIfSource,
  /** The policy that runs now. */
  present: PolicyName,
  /** When the first of it begins. */
  from: z.number(),
  /** Jobs that wait beyond those that were played, the same ones under each policy. */
  beyond: z.int(),
  outcomes: z.array(PolicyOutcome),
  /** What really happened; only of the past. */
  recorded: PolicyOutcome.omit({ policy: true }).exactOptional(),
});
export type WhatIf = z.infer<typeof WhatIf>;

/** How far a what-if has come: the outcomes that there are, and with the last, of share 1, the runs of all. */
export const WhatIfStep = z.object({ share: z.number().min(0).max(1), whatIf: WhatIf });
export type WhatIfStep = z.infer<typeof WhatIfStep>;

const whatIfQuestion = {
  source: WhatIfSource.default({ kind: 'queue' }).refine((source) => source.kind === 'queue' || isForwards(source), forwards),
  /** Each policy once; all of them where none is named. */
  policies: z.array(PolicyName).default([...PolicyName.options]),
  /** How many runs each outcome lists at most; the figures are over all. */
  runs: z.int().min(0).max(5000).default(500),
};

export const scheduler = {
  pause: base.route({
    method: 'POST',
    path: '/queue/pause',
    tags: ['scheduler'],
    summary: 'Nothing new starts until resumed; what runs goes on.',
  }),
  resume: base.route({ method: 'POST', path: '/queue/resume', tags: ['scheduler'], summary: 'Lets the queue go on.' }),
  policy: base
    .route({ method: 'GET', path: '/queue/policy', tags: ['scheduler'], summary: 'The policy in use.' })
    .output(z.object({ policy: PolicyName })),
  setPolicy: base
    .route({ method: 'PUT', path: '/queue/policy', tags: ['scheduler'], summary: 'Chooses the order of the queue.' })
    .input(z.object({ policy: PolicyName })),
  groups: base
    .route({
      method: 'GET',
      path: '/queue/groups',
      tags: ['scheduler'],
      summary: 'Every group that was set or has had a job since the core started, a group before its parts.',
    })
    .output(z.object({ groups: z.array(GroupState) })),
  setGroup: base
    .route({ method: 'PUT', path: '/queue/groups', tags: ['scheduler'], summary: 'Sets the weight or the quotas of a group.' })
    .input(GroupChange),
  reservations: base
    .route({ method: 'GET', path: '/queue/reservations', tags: ['scheduler'], summary: 'What is reserved for groups, and when.' })
    .output(z.object({ reservations: z.array(Reservation) })),
  addReservation: base
    .route({
      method: 'POST',
      path: '/queue/reservations',
      successStatus: 201,
      tags: ['scheduler'],
      summary: 'Reserves devices, cores or memory for a group.',
      description:
        'Others then start on it only if they should end before it begins; what runs is ended for it only where both sides allow that.',
    })
    .input(ReservationRequest)
    .output(z.object({ id: z.int() })),
  removeReservation: base
    .route({ method: 'DELETE', path: '/queue/reservations/{id}', tags: ['scheduler'], summary: 'Takes a reservation away.' })
    .input(z.object({ id: z.coerce.number().int().positive() })),
  plan: base
    .route({
      method: 'GET',
      path: '/queue/plan',
      tags: ['scheduler'],
      summary: 'Who runs next, where and when: worked out by the scheduler itself, with every job at its predicted median.',
    })
    .input(z.object({ limit }))
    .output(Plan),
  watchPlan: base
    .route({
      method: 'GET',
      path: '/queue/plan/watch',
      tags: ['scheduler'],
      summary: 'The plan, sent again when the queue has changed, at most once a second.',
    })
    .input(streamInput({ limit }))
    .output(eventIterator(Plan)),
  history: base
    .route({
      method: 'GET',
      path: '/queue/history',
      tags: ['scheduler'],
      summary: 'Attempts that ended later than `from` and started before `to`, those that ended last first; `beyond` are left out.',
    })
    .input(z.object({ from: at, to: at, limit: z.coerce.number().int().min(1).max(2000).default(500) }).refine(isForwards, forwards))
    .output(z.object({ runs: z.array(PlannedRun), beyond: z.int() })),
  whatIf: base
    .route({
      method: 'POST',
      path: '/queue/what-if',
      tags: ['scheduler'],
      summary: 'Plays the same jobs under each policy by the code that runs live; changes nothing.',
    })
    .input(z.object(whatIfQuestion))
    .output(WhatIf),
  watchWhatIf: base
    .route({
      method: 'POST',
      path: '/queue/what-if/watch',
      tags: ['scheduler'],
      summary: 'The comparison of policies, and how far it has come until then; it is left when nobody reads any more.',
    })
    .input(streamInput(whatIfQuestion))
    .output(eventIterator(WhatIfStep)),
};
