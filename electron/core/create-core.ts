import { DatabaseSync } from 'node:sqlite';
import { PolicyName } from '../../shared/contract/scheduler.ts';
import { createHandlers, type ShellCalls } from './create-handlers.ts';
import { createRouter, type CallRouter } from './dispatch.ts';
import { entryOf } from './entry-of.ts';
import type { FileIntake } from './file-intake.ts';
import { takeCoreLock } from './infrastructure/storage/core-lock.ts';
import { createFileStore } from './infrastructure/storage/file-store.ts';
import { createJournal } from './infrastructure/storage/journal.ts';
import { migrate, writerPragmas } from './infrastructure/storage/journal-schema.ts';
import { attemptPlaces, layoutOf, makeFolders } from './infrastructure/storage/layout.ts';
import { createMetricsStore } from './infrastructure/storage/metrics/metrics-store.ts';
import { createReader, type Reader } from './infrastructure/storage/reader.ts';
import { createLifetime, type Lifetime } from './lib/lifetime.ts';
import { residentBytesOf, statOf } from './lib/process-tree.ts';
import { Refusal } from './lib/refusal.ts';
import { realParts, type Parts } from './parts.ts';
import type { Host } from './ports.ts';
import type { ArtifactSource } from './serve-artifacts.ts';
import { createProviderView } from './show-providers.ts';
import type { RunningJob } from './services/devices/device-jobs.ts';
import { createDeviceTable } from './services/devices/device-table.ts';
import { createForesight } from './services/foresight/create-foresight.ts';
import { createForesightThread } from './services/foresight/foresight-thread-link.ts';
import { createJobs, type Jobs } from './services/jobs/create-jobs.ts';
import { savedGroups, savedGroupUse } from './services/jobs/group-settings.ts';
import { reservedParts, savedReservations } from './services/jobs/reservations.ts';
import { keepGroupUse } from './services/jobs/keep-group-use.ts';
import { taskOfEntry } from './services/jobs/job-entry.ts';
import { createJobLog } from './services/jobs/job-log.ts';
import { watchLoopDelay } from './services/metrics/loop-delay.ts';
import { createMachineMonitor } from './services/metrics/machine-monitor.ts';
import { recordMetrics } from './services/metrics/record-metrics.ts';
import { createRunTimes } from './services/prediction/run-times.ts';
import { createSpeedOf } from './services/prediction/speed-of.ts';
import { createRetention, keepTidy } from './services/retention/create-retention.ts';
import { savedRule } from './services/retention/retention-rule.ts';
import { sizeOf } from './services/scheduler/machine-size.ts';
import { createDivider } from './services/scheduler/division/create-divider.ts';
import { createScheduler } from './services/scheduler/scheduler.ts';
import { resources } from './services/scheduler/use.ts';

export interface Core {
  readonly router: CallRouter;
  readonly files: FileIntake;
  readonly artifacts: ArtifactSource;
  /** Nothing waits and nothing runs. */
  isIdle(): boolean;
  /** Ends workers, lets commands and containers run on, and writes down what is left to write. */
  readonly lifetime: Lifetime;
}

interface CoreOptions {
  readonly host: Host;
  readonly shell: ShellCalls;
  readonly parts?: Parts;
  /** Told what should never happen; the core goes on. */
  readonly onBug: (error: unknown) => void;
}

/** Builds the AI operating system of one data folder and joins its services; undefined when another core has the folder. */
export const createCore = async (options: CoreOptions): Promise<Core | undefined> => {
  const { host, parts = realParts } = options;
  const layout = layoutOf(host.dataFolder);
  makeFolders(layout);
  const lock = takeCoreLock(layout.lock);
  if (!lock) return undefined;
  const lifetime = createLifetime();
  lifetime.add(() => lock.release());
  try {
    return await open({ ...options, parts, layout, lifetime });
  } catch (error) {
    await lifetime.dispose();
    throw error;
  }
};

const open = async (options: CoreOptions & { parts: Parts; layout: ReturnType<typeof layoutOf>; lifetime: Lifetime }): Promise<Core> => {
  const { host, parts, layout, lifetime, shell, onBug } = options;
  const { now } = host;
  prepareJournal(layout.journal);
  const journal = createJournal({ file: layout.journal, threadEntry: entryOf(host, 'journal-thread'), lifetime });
  const reader = createReader({ file: layout.journal, threadEntry: entryOf(host, 'reader-thread'), lifetime });
  const metrics = createMetricsStore({ file: layout.metrics, threadEntry: entryOf(host, 'metrics-thread'), lifetime, onWarning: onBug });
  const files = createFileStore({ layout, journal, reader, now });
  const sampler = parts.sampler(host, lifetime);
  const machine = await createMachineMonitor({ probe: parts.probe(host, lifetime), lifetime, now });
  const devices = createDeviceTable({ processor: machine, sampler, journal, rows: await reader.devices(), statOf, now });
  const { policy, isPaused, groups, use, rule, reservations } = await savedSettings(reader);
  const scheduler = createScheduler({
    policy,
    isPaused: true,
    capacity: devices.capacity,
    groups,
    reserved: reservedParts(reservations, now()),
    ...(use && { use }),
  });
  const onnx = parts.onnx(host, devices.grantable.cores, () => devices.devices);
  lifetime.add(() => onnx.dispose());
  const backends = [onnx, ...parts.backends(host, lifetime)];
  const runTimes = createRunTimes({
    devices: () => devices.devices,
    keepsWarm: (spec, coreIds) => onnx.keepsWarm?.({ spec, resolve: files.resolve, ...(coreIds && { coreIds: [...coreIds] }) }),
    speedOf: createSpeedOf({ devices: () => devices.devices, capabilityOf: devices.capabilityOf }),
    weigh: (spec, signal) => onnx.weighModel({ spec, resolve: files.resolve }, signal),
    signal: lifetime.signal,
  });
  const learned = runTimes.readJournal(reader, now(), lifetime.signal).catch(onBug);
  lifetime.add(() => learned);
  const jobs = await createJobs({
    layout,
    journal,
    reader,
    files,
    scheduler,
    isPaused,
    reservations,
    backends,
    manifests: parts.manifests,
    machine: devices,
    createDivider,
    runTimes,
    deviceMemoryOf: devices.heldBy,
    lifetime,
    now,
  });
  const foresight = createForesight({
    thread: createForesightThread({ threadEntry: entryOf(host, 'foresight-thread'), lifetime }),
    scheduler,
    reader,
    jobs: {
      requestOf: jobs.requestOf,
      jobOfTask: jobs.table.jobOfTask,
      onChange: jobs.table.onChange,
    },
    policies: PolicyName.options,
    measure: sizeOf,
    resources,
    now,
  });
  keepGroupUse({ scheduler, journal, lifetime, now });
  const { table } = jobs;
  const retention = createRetention({
    rule,
    queue: {
      unfinished: (id) => table.entry(id)?.state.kind,
      needed: jobs.needed,
      leaving: table.leaving,
      isLeaving: table.isLeaving,
      removed: table.removed,
    },
    journal,
    reader,
    files,
    attemptPlaces: (id, attempt) => attemptPlaces(layout, id, attempt),
    lifetime,
    now,
  });
  keepTidy({ tidy: retention.tidy, lifetime, onBug });
  const { capacityChanged, devicesLost, deviceMemoryExceeded, seenOn, tookTime } = jobs;
  const running = (): RunningJob[] => runningJobs(jobs);
  const isAnyWaiting = (): boolean => scheduler.counts.waiting > 0;
  devices.run({ running, isAnyWaiting, capacityChanged, devicesLost, deviceMemoryExceeded, seenOn });
  machine.run(() => measure(jobs));
  recordMetrics({ store: metrics, onMeasured: machine.sampled.subscribe, devices: devices.states, running, tookTime });

  const inspectModel: Parameters<typeof createHandlers>[0]['inspectModel'] = async (model) => {
    const inspection = await onnx.inspectModel(files.resolve(model));
    if (inspection.kind === 'refused') throw new Refusal(inspection.reason);
    return inspection.model;
  };
  const log = createJobLog({ layout, table, views: jobs.views });
  const loopDelayP99 = watchLoopDelay({ onSecond: machine.sampled.subscribe, isBusy: () => jobs.table.activeCount > 0, lifetime });
  const { manifests } = parts;
  const providers = createProviderView({ devices: () => devices.devices, prove: onnx.proveProviders });
  const handlers = createHandlers({
    host,
    shell,
    jobs,
    log,
    scheduler,
    foresight,
    machine,
    devices,
    providers,
    metrics,
    predictionQuality: runTimes.quality,
    retention,
    loopDelayP99,
    manifests,
    measureDevice: onnx.measureDevice,
    inspectModel,
  });
  return {
    router: createRouter(handlers, onBug),
    files,
    artifacts: files,
    isIdle: () => jobs.table.activeCount === 0,
    lifetime,
  };
};

/** Makes or migrates the journal. The only synchronous database work of the main thread, before anything else runs. */
const prepareJournal = (file: string): void => {
  const database = new DatabaseSync(file);
  try {
    database.exec(writerPragmas);
    migrate(database);
  } finally {
    database.close();
  }
};

const savedSettings = async (reader: Reader) => {
  const settings = new Map((await reader.settings()).map((row) => [row.name, row.value]));
  return {
    // A name that this version does not know may come from a later one.
    policy: PolicyName.catch('priority').parse(settings.get('policy')),
    isPaused: settings.get('paused') === 'true',
    groups: savedGroups(settings),
    use: savedGroupUse(settings),
    reservations: savedReservations(settings),
    rule: savedRule(settings),
  };
};

/** What runs, as devices see it: of a divided job each of its parts. */
const runningJobs = (jobs: Jobs): RunningJob[] =>
  [...jobs.table.holders()].flatMap(({ id, name, spec, state, active }) => {
    if (!('placement' in state)) return [];
    const { rootProcesses = [], usedBytes } = active ?? {};
    return [{ id, name, group: spec.group, placement: state.placement, rootProcesses, ...(usedBytes !== undefined && { usedBytes }) }];
  });

/** Memory of the processes of running jobs, told to the jobs; answers the sum. */
const measure = (jobs: Jobs): number => {
  const running = [...jobs.table.holders()].filter((entry) => entry.active && entry.active.rootProcesses.length > 0);
  const sizes = residentBytesOf(running.flatMap((entry) => entry.active?.rootProcesses ?? []));
  const usedBytes = new Map<string, number>();
  for (const entry of running) {
    const bytes = (entry.active?.rootProcesses ?? []).reduce((sum, pid) => sum + (sizes.get(pid) ?? 0), 0);
    if (bytes > 0) usedBytes.set(taskOfEntry(entry), bytes);
  }
  jobs.measured(usedBytes);
  return [...usedBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
};
