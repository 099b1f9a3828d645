import {
  isEnded,
  type JobDetail,
  type JobRow,
  type JobSpec,
  type JobState,
  type Preemptions,
  type Progress,
  type RanOn,
} from '../../../../shared/model/job.ts';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { FailReason, Reason, WaitReason } from '../../../../shared/model/reason.ts';
import { hoursText } from '../../../../shared/words/hours.ts';
import { sentenceOf } from '../../../../shared/words/reasons.ts';
import type { JobRecord } from '../../infrastructure/storage/reader-queries.ts';
import type { Chunk } from '../../division-port.ts';
import type { StopReason, TaskRun } from '../../ports.ts';
import { placesAskedOf } from '../../allowed-devices.ts';
import type { InputsFrom, TaskRequest } from '../../scheduler-port.ts';
import { preemptibleOf, takesUpItsWork } from './preemptible-of.ts';

export type Demand = JobDetail['demand'];

/** A job that has not ended, as the core holds it. */
export interface JobEntry {
  readonly id: number;
  readonly spec: JobSpec;
  readonly name: string;
  readonly submittedAt: number;
  readonly demand: Demand;
  enqueuedAt: number;
  boost: number;
  /** Attempts started so far; the number of the current one while it runs. */
  attempts: number;
  revision: number;
  state: JobState;
  /** How long it should run, as far as the scheduler was told. */
  estimates?: Pick<TaskRequest, 'estimate' | 'estimateOn'>;
  preemptions?: Preemptions;
  /** As far as the journal knew it when the job came in line; the scheduler sees who ends after that. */
  inputsFrom?: InputsFrom;
  /** Only while an attempt runs. */
  active?: ActiveAttempt;
  /** Of a divided job: each is a task of its own, while the job itself is none. */
  parts?: readonly PartEntry[];
  /** Of a part: what it is part of. */
  readonly part?: PartFacts;
}

/** A part of a divided job, as far as attempts care a job of its own. It is in no journal: with the core's end the job starts anew. */
export interface PartEntry extends JobEntry {
  readonly part: PartFacts;
}

export const isPart = (entry: JobEntry): entry is PartEntry => entry.part !== undefined;

interface PartFacts {
  readonly job: JobEntry;
  /** From 1. */
  readonly number: number;
  readonly device: string;
  /** Relative to the other parts, as far as it was known before. */
  readonly speed: number;
  /** Whether the scheduler has it as a waiting task. */
  isInLine: boolean;
  /** It could not run on its device, and the others do its work. */
  leftOut?: FailReason;
  /** Attempts that ended without having done anything, one after the other. */
  failures: number;
  chunk?: Chunk;
  /** Items of `chunk` that are done. */
  chunkDone?: number;
  items: number;
  seconds: number;
  itemsPerSecond?: number;
  /** Of each of its attempts. */
  readonly proofs: RanOn[];
  /** Its place is wanted: the chunk that it has in hand is the last of this attempt. */
  givesWay?: boolean;
  /** When it ended for that last. */
  gaveWayAt?: number;
  /** Ends its wait for something to do. */
  wake?: () => void;
}

/** What is known of a running attempt and is gone with it. */
export interface ActiveAttempt {
  readonly stop: AbortController;
  /** As its backend knows it. */
  run?: TaskRun;
  /** What was asked of its backend last: to stop it where it stands, or to let it go on. */
  signalled?: Promise<unknown>;
  rootProcesses: readonly number[];
  progress?: Progress;
  usedBytes?: number;
  peakBytes?: number;
  /** What goes beyond it ends the attempt. */
  memoryLimitBytes?: number;
  /** Processor time of its processes, as far as it was seen. */
  cpuSeconds?: number;
  /** What an adopted process had taken before. */
  cpuSecondsBefore?: number;
  /** By device. */
  seenOn?: ReadonlyMap<string, SeenOnDevice>;
  /** Counters of the devices that it has alone, as they stood when it began. */
  energyBefore?: ReadonlyMap<string, number>;
  /** An earlier core started it, and it had ended when this one came. */
  endedUnseen?: true;
  stopReason?: StopReason;
  /** When it was told to make room. */
  preemptedAt?: number;
  /** Why it is ended, when `stopReason` alone does not say it. */
  endedFor?: FailReason;
  forgetTimeLimit?: () => void;
}

/** What was seen of an attempt on one device beside the processor. */
export interface SeenOnDevice {
  readonly pids: ReadonlySet<number>;
  /** Absent where the driver does not tell. */
  readonly peakBytes?: number;
}

/** The scheduler's name for a job: for its only task, and for what waits for its end. */
export const taskOf = (id: number): string => String(id);

/** The scheduler's name for what an attempt is of: a job, or a part of one. */
export const taskOfEntry = ({ id, part }: Pick<JobEntry, 'id' | 'part'>): string => (part ? `${id}.${part.number}` : taskOf(id));

/** The part of a divided job that stands for it in line. */
export const leadOf = (entry: JobEntry): JobEntry => entry.parts?.find(({ part }) => part.isInLine) ?? entry.parts?.[0] ?? entry;

/** Which backend runs a runtime. */
export const backendOf = (spec: JobSpec): 'onnx' | 'command' | 'docker' | 'process' => {
  switch (spec.runtime) {
    case 'onnx':
    case 'application':
      return 'onnx';
    case 'command':
      return 'command';
    case 'container':
      return 'docker';
    case 'process':
      return 'process';
  }
};

/** What a job is called when nobody named it. */
export const defaultName = (spec: JobSpec): string => {
  switch (spec.runtime) {
    case 'onnx':
      return fileName(spec.model);
    case 'application': {
      const more = spec.files.length - 1;
      return `${spec.application} ${fileName(spec.files[0])}${more > 0 ? ` +${more}` : ''}`;
    }
    case 'command':
    case 'process':
      return spec.command.join(' ').slice(0, 80);
    case 'container':
      return [spec.image, ...spec.command].join(' ').slice(0, 80);
  }
};

const fileName = (file: { path: string } | { name: string } | undefined): string => {
  if (!file) return '';
  const path = 'path' in file ? file.path : file.name;
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
};

export const requestOf = (entry: JobEntry, after: TaskRequest['after']): TaskRequest => ({
  id: taskOfEntry(entry),
  job: { id: entry.id, name: entry.name },
  ...(entry.part && { part: entry.part.number }),
  group: entry.spec.group,
  priority: entry.spec.priority,
  cores: entry.demand.cores,
  memoryBytes: entry.demand.memoryBytes,
  ...(entry.demand.device && { device: entry.demand.device }),
  ...placesAskedOf(entry.spec.resources),
  backend: backendOf(entry.spec),
  after,
  enqueuedAt: entry.enqueuedAt,
  // Parts of one job stand one behind the other.
  sequence: entry.id + (entry.part?.number ?? 0) / 1000,
  boost: entry.boost,
  isHeld: (entry.part?.job ?? entry).state.kind === 'held',
  ...(entry.inputsFrom && { inputsFrom: entry.inputsFrom }),
  ...togetherOf(entry.spec),
  // Of a divided job another device may do what one had begun, which is for the division to say.
  ...preemptibleOf(entry),
  ...attainedOf(entry),
  // What was predicted for where it runs says more than what was thought while it waited.
  ...('predicted' in entry.state && entry.state.predicted ? { estimate: entry.state.predicted } : entry.estimates),
  ...(entry.spec.timeLimitSeconds !== undefined && { limitSeconds: entry.spec.timeLimitSeconds }),
  ...(entry.spec.deadlineAt !== undefined && { deadline: entry.spec.deadlineAt }),
  ...(entry.spec.notBeforeAt !== undefined && { notBefore: entry.spec.notBeforeAt }),
  ...(entry.spec.hours && { hours: hoursText(entry.spec.hours) }),
});

const attainedOf = ({ part, preemptions, spec }: JobEntry): Pick<TaskRequest, 'attained'> => {
  // What is estimated of a part is what is left of its job.
  if (part) return part.gaveWayAt === undefined ? {} : { attained: { seconds: part.seconds, since: part.gaveWayAt } };
  if (!preemptions) return {};
  const { count, lostSeconds, attainedSeconds, at } = preemptions;
  const lostAgain = count * (spec.preemptible?.graceSeconds ?? 0);
  const credit = takesUpItsWork(spec) && { creditSeconds: attainedSeconds - lostSeconds - lostAgain };
  return { attained: { seconds: attainedSeconds, ...credit, since: at } };
};

/** An array may say how many of its jobs run at once, or that all of them start together. */
const togetherOf = (spec: JobSpec): Pick<TaskRequest, 'together' | 'gang'> => {
  const member = 'member' in spec && spec.member;
  if (!member) return {};
  const { id, size, atMost, gang } = member;
  const set = `array ${id}`;
  return { ...(atMost !== undefined && { together: { set, atMost } }), ...(gang && { gang: { set, size } }) };
};

/** An entry from the journal. The JSON is what this module wrote, in a form that migrations keep up to date. */
export const entryOf = (record: JobRecord): JobEntry => {
  const state = JSON.parse(record.state) as JobState;
  return {
    id: record.id,
    spec: JSON.parse(record.spec) as JobSpec,
    name: record.name,
    submittedAt: record.submitted_at,
    demand: JSON.parse(record.demand) as Demand,
    enqueuedAt: record.enqueued_at,
    boost: record.boost,
    attempts: record.attempts,
    revision: record.revision,
    state,
    ...(state.preemptions && { preemptions: state.preemptions }),
  };
};

export const resultOf = (record: JobRecord): JobResult | undefined =>
  record.result === null ? undefined : (JSON.parse(record.result) as JobResult);

/** One line of the queue. */
export const rowOf = (entry: JobEntry, waits?: { reason: WaitReason; position?: number }): JobRow => {
  const wait = waits && withProblem(waits.reason, entry.state);
  const reason = wait ?? reasonIn(entry.state);
  return {
    id: entry.id,
    name: entry.name,
    runtime: entry.spec.runtime,
    group: entry.spec.group,
    priority: entry.spec.priority,
    submittedAt: entry.submittedAt,
    revision: entry.revision,
    state: entry.state,
    ...(waits?.position !== undefined && { position: waits.position }),
    ...(wait && { wait }),
    ...(reason && { sentence: sentenceOf(reason, 'en') }),
    ...(entry.active?.progress && { progress: entry.active.progress }),
    ...('member' in entry.spec && entry.spec.member && { array: entry.spec.member }),
  };
};

/** Why the last try to let it go on did not work. */
const withProblem = (reason: WaitReason, state: JobState): WaitReason =>
  reason.code === 'paused' && state.kind === 'paused' && state.problem !== undefined
    ? { ...reason, values: { ...reason.values, problem: state.problem } }
    : reason;

const reasonIn = (state: JobState): Reason | undefined => ('reason' in state ? state.reason : undefined);

export const hasStarted = (state: JobState): boolean => 'placement' in state && !isEnded(state);
