import * as z from 'zod';
import { Artifact } from './artifact.ts';
import { JobResult } from './application.ts';
import { isEndedKind, type EndedKind } from './ended-kinds.ts';
import { Nearness } from './nearness.ts';
import { Prediction, PredictionQuality } from './prediction.ts';
import { FailReason, WaitReason } from './reason.ts';
import { timeOfDay } from '../words/time-of-day.ts';
import { largestArray } from './largest-array.ts';

export const JobId = z.coerce.number().int().positive();
export type JobId = number;

/** Where bytes come from: a path on this machine, or a file uploaded before. Bytes never travel through calls. */
export const FileRef = z.union([z.object({ path: z.string().min(1) }), z.object({ fileId: z.string().min(1), name: z.string().min(1) })]);
export type FileRef = z.infer<typeof FileRef>;

/**
 * Devices beside the processor. With `memoryBytes` (of each) a device may be shared; without it is granted whole. With `learnedMemory`
 * `memoryBytes` is the most that the same work held before, and a margin; while nobody has seen that, the device is granted whole.
 */
export const DeviceRequest = z.object({
  kind: z.enum(['gpu', 'npu', 'fpga']),
  count: z.int().min(1).max(64).default(1),
  memoryBytes: z.number().int().positive().exactOptional(),
  learnedMemory: z.literal(true).exactOptional(),
});
export type DeviceRequest = z.infer<typeof DeviceRequest>;

/** What a job may use. Absent memory means: the measured peak of the same work, else 1 GiB. */
export const ResourceRequest = z.object({
  cores: z.number().positive().max(4096).default(1),
  memoryBytes: z.number().int().positive().exactOptional(),
  device: DeviceRequest.exactOptional(),
  /** Ids of the only devices it may run on, shares included; those of another kind than asked for do not matter. */
  on: z.array(z.string().min(1)).max(64).exactOptional(),
  /** Ids of devices that it must not run on, nor on a share of them. */
  notOn: z.array(z.string().min(1)).max(64).exactOptional(),
  /** Of the devices that fit the fullest (`pack`) or the emptiest (`spread`). Where absent cores are spread and memory of devices is packed. */
  prefer: z.enum(['pack', 'spread']).exactOptional(),
  /** True lets it run on the processor when this machine has no such device; the proof says so. False refuses it. */
  mayFallBack: z.boolean().exactOptional(),
});

/**
 * How a job's items are divided over devices: `static` before it starts, by what the devices can do; all others while it runs, by chunks that
 * whoever is free takes. The default learns how fast each device is.
 */
export const SplitScheme = z.enum(['static', 'self', 'guided', 'trapezoid', 'factoring', 'weighted', 'adaptive']);
export type SplitScheme = z.infer<typeof SplitScheme>;

/** Divides a job. Its items are the files of an application, or the rows of a model's inputs: their first dimension. */
export const SplitRequest = z.object({
  /** Ids of devices, shares included; of a processor each core takes part. */
  over: z.union([z.literal('all'), z.array(z.string().min(1)).min(1).max(64)]).default('all'),
  scheme: SplitScheme.default('adaptive'),
});
export type SplitRequest = z.infer<typeof SplitRequest>;

/** What a person may call a job. */
export const JobLabels = z.object({
  name: z.string().min(1).max(200).exactOptional(),
  group: z.string().min(1).max(100).default('default'),
});

const ids = z.array(z.int().positive()).max(1000);

const TimeOfDay = z.string().regex(timeOfDay);

/** Times of the day by the clock of the machine; what ends before it begins goes on to the next day. The day on which it begins counts. */
export const Hours = z
  .object({ from: TimeOfDay, to: TimeOfDay, repeats: z.enum(['daily', 'weekdays', 'weekends']).default('daily') })
  .refine(({ from, to }) => from !== to, { message: 'hours must end at another time than they begin' });
export type Hours = z.infer<typeof Hours>;

const common = {
  ...JobLabels.shape,
  /** Higher runs first. */
  priority: z.int().min(-1000).max(1000).default(0),
  resources: ResourceRequest.prefault({}),
  timeLimitSeconds: z.number().positive().exactOptional(),
  /** How long its user thinks that it runs; used where nothing is learned, and never trusted. */
  expectedSeconds: z.number().positive().exactOptional(),
  /** By when it should have ended, and before when it does not start; milliseconds since 1970. */
  deadlineAt: z.number().positive().exactOptional(),
  notBeforeAt: z.number().positive().exactOptional(),
  /** Starts only in these, where it should end in them; what takes longer than they last starts anywhere in them. Never ended for them. */
  hours: Hours.exactOptional(),
  /** Starts only after all of these have succeeded. */
  after: ids.default([]),
  /** Starts only after all of these have ended, however they end. */
  afterAny: ids.exactOptional(),
  /** Starts only once one of these has ended without success; is cancelled when all of them have succeeded. */
  afterNotOk: ids.exactOptional(),
  /** It may be ended for what matters more, with so long to end; then it goes back in line. */
  preemptible: z.object({ graceSeconds: z.number().min(0).max(3600).default(30) }).exactOptional(),
  /** How often a failed or lost attempt is started again by itself. */
  retries: z.int().min(0).max(100).default(0),
};

const environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string());

/** Makes one job for each index; `{index}` in the command stands for it. */
const ArrayRequest = z
  .object({
    from: z.int().nonnegative(),
    to: z.int().nonnegative().max(1_000_000_000),
    step: z.int().positive().default(1),
    /** So many of them run at once. */
    atMost: z.int().positive().exactOptional(),
    /** All of them start at once or none does, and when one does not succeed the others are ended. */
    gang: z.boolean().exactOptional(),
  })
  .refine(({ from, to }) => to >= from, { message: 'the last index must not be below the first' })
  .refine(({ from, to, step }) => (to - from) / step < largestArray, { message: `an array has at most ${largestArray} jobs` });
const array = ArrayRequest.exactOptional();

/** Of which array a job is, and which of it. */
const ArrayMember = z.object({
  id: z.int().positive(),
  index: z.int().nonnegative(),
  size: z.int().positive(),
  atMost: z.int().positive().exactOptional(),
  gang: z.literal(true).exactOptional(),
});

const OnnxJob = z.object({
  runtime: z.literal('onnx'),
  ...common,
  model: FileRef,
  inputs: z.array(z.object({ name: z.string().min(1), file: FileRef })),
  split: SplitRequest.exactOptional(),
});

const ApplicationJob = z.object({
  runtime: z.literal('application'),
  ...common,
  application: z.string().min(1),
  files: z.array(FileRef).min(1).max(10_000),
  split: SplitRequest.exactOptional(),
});

const CommandJob = z.object({
  runtime: z.literal('command'),
  ...common,
  array,
  /** The program and its arguments, given to the system as they are: no shell unless one is named. */
  command: z.array(z.string()).min(1),
  /** Runs instead of the command once it was preempted, to take up its work again. */
  resumeCommand: z.array(z.string()).min(1).exactOptional(),
  environment: environment.default({}),
  folder: z.string().min(1),
});

const ContainerJob = z.object({
  runtime: z.literal('container'),
  ...common,
  array,
  image: z.string().min(1),
  /** Empty runs what the image names. */
  command: z.array(z.string()).default([]),
  environment: environment.default({}),
  /** Paths on this machine, seen read-only at /in/<base name>. What is written to /out becomes the result. */
  inputs: z.array(FileRef).default([]),
  network: z.boolean().default(false),
  processLimit: z.int().positive().default(1024),
});

/** Of what is submitted a word that is not known is refused: `memory` for `memoryBytes` would else be forgotten in silence. */
const strictly = { resources: ResourceRequest.strict().prefault({}) };

const submittable = [
  OnnxJob.extend(strictly).strict(),
  ApplicationJob.extend(strictly).strict(),
  CommandJob.extend(strictly).strict(),
  ContainerJob.extend(strictly).strict(),
] as const;

/** What a person submits. */
export const SubmittedJob = z.discriminatedUnion('runtime', submittable);
export type SubmittedJob = z.infer<typeof SubmittedJob>;
export type JobRequest = z.input<typeof SubmittedJob>;

/** A process that ran already and takes part; only `adopt` makes such a job. */
const AdoptedProcess = z.object({
  runtime: z.literal('process'),
  ...common,
  pid: z.int().positive(),
  /** With the pid it names the process for ever; only ever compared. */
  startedAt: z.string(),
  command: z.array(z.string()),
  folder: z.string().exactOptional(),
});

const member = ArrayMember.exactOptional();
/** What a job is. */
export const JobSpec = z.discriminatedUnion('runtime', [
  OnnxJob,
  ApplicationJob,
  CommandJob.omit({ array: true }).extend({ member }),
  ContainerJob.omit({ array: true }).extend({ member }),
  AdoptedProcess,
]);
export type JobSpec = z.infer<typeof JobSpec>;

const at = z.number();

/** A device on which a job could have run, as that looked when its place was chosen. */
const Considered = z.object({
  device: z.string(),
  deviceName: z.string(),
  /** When it was thought to be free for the job, how long the job should take there, and when it would end. */
  freeAt: at,
  p50Seconds: z.number().exactOptional(),
  finishesAt: at.exactOptional(),
});

/** What was granted to an attempt. */
export const Placement = z.object({
  /** The processor, or the share of it, that runs the process. */
  device: z.string(),
  deviceName: z.string(),
  cores: z.number(),
  memoryBytes: z.number(),
  /** The cores it is bound to; absent means any. */
  coreIds: z.array(z.int()).exactOptional(),
  /** Devices beside the processor. Without `memoryBytes` the device is its alone. */
  accelerators: z.array(z.object({ device: z.string(), deviceName: z.string(), memoryBytes: z.number().exactOptional() })).exactOptional(),
  /** The kind of device that was asked for and is not there. */
  fellBackFrom: z.string().exactOptional(),
  /** The devices between which there was a choice, best first. */
  considered: z.array(Considered).exactOptional(),
  near: Nearness.exactOptional(),
});
export type Placement = z.infer<typeof Placement>;

/** What one run of a model does on its inputs, counted from its file. */
export const Operations = z.object({
  /** Floating point operations of its convolutions and products, two for each multiplication with its addition. */
  flop: z.number().nonnegative(),
  /** Read and written by its nodes, weights included, as if no cache kept any of it. */
  bytes: z.number().nonnegative(),
});
export type Operations = z.infer<typeof Operations>;

/** How many nodes of a model's graph an execution provider ran. */
export const NodeCount = z.object({ provider: z.string(), count: z.int().positive() });

/** What really ran, as measured or reported by the one who ran it. */
export const RanOn = z.object({
  device: z.string(),
  deviceName: z.string(),
  provider: z.string().exactOptional(),
  /** By provider, most first, as the runtime's own profile of the model's first run tells; only of models. */
  nodes: z.array(NodeCount).exactOptional(),
  /** The kind of device, or the device, that was asked for and did not run it. */
  fellBackFrom: z.string().exactOptional(),
  cores: z.number(),
  peakMemoryBytes: z.number().exactOptional(),
  /** Seconds of processor time of all its processes together, as far as they were seen: the last second may be missing. */
  cpuSeconds: z.number().exactOptional(),
  /** Whether its worker had served such work before; absent where nothing is kept between jobs. */
  warm: z.boolean().exactOptional(),
  /** Of the time from the start of the attempt: starting a worker and opening models, which a warm one saves. */
  startUpSeconds: z.number().positive().exactOptional(),
  /** Of the same time: waiting until another job gave up its worker. */
  queuedSeconds: z.number().positive().exactOptional(),
  /** What it was seen to hold on devices beside the processor while it ran. */
  devices: z
    .array(
      z.object({
        device: z.string(),
        deviceName: z.string(),
        /** Its processes that the driver listed there; none where the driver lists none. */
        pids: z.array(z.int().positive()),
        peakMemoryBytes: z.number().exactOptional(),
        /** Of the whole device while it ran; only where the device was its alone. */
        energyJ: z.number().exactOptional(),
      }),
    )
    .exactOptional(),
  /** Whether the process could reach only what it was given. */
  confined: z.boolean().exactOptional(),
  /** Of a divided job, what each device did; the rest is of the one that did most, times and memory of all together. */
  parts: z
    .array(
      z.object({
        device: z.string(),
        deviceName: z.string(),
        provider: z.string().exactOptional(),
        items: z.int().nonnegative(),
        /** That its chunks took. */
        seconds: z.number(),
        itemsPerSecond: z.number().exactOptional(),
      }),
    )
    .exactOptional(),
});
export type RanOn = z.infer<typeof RanOn>;

const attempt = z.int().positive();
/** What was predicted for the attempt before it ran. */
const predicted = Prediction.exactOptional();
const job = z.object({ id: z.int().positive(), name: z.string() });
/**
 * For which job something is ended; what that had outrun, where that is why: what nine of ten such runs stay below; else whose deadline
 * was saved so, and when that job would have ended otherwise, as far as anything was known of that. Or for which reservation of a group.
 */
const preemptor = z.union([
  job.extend({
    outran: z.object({ ranSeconds: z.number().nonnegative(), p90Seconds: z.number().nonnegative() }).exactOptional(),
    saves: z.object({ job, due: at, otherwiseAt: at.exactOptional() }).exactOptional(),
  }),
  z.object({ reservation: z.object({ id: z.int().positive(), group: z.string() }) }),
]);
/**
 * How often it was ended to make room, for whom last, and how many seconds that has cost it. `attainedSeconds`: how long it had run in
 * all, in the longest attempt where it begins anew.
 */
const Preemptions = z.object({
  count: z.int().positive(),
  lostSeconds: z.number().nonnegative(),
  attainedSeconds: z.number().nonnegative(),
  by: preemptor,
  at,
});
export type Preemptions = z.infer<typeof Preemptions>;
const preemptions = Preemptions.exactOptional();
/** How long the attempt has stood still so far, without the present pause. */
const pausedMs = z.number().nonnegative().exactOptional();
/** `preemptedBy`: it is being ended for that. */
const started = { attempt, startedAt: at, placement: Placement, predicted, pausedMs, preemptions, preemptedBy: preemptor.exactOptional() };
const ended = {
  attempt: z.int().nonnegative(),
  startedAt: at.exactOptional(),
  endedAt: at,
  ranOn: RanOn.exactOptional(),
  /** The devices between which there was a choice for the attempt, best first. */
  considered: z.array(Considered.extend({ isChosen: z.boolean() })).exactOptional(),
  /** What decided between some that were as good. */
  near: Nearness.exactOptional(),
  /** The processor or its share, then the devices beside it, that the attempt was granted; absent of a divided job. */
  grantedOn: z.array(z.string()).exactOptional(),
  predicted,
  pausedMs,
  preemptions,
  /** It ended while no core ran: `endedAt` is when that was found. */
  endedUnseen: z.literal(true).exactOptional(),
};

/** Each state carries what is true only in it. Times are milliseconds since 1970. */
export const JobState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pending'), since: at, preemptions }),
  z.object({ kind: z.literal('held'), since: at, preemptions }),
  z.object({ kind: z.literal('starting'), ...started }),
  z.object({ kind: z.literal('running'), ...started }),
  /** Ended to make room for `preemptedBy`; it is back in line at once. */
  z.object({ kind: z.literal('preempted'), ...started, since: at }),
  /** Stopped where it stood. `isResuming`: it goes on as soon as its cores are free. `problem`: why it could not be resumed. */
  z.object({
    kind: z.literal('paused'),
    ...started,
    since: at,
    isResuming: z.literal(true).exactOptional(),
    problem: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('completing'), ...started }),
  z.object({ kind: z.literal('succeeded'), ...ended, exitCode: z.int().exactOptional() }),
  z.object({ kind: z.literal('failed'), ...ended, reason: FailReason, exitCode: z.int().exactOptional() }),
  /** With a reason when nobody cancelled it by hand. */
  z.object({ kind: z.literal('cancelled'), ...ended, reason: FailReason.exactOptional() }),
  z.object({ kind: z.literal('timed-out'), ...ended, reason: FailReason }),
  z.object({ kind: z.literal('out-of-memory'), ...ended, reason: FailReason, exitCode: z.int().exactOptional() }),
  z.object({ kind: z.literal('lost'), ...ended, reason: FailReason }),
]);
export type JobState = z.infer<typeof JobState>;
export type JobStateKind = JobState['kind'];

export const Progress = z.object({ done: z.number(), total: z.number().positive() });
export type Progress = z.infer<typeof Progress>;

/** One of those that share the work of a divided job while it runs. */
export const JobPart = z.object({
  part: z.int().positive(),
  device: z.string(),
  deviceName: z.string(),
  /** `idle`: nothing is left for it. `left-out`: it could not run there, and the others do its work. */
  state: z.enum(['waiting', 'running', 'idle', 'left-out']),
  /** Why it waits or was left out. */
  reason: z.union([WaitReason, FailReason]).exactOptional(),
  /** `reason` in English, for programs. */
  sentence: z.string().exactOptional(),
  /** Done. */
  items: z.int().nonnegative(),
  inHand: z.int().positive().exactOptional(),
  /** That its chunks took. */
  seconds: z.number(),
  /** As it is now. */
  itemsPerSecond: z.number().exactOptional(),
});
export type JobPart = z.infer<typeof JobPart>;

/** One line of the queue. */
export const JobRow = z.object({
  id: z.int().positive(),
  name: z.string(),
  runtime: z.enum(['onnx', 'application', 'command', 'container', 'process']),
  group: z.string(),
  priority: z.int(),
  submittedAt: at,
  revision: z.int(),
  state: JobState,
  /** Place in line, from 1; only while pending. */
  position: z.int().positive().exactOptional(),
  wait: WaitReason.exactOptional(),
  /** `wait` or the state's reason as an English sentence, for programs. */
  sentence: z.string().exactOptional(),
  progress: Progress.exactOptional(),
  /** Of which array it is. A list that folds arrays shows the first of each, with how many are in which state. */
  array: ArrayMember.extend({ counts: z.record(z.string(), z.int()).exactOptional() }).exactOptional(),
});
export type JobRow = z.infer<typeof JobRow>;

/** One change of state, as it was written to the journal. */
export const JobEvent = z.object({ revision: z.int(), at, state: JobState });
export type JobEvent = z.infer<typeof JobEvent>;

/** Everything about one job. */
export const JobDetail = JobRow.extend({
  spec: JobSpec,
  /** What the scheduler counts for it, and where the number comes from. */
  demand: z.object({
    cores: z.number(),
    memoryBytes: z.number(),
    memoryFrom: z.enum(['request', 'measured', 'default']),
    /** Absent also when it may run without, and this machine has none. */
    device: DeviceRequest.exactOptional(),
    /** Where the memory of devices comes from: it was asked for, or learned from earlier runs, or to be learned and not known yet. */
    deviceMemoryFrom: z.enum(['request', 'measured', 'unknown']).exactOptional(),
    /** The kind that it asked for and runs without. */
    fellBackFrom: z.string().exactOptional(),
    /** Bytes of its input files, where they were looked at. */
    inputBytes: z.number().exactOptional(),
    /** Of a model that had never run when the job came, where they could be counted. */
    operations: Operations.exactOptional(),
  }),
  /** How long it should run; of an ended job what was predicted before it ran. */
  prediction: Prediction.exactOptional(),
  /** How good such predictions have been for this kind of work on its device. */
  predictionQuality: PredictionQuality.exactOptional(),
  /** When it should start, with everything at its median; only where one job is asked for, and its start can be told. */
  startsAt: z.number().exactOptional(),
  /** Of a divided job that has not ended. */
  parts: z.array(JobPart).exactOptional(),
  events: z.array(JobEvent),
  artifacts: z.array(Artifact),
  result: JobResult.exactOptional(),
  memoryBytes: z.number().exactOptional(),
});
export type JobDetail = z.infer<typeof JobDetail>;

export type EndedState = Extract<JobState, { kind: EndedKind }>;

/** Whether a job has come to its end and will not run again by itself. */
export const isEnded = (state: JobState): state is EndedState => isEndedKind(state.kind);
