import type { DeviceState } from '../../../../shared/contract/devices.ts';
import type { Device, Sample } from '../../../../shared/model/device.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import type { Journal } from '../../infrastructure/storage/journal.ts';
import type { DeviceRow } from '../../infrastructure/storage/reader-queries.ts';
import type { Emitter } from '../../lib/emitter.ts';
import type { Sampler, SamplerReport } from '../../ports.ts';
import type { Capacity } from '../../scheduler-port.ts';
import { capacityOf, grantableBytes, isNotable, type MemoryFacts, type WholeDevice } from './capacity.ts';
import { createDeviceBook } from './device-book.ts';
import { createDeviceCommands, type DeviceCommands } from './device-commands.ts';
import type { DeviceJobs } from './device-jobs.ts';
import { findExcess, findSeen, foreignBytesOf, holdersOf } from './device-memory.ts';
import { deviceStates } from './device-states.ts';
import { divide } from './divide.ts';
import { createFoundDevices } from './found-devices.ts';
import { createProcessLists } from './process-lists.ts';
import { knownDevices, processorKey, type KnownDevice } from './known-devices.ts';
import type { StatOf } from './our-processes.ts';

/** The processor with the machine's memory, measured once a second by somebody else. */
export interface Processor {
  readonly device: Device;
  readonly sampled: Emitter<Sample>;
  latest(): Sample | undefined;
  /** `foreignBytes` is what programs hold that are not ours. */
  memory(): { readonly totalBytes: number; readonly foreignBytes: number };
  /** The same, measured again when the latest sample is older than a moment. */
  freshMemory(): { readonly totalBytes: number; readonly foreignBytes: number };
}

export interface DeviceTableOptions {
  readonly processor: Processor;
  readonly sampler: Sampler;
  readonly journal: Journal;
  /** What the journal remembers. */
  readonly rows: readonly DeviceRow[];
  readonly statOf: StatOf;
  readonly now: () => number;
}

/** Every device of the machine and every share of one: what it is, how it is, what may be granted of it. */
export interface DeviceTable extends DeviceCommands {
  /** Resolves when the devices have been looked for once, or have had their time for that; until then only the processor is there. */
  readonly looked: Promise<void>;
  /** As the contract shows them; a device comes before its shares. */
  states(): DeviceState[];
  /** A device's own cores are what its shares have left of it. */
  readonly devices: readonly Device[];
  /** What may be granted, as it was last told to the scheduler. */
  readonly capacity: Capacity;
  /** The most that could ever be granted, when no other program runs. */
  readonly grantable: { readonly cores: number; readonly memoryBytes: number };
  /** What processes hold of the devices that tell, as it was listed last. */
  heldBy(pids: readonly number[]): { device: string; memoryBytes: number }[];
  /** Joules since the driver was loaded, as they were read last; undefined where that is not counted. */
  energyOf(id: string): number | undefined;
  /** What it was measured to do, and with how many threads; undefined for one that was not. */
  capabilityOf(id: string): { readonly gflops: number; readonly gbPerSecond: number; readonly threads: number } | undefined;
  /** Capacity with the machine's memory measured again. */
  fresh(): Capacity;
  /** Joins the jobs, which need a capacity before they can be there. */
  run(jobs: DeviceJobs): void;
  /** Somebody looks at lists of processes, so that they come every second; answers the function that ends it. */
  watchProcesses(): () => void;
}

/** For how long a device must have been gone or broken before its jobs are ended: drivers reload, and the sampler may have to start anew. */
const lossMs = 3000;

/**
 * Nobody waits for a driver: until the devices have been looked for once there is only the processor. Those found by then get their ids
 * together, in one fixed order.
 */
export const createDeviceTable = (options: DeviceTableOptions): DeviceTable => {
  const { processor, sampler, now } = options;
  const found = createFoundDevices(now);
  const book = createDeviceBook({ ...options, processor: { key: processorKey, id: processor.device.id } });
  const lists = createProcessLists({ sampler, statOf: options.statOf });
  const lost = new Set<string>();
  const measuring = new Set<string>();
  const look = (): KnownDevice[] => knownDevices(processor.device, found.present(), book, measuring);
  let jobs: DeviceJobs | undefined;
  let hasLooked = false;
  /** Somebody was told something else in between, so that the next look is told in any case. */
  let wasAskedAgain = false;
  let known: readonly KnownDevice[] = [];
  /** What is known, with shares apart; asked for many times with each job that comes. */
  let divided: readonly Device[] = [];

  const see = (): void => {
    known = look();
    divided = known.flatMap(({ device, shares }) => divide(device, shares));
  };

  const wholeOf = (device: KnownDevice): WholeDevice => {
    const { id, kind, name, parent, cores = 0, memoryTotalBytes } = device.device;
    const [rest, ...parts] = divide(device.device, device.shares);
    const processes = lists.on(device.key);
    // Before the first measurement nobody can say that anything is free.
    const foreignBytes = device.isUnmeasured ? (memoryTotalBytes ?? 0) : foreignBytesOf(device.reading?.memoryUsedBytes, processes);
    // A job may hold more than it was granted from earlier runs; that is as little there for others as what strangers hold.
    const beyondBytes = findExcess(device, processes, jobs?.running() ?? []).reduce((sum, one) => sum + one.beyondBytes, 0);
    return {
      id,
      kind,
      name,
      cores,
      ...nodeOf(rest),
      ...(parent !== undefined && { parent }),
      ...(kind !== 'cpu' &&
        memoryTotalBytes !== undefined && {
          memory: { ...settingsOf(device), totalBytes: memoryTotalBytes, foreignBytes: foreignBytes + beyondBytes },
        }),
      foreign: holdersOf(processes),
      ...(device.unusable && { unusable: device.unusable }),
      shares: device.shares.map((share, index) => ({
        id: share.id,
        name,
        cores: share.coreIds?.length ?? 0,
        ...nodeOf(parts[index]),
        ...(share.memoryBytes !== undefined && { memoryBytes: share.memoryBytes }),
        ...(share.unusable && { unusable: share.unusable }),
      })),
    };
  };

  const machineFacts = (memory: ReturnType<Processor['memory']>): MemoryFacts => ({ ...settingsOf(processorOf(known)), ...memory });

  /** A device whose hardware is partitioned runs nothing itself. */
  const measure = (memory: ReturnType<Processor['memory']>): Capacity => {
    const absent: DeviceReason | undefined = hasLooked ? found.unanswered() : { code: 'device-sought', values: {} };
    const whole = known.filter(({ isPartitioned }) => !isPartitioned).map(wholeOf);
    return { ...capacityOf(machineFacts(memory), whole), ...(absent && { absent }) };
  };

  /** Looks at everything again and tells the scheduler what is worth telling. */
  const update = (): void => {
    see();
    // Whoever was there last cannot be known any more.
    for (const { key, fault } of known) if (fault) lists.forget(key);
    const next = measure(processor.memory());
    if (wasAskedAgain || isNotable(capacity, next)) {
      wasAskedAgain = false;
      capacity = next;
      jobs?.capacityChanged(next);
    }
    endLost();
    lists.watch(known, jobs?.running() ?? [], jobs?.isAnyWaiting() ?? false);
  };

  const endLost = (): void => {
    for (const { key, device, shares, fault, faultSince } of known) {
      // One that is only silent may well go on working; it gets nothing new.
      const isLost = fault !== undefined && fault.code !== 'device-silent' && faultSince !== undefined && now() - faultSince >= lossMs;
      if (!isLost) lost.delete(key);
      else if (jobs && !lost.has(key)) {
        lost.add(key);
        jobs.devicesLost([device.id, ...shares.map(({ id }) => id)], fault);
      }
    }
  };

  const tellSeen = (): void => {
    const running = jobs?.running() ?? [];
    for (const device of known) {
      for (const seen of findSeen(device, lists.on(device.key), running)) jobs?.seenOn(seen);
    }
  };

  const endExcess = (): void => {
    const running = jobs?.running() ?? [];
    for (const device of known) {
      for (const { jobId, device: id, usedBytes } of findExcess(device, lists.on(device.key), running)) {
        jobs?.deviceMemoryExceeded(jobId, id, usedBytes);
      }
    }
  };

  const onReport = (report: SamplerReport): void => {
    found.take(report);
    if (!hasLooked) return;
    if (report.kind === 'devices') void book.adopt(report.devices);
    if (report.kind === 'processes') lists.take(report.processes, found.present(), jobs?.running() ?? []);
    update();
    if (report.kind === 'processes') {
      tellSeen();
      endExcess();
    }
  };

  see();
  let capacity = measure(processor.memory());
  sampler.onReport(onReport);
  const looked = sampler.looked.then(() => {
    // Ids are there before anything else is awaited: what is found from now on is adopted as it is told.
    const remembered = book.adopt([...found.present().values()].map(({ facts }) => facts));
    hasLooked = true;
    update();
    return remembered;
  });

  const commands = createDeviceCommands({
    book,
    known: look,
    measuring,
    now,
    running: () => jobs?.running() ?? [],
    changed: update,
    looked,
  });

  return {
    ...commands,
    looked,
    states: () => {
      const running = jobs?.running() ?? [];
      const inputs = { jobs: running, sample: processor.latest() };
      return known.flatMap((device) => deviceStates(device, lists.on(device.key), inputs));
    },
    get devices() {
      return divided;
    },
    get capacity() {
      return capacity;
    },
    get grantable() {
      const facts = machineFacts({ ...processor.memory(), foreignBytes: 0 });
      return { cores: processor.device.cores ?? 1, memoryBytes: grantableBytes(facts) };
    },
    fresh() {
      const measured = measure(processor.freshMemory());
      wasAskedAgain ||= isNotable(capacity, measured);
      return measured;
    },
    run(given) {
      jobs = given;
      // It may have changed since the scheduler was made with it.
      jobs.capacityChanged(capacity);
      processor.sampled.subscribe(update);
    },
    energyOf: (id) => known.find(({ device }) => device.id === id)?.reading?.energyJ,
    capabilityOf: (id) => {
      const capability =
        known.find(({ device }) => device.id === id)?.capability ??
        known.flatMap(({ shares }) => shares).find((share) => share.id === id)?.capability;
      return capability && { ...capability, threads: capability.threads ?? 1 };
    },
    heldBy: (pids) =>
      known.flatMap((device) => {
        const held = lists.on(device.key).filter(({ pid }) => pids.includes(pid));
        const memoryBytes = held.reduce((sum, one) => sum + (one.memoryBytes ?? 0), 0);
        return memoryBytes > 0 ? [{ device: device.device.id, memoryBytes }] : [];
      }),
    watchProcesses: lists.addWatcher,
  };
};

const settingsOf = ({ reserveBytes, overcommit }: KnownDevice): Pick<MemoryFacts, 'reserveBytes' | 'overcommit'> => ({
  reserveBytes,
  overcommit,
});

const nodeOf = (device: Device | undefined): { numaNode?: number } => (device?.numaNode === undefined ? {} : { numaNode: device.numaNode });

const processorOf = (known: readonly KnownDevice[]): KnownDevice => {
  const found = known.find(({ device }) => device.kind === 'cpu');
  if (!found) throw new Error('the processor is not among the devices');
  return found;
};
