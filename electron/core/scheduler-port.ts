import type { GroupQuota, GroupState, PolicyName } from '../../shared/contract/scheduler.ts';
import type { DeviceKind } from '../../shared/model/device.ts';
import type { DeviceRequest } from '../../shared/model/job.ts';
import type { Nearness } from '../../shared/model/nearness.ts';
import type { DeviceReason, WaitReason } from '../../shared/model/reason.ts';

/** What the scheduler knows of a task. */
export interface TaskRequest {
  readonly id: string;
  /** The job it belongs to, for reasons. */
  readonly job: { readonly id: number; readonly name: string };
  /** Of a divided job, which part of it, from 1. */
  readonly part?: number;
  readonly group: string;
  readonly priority: number;
  readonly cores: number;
  /** Memory of the machine. */
  readonly memoryBytes: number;
  /** Devices that it needs beside cores. */
  readonly device?: DeviceRequest;
  /** The only devices it may have; of a kind that is not named here it may have any. */
  readonly on?: readonly string[];
  /** Devices that it must not have, nor shares of them. */
  readonly notOn?: readonly string[];
  /** Of those that fit the fullest or the emptiest. */
  readonly prefer?: 'pack' | 'spread';
  /** Which backend runs it; while that one is unavailable the task stands aside and blocks nobody. */
  readonly backend: string;
  /** Tasks that it waits for and that have not ended yet. */
  readonly after: readonly Dependency[];
  /** Who of those that it waited for ended last, and where that one ran: what it works on may still be in memory there. */
  readonly inputsFrom?: InputsFrom;
  /** Milliseconds since 1970; ties are broken by `sequence`. */
  readonly enqueuedAt: number;
  readonly sequence: number;
  /** Tasks put to the head by hand stand before all others, the highest number first; 0 is none. */
  readonly boost: number;
  readonly isHeld: boolean;
  /** How long it should run once it has started; absent where nothing is known. */
  readonly estimate?: Estimate;
  /** The same on devices on which it is known to differ, by id: the devices beside the processor joined by `+`, else the processor. */
  readonly estimateOn?: Readonly<Record<string, Estimate>>;
  /** It is ended when it has run for so long. */
  readonly limitSeconds?: number;
  /** By when it should have ended. */
  readonly deadline?: number;
  /** So many tasks of the same `set` run at once. */
  readonly together?: { readonly set: string; readonly atMost: number };
  /** The tasks of a `set`, so many and all of them asking for the same, start in one decision or none of them does. */
  readonly gang?: { readonly set: string; readonly size: number };
  /** It may be ended to make room, once it has run for so long, and is given so long to end. `losesWork`: it begins anew then. */
  readonly preemptible?: { readonly quantumSeconds: number; readonly graceSeconds: number; readonly losesWork?: true };
  /** Present once it was ended to make room. */
  readonly attained?: Attained;
  /** It does not start before. */
  readonly notBefore?: number;
  /** It starts only in the windows of this name, as `hoursChanged` told them. */
  readonly hours?: string;
}

/** Another task that must come to its end first. */
export interface Dependency {
  readonly task: string;
  readonly job: { readonly id: number; readonly name: string };
  /** It must succeed where this is absent. `ended`: however it ends. `failed`: one of all that are named so must end without success. */
  readonly when?: 'ended' | 'failed';
}

/** The task that made what another one works on. */
export interface InputsFrom {
  readonly job: { readonly id: number; readonly name: string };
  /** The processor or its share, then the devices beside it. */
  readonly devices: readonly string[];
}

/** What it had in attempts that were ended to make room. */
export interface Attained {
  /** How long it ran in all of them; in the longest where it begins anew. */
  readonly seconds: number;
  /** How much less than its estimate it needs still, its ends and taking up its work again counted; absent where it needs all of that. */
  readonly creditSeconds?: number;
  /** When it went back in line last, in milliseconds since 1970. */
  readonly since: number;
}

/** How long something should run: the median, and what nine of ten runs stay below. Never trusted: what outruns it may have to make room if it allows that, and nothing else is ended for it. */
export interface Estimate {
  readonly p50Seconds: number;
  readonly p90Seconds: number;
}

/** Everything the scheduler learns arrives as one of these. */
export type SchedulerEvent =
  | { kind: 'submitted'; task: TaskRequest }
  /** Several at once: what they change is looked at together, in one decision. */
  | { kind: 'together'; events: readonly SchedulerEvent[] }
  /** A task that an earlier core started: it holds its grant from now on, and has run since `startedAt`, else since now. */
  | {
      kind: 'recovered';
      task: TaskRequest;
      grant: Grant;
      startedAt?: number;
      standsStill?: Standstill;
      endsFor?: EndsFor;
      startedLate?: true;
    }
  /** A running task stands still: its cores are free for others, all else it keeps. */
  | { kind: 'suspended'; task: string }
  /** A suspended task is to go on. */
  | { kind: 'resumeWanted'; task: string }
  /** A waiting task with other values: held, released, put first. What it waits for stays as it is; one that does not wait stays away. */
  | { kind: 'changed'; task: TaskRequest }
  /** A waiting task waits for these now: one that it had waited for runs again. */
  | { kind: 'dependenciesChanged'; task: string; after: readonly Dependency[] }
  /** How long tasks should run that wait or have started, as it is known by now; all at once, so that it costs one decision. */
  | { kind: 'estimated'; estimates: readonly ({ readonly task: string } & Pick<TaskRequest, 'estimate' | 'estimateOn'>)[] }
  /** A waiting task that will not run. */
  | { kind: 'removed'; task: string }
  /** The executor looked again and found less memory free than thought: of the machine, or of `device`. The task waits on. */
  | { kind: 'startRefused'; task: string; freeBytes: number; device?: string }
  | { kind: 'ended'; task: string; succeeded: boolean }
  /** A running task goes back in line. */
  | { kind: 'requeued'; task: TaskRequest }
  | { kind: 'capacityChanged'; capacity: Capacity }
  | { kind: 'backendChanged'; backend: string; unavailable?: string }
  | { kind: 'policyChanged'; policy: PolicyName }
  | { kind: 'groupChanged'; group: string; settings: GroupSettings }
  /** All that is kept for groups from now on. */
  | { kind: 'reservedChanged'; parts: readonly ReservedPart[] }
  /** When tasks may start that keep hours, by their name; all of them from now on. */
  | { kind: 'hoursChanged'; hours: Readonly<Record<string, readonly TimeWindow[]>> }
  /** It is `wakeAt`. */
  | { kind: 'timePassed' }
  | { kind: 'paused' }
  | { kind: 'resumed' };

/** Milliseconds since 1970. In a list they stand in order; one that ends never stands for all that is too far off to be told. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Of the machine, what is kept for a group of jobs and its parts at certain times. */
export interface ReservedPart {
  /** Of the reservation. */
  readonly id: number;
  readonly group: string;
  /** Of the processor; 0 for none. */
  readonly cores: number;
  /** Of the machine; 0 for none. */
  readonly memoryBytes: number;
  /** Ids; each is kept with its shares. */
  readonly devices: readonly string[];
  /** Of each of them that tells its memory only so much is kept. */
  readonly deviceMemoryBytes?: number;
  /** What others still run in it when it begins is ended, where that allows it. */
  readonly endsRunning: boolean;
  readonly windows: readonly TimeWindow[];
}

/** For whom something is ended. */
export type Preemptor = PreemptingTask | PreemptingReservation;

interface PreemptingReservation {
  readonly reservation: { readonly id: number; readonly group: string };
}

export interface PreemptingTask {
  readonly task: string;
  readonly job: { readonly id: number; readonly name: string };
  /** What is ended has run for longer than nine of ten such runs should take. */
  readonly outran?: Outran;
  /** Whose deadline could not be met otherwise: that of the one for which it is ended, or of one that comes after that. */
  readonly saves?: Saves;
}

/** A deadline, and when its job would have ended, as far as anything is known of that. Milliseconds since 1970. */
export interface Saves {
  readonly job: { readonly id: number; readonly name: string };
  readonly due: number;
  readonly otherwiseAt?: number;
}

/** How long it had run in all, and what it had outrun with that. */
export interface Outran {
  readonly ranSeconds: number;
  readonly p90Seconds: number;
}

/**
 * The same as a snapshot tells it; `since`: when it was told to end, just now where that is absent; `takes`: what the other one is to be
 * granted then, as far as that is known.
 */
export type EndsFor = (PreemptingReservation | (PreemptingTask & { readonly takes?: readonly Grant[] })) & { readonly since?: number };

/** A job that holds some of what is kept for others, and whether it is being ended. */
export interface Occupant {
  readonly job: { readonly id: number; readonly name: string };
  readonly isEnding: boolean;
}

/** That of a running task. One with a turn is to go on; who has the least goes on first. */
export interface Standstill {
  readonly since: number;
  readonly turn?: number;
}

/** What a person has set for a group. */
export interface GroupSettings {
  /** Above 0. */
  readonly weight: number;
  readonly quota: GroupQuota;
}

/** What groups have used, as it fades; kept over a restart. */
export interface GroupUse {
  /** The time that counts. */
  readonly seconds: number;
  /** How long tasks take, by how many ends. */
  readonly typicalSeconds: number;
  readonly ends: number;
  /** By group, by resource. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
}

/** Everything that decides what happens next. Made of values only, so that it can go to another thread. */
export interface SchedulerSnapshot {
  readonly at: number;
  readonly policy: PolicyName;
  readonly isPaused: boolean;
  readonly capacity: Capacity;
  readonly groups: Readonly<Record<string, GroupSettings>>;
  readonly use: GroupUse;
  readonly reserved: readonly ReservedPart[];
  /** When tasks may start that keep hours, by their name. */
  readonly hours: Readonly<Record<string, readonly TimeWindow[]>>;
  readonly running: readonly {
    readonly task: TaskRequest;
    readonly grant: Grant;
    readonly startedAt: number;
    readonly standsStill?: Standstill;
    readonly endsFor?: EndsFor;
    /** It could not end by its deadline when it started. */
    readonly startedLate?: true;
  }[];
  /** In the order in which they will be looked at, with what they still wait for; held ones are left out. */
  readonly waiting: readonly TaskRequest[];
  /** Why a backend runs nothing, by backend. */
  readonly unavailable: Readonly<Record<string, string>>;
  /** By waiting task. */
  readonly remembered: Readonly<Record<string, Remembered>>;
}

/** What the scheduler has found out about a waiting task and goes by from then on. */
export interface Remembered {
  /** By when it was to start, as it was first reckoned while it was the first that did not fit. */
  promisedAt?: number;
  /** It was found to end by its deadline, which is a promise. */
  wasAdmitted?: boolean;
  /** How long tasks took on average when it came. */
  typicalSeconds?: number;
}

/** What may be granted in all. `memoryBytes` is total − other programs − reserve; it may fall below what is granted. */
export interface Capacity {
  /** Memory of the machine. */
  readonly memoryBytes: number;
  /** Memory that other programs hold, for reasons only. */
  readonly foreignBytes: number;
  /** Every device and every share of one; a device's own figures are what its shares have left of it. */
  readonly devices: readonly DeviceCapacity[];
  /** Why a device that is not among them is not there; that it is gone where this is absent. */
  readonly absent?: DeviceReason;
}

export interface DeviceCapacity {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly name: string;
  /** The device of which it is a share: one that is granted whole has no shares in use, and the other way round. */
  readonly parent?: string;
  /** Of processors; 0 for all others. */
  readonly cores: number;
  /** On which it hangs, or that has all of its cores; absent where that cannot be said. */
  readonly numaNode?: number;
  /**
   * What may be granted of the device's own memory: (total − other programs − reserve) × over-commit. Of a share of a processor: its
   * part of the machine's memory. Absent where the device has none of its own or does not tell: it is granted whole or not at all.
   */
  readonly memoryBytes?: number;
  /** Programs that are not ours and what they hold of it, the largest first; for reasons only. */
  readonly foreign: readonly { readonly pid: number; readonly name: string; readonly bytes: number }[];
  /** Why it gets no work; absent while it may. */
  readonly unusable?: DeviceReason;
}

/** What a start grants. */
export interface Grant {
  /** The processor, or the share of one, that runs the process. */
  readonly device: string;
  readonly cores: number;
  /** Memory of the machine. */
  readonly memoryBytes: number;
  /** Without `memoryBytes` the device is granted whole. */
  readonly accelerators: readonly { readonly device: string; readonly memoryBytes?: number }[];
}

/** A device on which a task could run, as it looked when that was decided. Milliseconds since 1970. */
export interface Candidate {
  readonly device: string;
  /** When it would be free for the task. */
  readonly freeAt: number;
  readonly p50Seconds?: number;
  readonly finishesAt?: number;
}

/** Why a task was placed where it is. */
export interface PlacedFor {
  /** What was chosen from, best first; where there was a choice between devices and run times are known. */
  readonly candidates?: readonly Candidate[];
  /** What decided between devices that were as good. */
  readonly near?: Nearness;
}

export type Decision =
  /** Those of one `gang` follow each other; when one of them is refused, all are. */
  | ({ kind: 'start'; task: string; grant: Grant; gang?: string } & PlacedFor)
  /** A running task is to end, so that others can start; `ended` or `requeued` tells when it has. */
  | { kind: 'preempt'; task: string; by: Preemptor }
  /** A suspended task goes on with its cores. */
  | { kind: 'resume'; task: string; grant: Grant }
  /** It will not run: `because` did not succeed or, where only its failure was waited for, did. */
  | { kind: 'reject'; task: string; because: { id: number; name: string }; isNotNeeded?: true };

/**
 * The state machine that decides who runs. Deterministic: no clock, no I/O, no randomness; the same events at the same times give the same
 * decisions. Times are milliseconds since 1970; a clock that was set back counts as one that stood still at that moment.
 * Tasks start in the order of the policy. One that does not fit is reserved what it lacks from the time at which it will fit; who stands
 * behind it passes if that does not delay it. Where nobody knows when it will fit it keeps the devices it could have, so that nothing starves.
 */
export interface Scheduler {
  apply(event: SchedulerEvent, now: number): Decision[];
  /** Why a waiting task waits, and by when it will fit where that is reserved for it; why a suspended one stands still; else undefined. */
  explain(task: string): { reason: WaitReason; position?: number; startsAt?: number } | undefined;
  /** A waiting or held task, with what it still waits for. */
  requestOf(task: string): TaskRequest | undefined;
  /** Waiting tasks in the order in which they will be looked at; those that wait for others or for a backend stand at the end. */
  waiting(offset: number, limit: number): string[];
  held(offset: number, limit: number): string[];
  readonly counts: { waiting: number; held: number; running: number };
  /** In all, and of each device. */
  readonly granted: { cores: number; memoryBytes: number };
  grantedOn(device: string): { cores: number; memoryBytes: number; tasks: readonly string[] };
  /** Every group that something was set for or that has had a task, in order of their names. Tells the time as an event does. */
  groups(now: number): GroupState[];
  settingsOf(group: string): GroupSettings;
  /** For the next core. */
  groupUse(now: number): GroupUse;
  /** What others still run in what is kept for a group, by the number of the reservation; those of which nothing is lacking are left out. */
  heldUp(now: number): ReadonlyMap<number, readonly Occupant[]>;
  /** To go on from elsewhere, with at most so many of those that wait: the first in line. Tells the time as an event does. */
  snapshot(now: number, waitingAtMost: number): SchedulerSnapshot;
  /** The next time at which something may start without anything else happening. */
  readonly wakeAt: number | undefined;
  readonly policy: PolicyName;
  readonly isPaused: boolean;
}
