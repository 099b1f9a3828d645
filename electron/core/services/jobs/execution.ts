import type { Notice } from '../../../../shared/contract/app.ts';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Device } from '../../../../shared/model/device.ts';
import type { EndedState, JobState } from '../../../../shared/model/job.ts';
import type { Prediction, PredictionQuality } from '../../../../shared/model/prediction.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import type { FileStore } from '../../infrastructure/storage/file-store.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { Layout } from '../../infrastructure/storage/layout.ts';
import type { Emitter } from '../../lib/emitter.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { CreateDivider } from '../../division-port.ts';
import type { Backend, StopReason } from '../../ports.ts';
import type { Capacity, Decision, Grant, SchedulerEvent } from '../../scheduler-port.ts';
import type { EndedMember } from './gangs.ts';
import type { JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import type { Look } from './ran-on.ts';

/* What carries out decisions, as its parts see it. */

/** What is known of how long jobs run. */
export interface RunTimes {
  /** Before it is placed, or as it is placed by `state`, with a worker that is warm or not; as it should be where that is not said. */
  predict(job: Pick<JobEntry, 'spec' | 'demand' | 'parts'>, state?: JobState, warm?: boolean): Prediction | undefined;
  learn(job: Pick<JobEntry, 'spec' | 'demand' | 'state'>): void;
  /** How good predictions for such work have been on its device. */
  qualityOf(job: Pick<JobEntry, 'spec' | 'demand' | 'state'>): PredictionQuality | undefined;
}

/** What the executor asks of the machine. */
export interface Machine {
  readonly capacity: Capacity;
  /** The most that could ever be granted, when no other program runs. */
  readonly grantable: { readonly cores: number; readonly memoryBytes: number };
  /** All that are known now, shares and unusable ones included. */
  readonly devices: readonly Device[];
  /** Resolves when devices beside the processor have been looked for once. */
  readonly looked: Promise<void>;
  /** What a device has used since its driver was loaded; undefined where that is not counted. */
  energyOf(device: string): number | undefined;
  /** What a device was measured to do; undefined for one that was not. */
  capabilityOf(device: string): { readonly gflops: number; readonly threads: number } | undefined;
  /** Capacity measured again if the last measurement is older than a moment. */
  fresh(): Capacity;
}

export interface Executor {
  /** One, or all of those that start together. */
  start(decisions: readonly Extract<Decision, { kind: 'start' }>[]): void;
  /** Follows what runs already: it holds what it has, whether that was free or not. */
  startHeld(entry: JobEntry, grant: Grant): void;
  /** Before the scheduler hears of a job: gives it its parts, if it is to be divided. */
  divide(entry: JobEntry): void;
  /** Asks an attempt of an earlier core what became of it. */
  findAgain(entry: JobEntry): void;
  /** Ends a running attempt; resolves when the job's end is in the journal. */
  stop(entry: JobEntry, reason: StopReason): Promise<void>;
  /** Stops running attempts where they stand; all of them or, when one cannot be stopped so, none. */
  pause(entries: readonly JobEntry[]): Promise<void>;
  /** Lets paused attempts go on once the scheduler has cores for them. */
  resume(entries: readonly JobEntry[]): Promise<void>;
  goOn(decision: Extract<Decision, { kind: 'resume' }>): void;
  /** Ends an attempt so that another job can start; it goes back in line. */
  preempt(decision: Extract<Decision, { kind: 'preempt' }>): void;
  /** Ends what runs because another one of its gang did not succeed. */
  endWith(entry: JobEntry, other: EndedMember): void;
  end(entry: JobEntry, state: EndedState, details?: { result?: JobResult; writes?: readonly Write[] }): Promise<void>;
  checkBackends(): Promise<void>;
  /** Memory that the processes of attempts hold, by the scheduler's name of what they are attempts of. */
  measured(usedBytes: ReadonlyMap<string, number>): void;
  /** Processor time that the processes of running jobs have taken so far, by job. */
  tookTime(seconds: ReadonlyMap<number, number>): void;
  /** Processes of a job are on a device, and what they hold of its memory. */
  seenOn(seen: { readonly jobId: number; readonly device: string } & Look): void;
  /** Ends what runs on devices that are gone or broken; what has no side effects goes back in line. */
  devicesLost(ids: readonly string[], why: DeviceReason): void;
  /** Ends a job that holds more of a device's memory than it was granted. */
  deviceMemoryExceeded(job: number, device: string, usedBytes: number): void;
  readonly runsUnrecoverable: boolean;
}

export interface ExecutorOptions {
  readonly layout: Layout;
  readonly journal: Journal;
  readonly files: FileStore;
  readonly backends: readonly Backend[];
  readonly machine: Machine;
  readonly lifetime: Lifetime;
  readonly now: () => number;
  readonly table: JobTable;
  readonly notices: Emitter<Notice>;
  readonly peaks: Map<string, number>;
  readonly runTimes: RunTimes;
  readonly createDivider: CreateDivider;
  readonly apply: (event: SchedulerEvent) => void;
}
