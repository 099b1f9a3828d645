import type { InferenceSession } from 'onnxruntime-node';
import type { ApplicationManifest, JobResult } from '../../shared/model/application.ts';
import type { Device, DeviceCapability, DeviceProcess, DeviceReading, Sample } from '../../shared/model/device.ts';
import type { FileRef, JobSpec, Placement, Progress, RanOn } from '../../shared/model/job.ts';
import type { FailReason } from '../../shared/model/reason.ts';
import type { Chunk } from './division-port.ts';

/*
 * The interfaces between the layers of the core. create-core.ts joins the real parts; tests join fakes.
 */

// ── Host: what differs between shells ────────────────────────────────────────────────────────────

export interface WorkerOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** A program with its arguments that starts the worker's own command line inside a confinement. */
  readonly wrapper: readonly string[];
  /** Where the worker's stdout and stderr are appended. */
  readonly logFile: string;
}

/** A child process that runs electron/worker.ts and talks in structured-clone messages. */
export interface WorkerProcess {
  readonly pid: number;
  post(message: unknown): void;
  /** For one listener; what the process said before is told to it first. */
  onMessage(listener: (message: unknown) => void): void;
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>;
  /** SIGKILL: a model that runs cannot be interrupted otherwise. */
  kill(): void;
}

export interface Host {
  readonly shell: 'desktop' | 'headless';
  readonly version: string;
  readonly dataFolder: string;
  /** Folder of the built entries (worker.js, launcher.js, journal-thread.js, reader-thread.js, metrics-thread.js, foresight-thread.js). */
  readonly entriesFolder: string;
  /** Folder of resources/, which holds the models that applications use. */
  readonly resourcesFolder: string;
  /** Whether `WorkerOptions.wrapper` is honoured. */
  readonly canWrapWorkers: boolean;
  /** Resolves once the process runs; rejects with a sentence when it cannot be started. */
  spawnWorker(options: WorkerOptions): Promise<WorkerProcess>;
  /** Milliseconds since 1970. */
  now(): number;
}

// ── Probe: what the machine has and how busy it is ───────────────────────────────────────────────

/** Absent hardware is an empty list; a missing file removes one field, never a device. */
export interface Probe {
  discover(): Promise<Device[]>;
  /** Cheap enough for once a second; percentages are means since the call before. */
  sample(): Sample;
  /** The memory alone, at any time. */
  memory(): Pick<Sample, 'memoryTotalBytes' | 'memoryUsedBytes'>;
}

/** A device as a probe finds it. `key` names the same device for ever (uuid, else bus address); the core gives it its id. */
export type FoundDevice = Omit<Device, 'id' | 'parent'> & {
  readonly key: string;
  /** The key of the device of which this is a hardware partition (a MIG instance). */
  readonly parentKey?: string;
};

/** One driver's devices beside the processor; runs in the sampler process. A probe throws what makes all its devices unusable. */
export interface AcceleratorProbe {
  /** Short name of the way it reads, such as `nvml`; for messages. */
  readonly name: string;
  /** Absent hardware is an empty list; what cannot be read removes one field, never a device. Asked again every few seconds. */
  discover(): Promise<FoundDevice[]>;
  /** Keys of `discover`; a device that is gone or broken answers with an error of its own. */
  sample(): Promise<ReadonlyMap<string, DeviceReading | { error: string }>>;
  processes(): Promise<ReadonlyMap<string, DeviceProcess[]>>;
  close(): void;
}

/**
 * What the sampler process tells the core. `probe` names the one that found the device, or failed; its next `devices` takes a failure
 * back. Devices are told when they differ from what was told before. Readings come every second while any device is known, without those
 * of probes that do not answer.
 */
export type SamplerReport =
  | { kind: 'devices'; probe: string; devices: FoundDevice[] }
  | { kind: 'readings'; at: number; readings: [key: string, reading: DeviceReading | { error: string }][] }
  | { kind: 'processes'; at: number; processes: [key: string, processes: DeviceProcess[]][] }
  /** All devices of the probe: it failed, or has not answered for so long. */
  | { kind: 'failed'; probe: string; reason: { kind: 'error'; detail: string } | { kind: 'silent'; seconds: number } };

/** The core's end of the sampler process, which is started anew when it dies. */
export interface Sampler {
  /** Resolves when every probe has looked for its devices once, or has had its time for that. */
  readonly looked: Promise<void>;
  onReport(listener: (report: SamplerReport) => void): void;
  /** Lists of processes come every second instead of every five while this is true. */
  watchProcesses(isWatched: boolean): void;
}

/** Measures what a device can do; nothing else may use it meanwhile. `machine` are all devices, in which one that is a share is found. */
export type Measurer = (device: Device, machine: readonly Device[]) => Promise<Measured>;

export type Measured = { kind: 'measured'; figures: Omit<DeviceCapability, 'measuredAt'> } | { kind: 'refused'; reason: FailReason };

// ── Backend: one way to run a task ───────────────────────────────────────────────────────────────

export type Availability = { kind: 'ready' } | { kind: 'unavailable'; detail: string };

/** One attempt at one task, as the executor hands it to a backend. `task` and `attempt` together name it for ever. */
export interface TaskRun {
  readonly task: string;
  readonly attempt: number;
  readonly jobId: number;
  readonly spec: JobSpec;
  readonly placement: Placement;
  /** The devices of `placement.accelerators` with all that is known of them, in the same order. */
  readonly accelerators?: readonly Device[];
  /** All devices of the machine, in which `accelerators` are found that are shares. */
  readonly machine?: readonly Device[];
  /** Present when the user asked for a memory limit; what goes beyond it ends the attempt. */
  readonly memoryLimitBytes?: number;
  /** The attempt's own folder; the backend makes it when it needs one. */
  readonly folder: string;
  /** Where stdout and stderr go; its folder exists. */
  readonly logFile: string;
  /** Present when this is one part of a divided job: it runs chunk after chunk instead of the whole. */
  readonly chunks?: ChunkSource;
  /** The path behind a reference; the name is what the person called the file. */
  resolve(file: FileRef): { path: string; name: string };
}

/**
 * How result files of one name go together that each chunk of a divided job has made: after each other, with a line feed or nothing between
 * them, as tables with one header, as JSON lists, or as tensors of more rows.
 */
export type ArtifactJoin = 'texts' | 'lines' | 'table' | 'list' | 'rows';

/** A result file: bytes in memory for small ones, a path that the store takes over for large ones. Without `joined` a chunk's file stands by itself. */
export type NewArtifact = { name: string; mediaType: string; joined?: ArtifactJoin } & ({ bytes: Uint8Array } | { path: string });

/** What a job or a chunk of it came to. */
export interface Findings {
  readonly result: JobResult;
  readonly artifacts: readonly NewArtifact[];
}

/** Where a part of a divided job has its work from. */
export interface ChunkSource {
  /** Items of the job; undefined as long as nobody has counted them. */
  readonly items: number | undefined;
  counted(items: number): void;
  /** Undefined when nothing is left for this part. Waits while others may give something back, and rejects when the attempt is to end. */
  next(): Promise<Chunk | undefined>;
  done(chunk: Chunk, findings: Findings, took: { readonly seconds: number; readonly overheadSeconds: number }): void;
}

export type Outcome =
  | { kind: 'succeeded'; exitCode?: number; result?: JobResult; artifacts: NewArtifact[]; ranOn: RanOn }
  | { kind: 'failed'; reason: FailReason; exitCode?: number; artifacts?: NewArtifact[]; ranOn?: RanOn }
  | { kind: 'out-of-memory'; reason: FailReason; exitCode?: number; artifacts?: NewArtifact[]; ranOn?: RanOn }
  /** Ended because the executor asked for it through the signal. */
  | { kind: 'stopped' }
  /** The core closes and lets go; the work goes on and will be found again. Only from backends that survive the core. */
  | { kind: 'detached' }
  /** Nobody can say how it ended. */
  | { kind: 'lost' };

/** Why an attempt is ended from outside; the `reason` of the signal. */
export type StopReason = 'cancel' | 'time-limit' | 'memory-limit' | 'device-lost' | 'device-memory' | 'gang' | 'preempt' | 'detach';

/** What a backend tells while an attempt runs. */
export interface Sink {
  /** As soon as that is certain: whether its worker has done such work before. Told before `running`, where workers are kept between jobs. */
  foundWorker(isWarm: boolean): void;
  /** The work itself has begun. `rootProcesses` are the processes whose trees hold its memory. */
  running(rootProcesses: readonly number[]): void;
  progress(progress: Progress): void;
}

export type Found =
  { kind: 'running'; outcome: Promise<Outcome> } | { kind: 'ended'; outcome: Outcome } | { kind: 'never-started' } | { kind: 'unknown' };

export interface Backend {
  readonly name: 'onnx' | 'command' | 'docker' | 'process';
  /** True when an attempt has no effect but its result, so that a lost one may start again without being asked. */
  readonly isRepeatable: boolean;
  /** Awaited once before the first start, where it also ends leftovers of an earlier core; then again whenever the backend is unavailable. */
  check(signal: AbortSignal): Promise<Availability>;
  /**
   * Runs the attempt and resolves when it has ended; idempotent for (task, attempt). It never rejects for what a user or the
   * machine did wrong: that is an outcome. When `signal` aborts with 'detach' a surviving backend resolves 'detached' at once;
   * with any other reason it ends the whole process tree first and resolves 'stopped'.
   */
  start(run: TaskRun, sink: Sink, signal: AbortSignal): Promise<Outcome>;
  /** Whether a worker lives on these cores that has done such work, busy or not. Absent where nothing is kept between jobs. */
  keepsWarm?(work: Pick<TaskRun, 'spec' | 'resolve'> & Pick<Placement, 'coreIds'>): boolean;
  /**
   * Whether a worker stands ready that has done such work before; it is then held for this attempt until that starts or is forgotten.
   * There together with `keepsWarm`.
   */
  holdWarm?(run: Pick<TaskRun, 'task' | 'attempt' | 'spec' | 'placement' | 'resolve'>): boolean;
  /** What became of an attempt that an earlier core started. Same rules for sink and signal as start. */
  find(run: TaskRun, sink: Sink, signal: AbortSignal): Promise<Found>;
  /**
   * Stops an attempt that runs where it stands, without ending anything; it keeps its memory. Whoever has ended already, or stands still,
   * is left as it is. Answers why it did not work. Absent where work cannot be stopped so.
   */
  pause?(run: TaskRun): Promise<string | undefined>;
  /** Lets it go on; the same rules. */
  resume?(run: TaskRun): Promise<string | undefined>;
  /** What the chunks of a divided job came to, in the order of its items, as the undivided job would have given it. `folder` takes large files. */
  join?(chunks: readonly Findings[], folder: string): Promise<Findings | { readonly reason: FailReason }>;
  /** Removes what was kept for find. Called after the outcome is safe in the journal. */
  forget(run: TaskRun): Promise<void>;
}

// ── Application: what a person wants done with a file; loaded only in the worker ─────────────────

export interface ApplicationContext {
  readonly files: readonly { path: string; name: string }[];
  /** Where these files stand among all files of the job, of which they may be a chunk. */
  readonly position: { readonly first: number; readonly count: number };
  /** A session on one of the manifest's models, warm from earlier jobs where possible. */
  session(model: string): Promise<InferenceSession>;
  /** Absolute path of a file beside the models, such as a dictionary. */
  resource(name: string): string;
  progress(progress: Progress): void;
}

export interface Application {
  readonly manifest: ApplicationManifest;
  /** Throws InputError (applications/input-error.ts) for what is wrong with the files. */
  run(context: ApplicationContext): Promise<Findings>;
}
