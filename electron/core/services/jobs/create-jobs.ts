import type { Status, Notice } from '../../../../shared/contract/app.ts';
import type { ApplicationManifest } from '../../../../shared/model/application.ts';
import type { FileStore } from '../../infrastructure/storage/file-store.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { Layout } from '../../infrastructure/storage/layout.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { createEmitter, type Emitter } from '../../lib/emitter.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { CreateDivider } from '../../division-port.ts';
import type { Backend } from '../../ports.ts';
import type { Decision, Grant, Scheduler, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { createAccepting, type Accepting, type Weighing } from './accepting.ts';
import { createAlarm } from './alarm.ts';
import { createArrays, type Arrays } from './arrays.ts';
import { createChanging, type Changing } from './changing.ts';
import { createCalendar } from './calendar.ts';
import { createDependencies } from './dependencies.ts';
import { createEndedCounts } from './ended-counts.ts';
import { createEntering } from './entering.ts';
import { createEstimating, type Foresight } from './estimating.ts';
import type { Executor, Machine, RunTimes } from './execution.ts';
import { createExecutor } from './executor.ts';
import { inOneGo, type Start } from './gangs.ts';
import { leadOf, taskOfEntry } from './job-entry.ts';
import { createJobTable, type JobTable } from './job-table.ts';
import { createJobViews, type JobViews } from './job-views.ts';
import { createQueueSettings, type QueueSettings } from './queue-settings.ts';
import { readUnfinished } from './read-unfinished.ts';
import { recover } from './recovering.ts';
import type { SavedReservations } from './reservations.ts';
import { createSharing } from './sharing.ts';

export interface JobsOptions {
  readonly layout: Layout;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly files: FileStore;
  /** Paused, so that nothing starts before all jobs of the journal are in line. */
  readonly scheduler: Scheduler;
  /** Whether it stays paused. */
  readonly isPaused: boolean;
  readonly reservations: SavedReservations;
  readonly backends: readonly Backend[];
  readonly manifests: readonly ApplicationManifest[];
  readonly machine: Machine;
  readonly createDivider: CreateDivider;
  readonly runTimes: RunTimes & Foresight & Weighing;
  /** What processes hold of devices beside the processor. */
  readonly deviceMemoryOf: (pids: readonly number[]) => Grant['accelerators'];
  readonly lifetime: Lifetime;
  readonly now: () => number;
}

/** The queue: accepts jobs, keeps them through every crash, and drives them to their end. */
export interface Jobs extends Pick<Accepting, 'submit' | 'adopt'>, Changing, Omit<QueueSettings, 'timeEvent'>, Told {
  readonly table: JobTable;
  readonly views: JobViews;
  readonly arrays: Arrays;
  readonly notices: Emitter<Notice>;
  /** What the machine can grant has changed. */
  capacityChanged(capacity: Machine['capacity']): void;
  /** A waiting or held job as the scheduler knows it. */
  requestOf(id: number): TaskRequest | undefined;
  /** Jobs that unfinished ones wait for, each with one that does. */
  needed(): ReadonlyMap<number, { readonly id: number; readonly name: string }>;
  readonly counts: Status['counts'];
  /** Whether ending the core now would throw away running work. */
  readonly runsUnrecoverable: boolean;
}

/** What devices and processes are seen to do. */
type Told = Pick<Executor, 'measured' | 'tookTime' | 'seenOn' | 'devicesLost' | 'deviceMemoryExceeded'>;

/** Opens the queue as the journal left it. Nothing starts before the backends have looked for leftovers of an earlier core. */
export const createJobs = async (options: JobsOptions): Promise<Jobs> => {
  const { journal, reader, scheduler, machine, lifetime, now } = options;
  const sharing = createSharing();
  const [unfinished, highest, peakRows, kinds, endedArrays] = await Promise.all([
    readUnfinished(reader, sharing),
    reader.highest(),
    reader.peaks(),
    reader.counts(),
    reader.arrayCounts(),
  ]);
  const peaks = new Map(peakRows.map((row) => [row.work, row.memory_bytes]));
  const endedCounts = createEndedCounts({ kinds, arrays: endedArrays });
  const table = createJobTable({ scheduler, now, highestRevision: highest.revision, endedCounts });
  const arrays = createArrays({ table, reader });
  const views = createJobViews({
    table,
    arrays,
    reader,
    scheduler,
    endedCounts,
    now,
    predict: (job) => options.runTimes.predict(job, job.state),
    qualityOf: options.runTimes.qualityOf,
    nameOf: (id) => machine.devices.find((device) => device.id === id)?.name ?? id,
  });
  const dependencies = createDependencies({ table, reader });
  const notices = createEmitter<Notice>();

  // ── Telling the scheduler, and carrying out what it decides ──

  const apply = (event: SchedulerEvent): void => {
    inOneGo(scheduler.apply(event, now())).forEach(carryOut);
    setAlarm();
    table.changed();
  };

  const tell = (events: readonly SchedulerEvent[]): void => {
    if (events.length > 0) apply({ kind: 'together', events });
  };

  const carryOut = (decision: Exclude<Decision, Start> | readonly Start[]): void => {
    if ('kind' in decision && decision.kind === 'reject') return entering.rejectTask(decision);
    // A core that ends begins nothing more, even where what ends with it makes room: who waits is for the next one.
    if (lifetime.signal.aborted) return;
    if (!('kind' in decision)) start(decision);
    else if (decision.kind === 'resume') executor.goOn(decision);
    else executor.preempt(decision);
  };

  const start = (decisions: readonly Start[]): void => {
    for (const { task } of decisions) {
      const entry = table.jobOfTask(task);
      if (entry) estimates.forget(entry);
    }
    executor.start(decisions);
  };

  const runTimes: RunTimes = {
    ...options.runTimes,
    learn(job) {
      options.runTimes.learn(job);
      estimates.learned(job);
    },
  };
  const estimates = createEstimating({ foresight: options.runTimes, lifetime, now, apply });
  const executor = createExecutor({ ...options, runTimes, table, notices, peaks, apply });

  // ── What is asked of the queue ──

  const settings = createQueueSettings({ reservations: options.reservations, scheduler, journal, machine, apply, now });
  const calendar = createCalendar({ apply, now });
  const setAlarm = createAlarm({
    lifetime,
    now,
    at: () => scheduler.wakeAt,
    ring() {
      calendar.goOn();
      apply(settings.timeEvent());
    },
  });
  const entering = createEntering({ table, dependencies, estimates, calendar, executor, tell, now });
  const accepting = createAccepting({
    table,
    arrays,
    journal,
    files: options.files,
    manifests: options.manifests,
    machine,
    dependencies,
    sharing,
    peaks,
    operationsOf: options.runTimes.operationsOf,
    deviceMemoryOf: options.deviceMemoryOf,
    lastId: highest.id,
    enterAll: entering.enterAll,
    startHeld: executor.startHeld,
    now,
  });
  const changing = createChanging({
    table,
    arrays,
    journal,
    reader,
    dependencies,
    estimates,
    entering,
    executor,
    tell,
    lastId: () => accepting.lastId,
    lastBoost: highest.boost,
    now,
  });

  await executor.checkBackends();
  await recover(unfinished, { table, journal, reader, entering, executor, calendar, apply, now });
  if (!options.isPaused) apply({ kind: 'resumed' });

  return {
    table,
    views,
    arrays,
    notices,
    submit: accepting.submit,
    adopt: accepting.adopt,
    ...changing,
    ...settings,
    capacityChanged: (capacity) => apply({ kind: 'capacityChanged', capacity }),
    measured: executor.measured,
    tookTime: executor.tookTime,
    seenOn: executor.seenOn,
    devicesLost: executor.devicesLost,
    deviceMemoryExceeded: executor.deviceMemoryExceeded,
    requestOf(id) {
      const entry = table.entry(id);
      return entry && scheduler.requestOf(taskOfEntry(leadOf(entry)));
    },
    needed: dependencies.needed,
    get counts() {
      return table.counts;
    },
    get runsUnrecoverable() {
      return executor.runsUnrecoverable;
    },
  };
};
