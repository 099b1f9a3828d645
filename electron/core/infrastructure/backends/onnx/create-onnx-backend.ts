import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../../../../../shared/model/device.ts';
import type { Operations } from '../../../../../shared/model/job.ts';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { Backend, Host, Measurer, Outcome, Sink, TaskRun } from '../../../ports.ts';
import { coreList } from '../bind-to-cores.ts';
import { findConfinement, type Confinement } from '../confinement.ts';
import { deviceEnvironment } from '../device-environment.ts';
import { BadInput } from './bad-input.ts';
import { joinChunks } from './join-chunks.ts';
import { createLookInto, type Inspection } from './look-into-models.ts';
import { createMeasurer } from './measure/create-measurer.ts';
import { prepareWork, workName, type Work } from './prepare-work.ts';
import { choosePlace, type Place } from './providers/choose-place.ts';
import { createProviderProofs } from './providers/create-provider-proofs.ts';
import type { ProviderProof } from './providers/providers-of.ts';
import { runChunks } from './run-chunks.ts';
import { runOnSeat, type Seating } from './run-on-seat.ts';
import { countMemoryKills as countKernelsMemoryKills } from './memory-kills.ts';
import { createSeatMaker, WorkerNotStarted, type Seat, type SeatDevices, type SeatMaker } from './seat.ts';
import { createPool, type SetTimer } from './worker-pool.ts';
import { createWorkerRecords } from './worker-records.ts';

export interface OnnxBackendOptions {
  readonly host: Pick<Host, 'spawnWorker' | 'canWrapWorkers' | 'dataFolder' | 'entriesFolder' | 'resourcesFolder'>;
  /** Never more worker processes than this run jobs; the cores of the machine. */
  readonly maximumWorkers: number;
  /** How long a worker without a job is kept warm; five minutes when not given. */
  readonly idleMs?: number;
  readonly setTimer?: SetTimer;
  /** All devices of the machine; those that were granted when not given. */
  readonly devices?: () => readonly Device[];
  /** How workers are confined, asked once; bubblewrap where it works when not given. */
  readonly findConfinement?: () => Promise<Confinement | undefined>;
  /** How often memory has run out on this machine; the kernel's count when not given. */
  readonly countMemoryKills?: () => Promise<number>;
}

export interface OnnxBackend extends Backend {
  /** Opens a model in a worker beside those of jobs and says what goes in and out. */
  inspectModel(file: { path: string; name: string }): Promise<Inspection>;
  /** What one run of a model on the inputs of a job does; undefined where that cannot be known, or not before the signal aborts. */
  weighModel(asked: Pick<TaskRun, 'spec' | 'resolve'>, signal: AbortSignal): Promise<Operations | undefined>;
  /** Tries every execution provider of this runtime, once for the same devices, in a worker of its own. */
  proveProviders(devices: readonly Device[]): Promise<readonly ProviderProof[]>;
  /** In a worker of its own on the device, one device after the other. */
  readonly measureDevice: Measurer;
  /** Ends every worker. */
  dispose(): Promise<void>;
}

/** Runs models and applications in worker processes, which stay warm between jobs. No attempt survives the core. */
export const createOnnxBackend = (options: OnnxBackendOptions): OnnxBackend => {
  const { host, maximumWorkers, idleMs = 300_000, setTimer = realTimer, countMemoryKills = countKernelsMemoryKills } = options;
  const runFolder = join(host.dataFolder, 'run');
  const records = createWorkerRecords(join(runFolder, 'workers'));
  const jobs = createPool<Seat>({ maximum: maximumWorkers, idleMs, setTimer });
  const attempts = new Map<string, Promise<Outcome>>();
  let jobCount = 0;

  /** Once, because later it would end the workers of this core. */
  const prepare = async (): Promise<SeatMaker> => {
    await records.endLeftovers();
    for (const name of ['slots', 'worker-temporary']) await rm(join(runFolder, name), { recursive: true, force: true });
    const confinement = host.canWrapWorkers ? await (options.findConfinement ?? findConfinement)() : undefined;
    return createSeatMaker({ host, runFolder, records, confinement, countMemoryKills });
  };
  let prepared: Promise<SeatMaker> | undefined;
  const seatMaker = (): Promise<SeatMaker> => (prepared ??= prepare());
  const open = async (work: Work, devices?: SeatDevices): Promise<Seat> => (await seatMaker()).open(await work.mounts(), devices);
  const openAlone = async (devices: SeatDevices): Promise<Seat> =>
    (await seatMaker()).open([], { ...devices, environment: { ...devices.environment, ...hardwareOnly } });
  const proofs = createProviderProofs({ open: (nodes) => openAlone({ nodes, environment: {} }) });
  const proveProviders: OnnxBackend['proveProviders'] = (devices) => proofs.prove(devices.flatMap(({ nodes }) => nodes ?? []));
  const measurer = createMeasurer({ open: openAlone, prove: proveProviders, setTimer });

  /** A job without a device asks nothing of anybody. */
  const placeOf = async (run: TaskRun): Promise<Place> => {
    if (!run.accelerators?.length) return { provider: 'cpu' };
    const all = options.devices?.() ?? run.accelerators;
    const place = choosePlace(run, await proveProviders(all), all);
    if ('code' in place) throw new BadInput(place);
    return place;
  };

  const perform = async (run: TaskRun, sink: Sink, signal: AbortSignal): Promise<Outcome> => {
    try {
      const work = await prepareWork(run, host.resourcesFolder);
      const place = await orAborted(placeOf(run), signal);
      const devices = seatDevicesOf(run, place);
      // A worker is started for a device and for cores; it cannot change them.
      const accelerators = place.accelerator ? (run.accelerators ?? []).map(({ id }) => id) : [];
      const key = `${work.key}${placeKey(accelerators, devices.coreIds)}`;
      const { seat, seating } = await takeSeat(key, attemptKey(run), () => open(work, devices), sink, signal);
      const seatRun = {
        run,
        work,
        seat,
        seating,
        place,
        sink,
        signal,
        countMemoryKills,
        job: (jobCount += 1),
        release: () => jobs.release(seat),
      };
      return await (run.chunks ? runChunks(seatRun, run.chunks) : runOnSeat(seatRun));
    } catch (error) {
      // The signal ends every wait on the way by throwing.
      if (signal.aborted) return { kind: 'stopped' };
      const reason = reasonOf(error);
      if (reason) return { kind: 'failed', reason };
      throw error;
    } finally {
      // What was held for it and did not suit, such as for a model that has changed since.
      jobs.letGo(attemptKey(run));
    }
  };

  /** A worker, and what became of the time until it was there. */
  const takeSeat = async (
    key: string,
    name: string,
    openOne: () => Promise<Seat>,
    sink: Sink,
    signal: AbortSignal,
  ): Promise<{ seat: Seat; seating: Seating }> => {
    let isWarm = true;
    let turnAt = performance.now();
    const askedAt = turnAt;
    const openNow = (): Promise<Seat> => {
      isWarm = false;
      sink.foundWorker(isWarm);
      return openOne();
    };
    let isQueued = false;
    // Who gets its turn at once has waited for nobody, however long this process was kept from going on.
    const came = once(() => {
      if (isQueued) turnAt = performance.now();
    });
    const coming = jobs.acquire(key, openNow, signal, { name, came });
    isQueued = true;
    const seat = await coming;
    if (isWarm) sink.foundWorker(isWarm);
    return { seat, seating: { isWarm, queuedSeconds: (turnAt - askedAt) / 1000, startUpSeconds: (performance.now() - turnAt) / 1000 } };
  };

  const lookInto = createLookInto({ open, setTimer, nextJob: () => (jobCount += 1) });

  return {
    name: 'onnx',
    isRepeatable: true,
    check: async () => {
      await seatMaker();
      return { kind: 'ready' };
    },
    start: (run, sink, signal) => {
      const key = attemptKey(run);
      const known = attempts.get(key);
      if (known) return known;
      const outcome = perform(run, sink, signal);
      attempts.set(key, outcome);
      return outcome;
    },
    keepsWarm: (work) => {
      const isSuch = suchWork(work, work.coreIds);
      return isSuch !== undefined && jobs.has(isSuch);
    },
    holdWarm: (run) => {
      // A worker that has used a device ends with its job.
      const isSuch = run.placement.accelerators?.length ? undefined : suchWork(run, run.placement.coreIds);
      return isSuch !== undefined && jobs.hold(isSuch, attemptKey(run));
    },
    find: async (run) => {
      const outcome = attempts.get(attemptKey(run));
      return outcome ? { kind: 'running', outcome } : { kind: 'never-started' };
    },
    join: joinChunks,
    forget: async (run) => {
      jobs.letGo(attemptKey(run));
      const outcome = await attempts.get(attemptKey(run));
      attempts.delete(attemptKey(run));
      // Most results are small and never touched the disk.
      const hasFolder = outcome?.kind !== 'succeeded' || outcome.artifacts.some((artifact) => 'path' in artifact);
      if (hasFolder) await rm(run.folder, { recursive: true, force: true });
    },
    inspectModel: async (file) => {
      try {
        return await lookInto.inspect(file);
      } catch (error) {
        const reason = reasonOf(error);
        if (reason) return { kind: 'refused', reason };
        throw error;
      }
    },
    weighModel: async (asked, signal) => {
      try {
        return await lookInto.weigh(asked, signal);
      } catch (error) {
        // The run itself will say what is wrong.
        if (signal.aborted || reasonOf(error)) return undefined;
        throw error;
      }
    },
    proveProviders,
    measureDevice: measurer.measure,
    dispose: async () => {
      await Promise.all([jobs.close(), lookInto.close(), measurer.close()]);
    },
  };
};

/** A graphics driver that computes on the processor would pass for a GPU: Vulkan is not to offer those that Mesa and Chromium bring. */
const hardwareOnly = { VK_LOADER_DRIVERS_DISABLE: '*lvp*,*swiftshader*' };

const seatDevicesOf = (run: TaskRun, { accelerator }: Place): SeatDevices => ({
  nodes: accelerator?.nodes ?? [],
  // Without a provider for what was granted it runs on the processor, and is shown no device.
  environment: { ...deviceEnvironment(accelerator ? run : { placement: {} }), ...hardwareOnly },
  ...(run.placement.coreIds && { coreIds: run.placement.coreIds }),
});

/** The first job on a device waits for the proofs, which a provider that hangs draws out. */
const orAborted = <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  if (signal.aborted) reject(signal.reason as Error);
  return Promise.race([work, promise]);
};

/** Tells the keys of workers that have done such work on these cores, as far as that is known without a look at the disk. */
const suchWork = (work: Parameters<typeof workName>[0], coreIds: readonly number[] | undefined): ((key: string) => boolean) | undefined => {
  const name = workName(work);
  const place = placeKey([], coreIds);
  return name === undefined ? undefined : (key) => key.startsWith(`${name}:`) && key.endsWith(place);
};

const placeKey = (accelerators: readonly string[], coreIds: readonly number[] = []): string =>
  ` on ${accelerators.join(',')} on ${coreList(coreIds)}`;

const once = (action: () => void): (() => void) => {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
};

const attemptKey = ({ task, attempt }: Pick<TaskRun, 'task' | 'attempt'>): string => `${task}.${attempt}`;

/** What the user or the machine did wrong; anything else is a bug of ours. */
const reasonOf = (error: unknown): FailReason | undefined => {
  if (error instanceof BadInput) return error.reason;
  if (error instanceof WorkerNotStarted) return { code: 'worker-not-started', values: { detail: error.message } };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  if (code === 'ENOSPC') return { code: 'disk-full', values: { path } };
  if (code === 'EACCES' || code === 'EROFS') return { code: 'not-writable', values: { path } };
  return undefined;
};

const realTimer: SetTimer = (callback, afterMs) => {
  // A worker that waits does not keep the core alive.
  const timer = setTimeout(callback, afterMs).unref();
  return () => clearTimeout(timer);
};
