import { statfs } from 'node:fs/promises';
import type { Device, Sample } from '../../../../shared/model/device.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { Probe } from '../../ports.ts';
import { percentsBetween, type CpuCounters } from './cpu-counters.ts';
import { readCpuFacts } from './cpu-facts.ts';
import { createLinuxReader } from './linux-reader.ts';
import type { CpuFacts, MachineReader, Memory } from './machine-reader.ts';
import { createPortableReader } from './portable-reader.ts';
import { present } from './present.ts';

export interface CpuProbeOptions {
  /** Its disk is the one that is measured. */
  readonly dataFolder: string;
  /** Closes what the probe keeps open. */
  readonly lifetime: Lifetime;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** SWITCHYARD_PROCFS and SWITCHYARD_SYSFS replace /proc and /sys. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The machine's processor with its memory, and the disk of the data folder. */
export const createCpuProbe = ({ dataFolder, lifetime, now, environment = process.env }: CpuProbeOptions): Probe => {
  const { SWITCHYARD_PROCFS: procfs, SWITCHYARD_SYSFS: sysfs } = environment;
  const isLinux = process.platform === 'linux' || procfs !== undefined;
  const reader = isLinux
    ? createLinuxReader({ procfs: procfs ?? '/proc', sysfs: sysfs ?? '/sys', lifetime, now })
    : createPortableReader(lifetime);
  const disk = createDiskReader(dataFolder, now);
  let previous: CpuCounters | undefined;

  return {
    discover: async () => {
      const [facts] = await Promise.all([readCpuFacts(procfs), disk.refresh()]);
      previous = reader.counters();
      // The first reading of a counter tells nothing yet.
      reader.powerW();
      return [describeCpu(facts, reader)];
    },
    sample: () => {
      const counters = reader.counters();
      const percents = previous && counters ? percentsBetween(previous, counters) : {};
      previous = counters;
      void disk.refreshWhenOld();
      return present<Sample>({
        at: now(),
        ...percents,
        frequencyMhz: reader.frequencyMhz(),
        temperatureC: reader.temperatureC(),
        powerW: reader.powerW(),
        ...describeMemory(reader.memory()),
        ...disk.latest(),
      });
    },
    memory: () => describeMemory(reader.memory()),
  };
};

const describeCpu = (facts: CpuFacts, reader: MachineReader): Device => {
  const { count, coreIds } = reader.usableCores();
  return present<Device>({
    id: 'cpu',
    kind: 'cpu',
    name: facts.model ?? 'CPU',
    vendor: facts.vendor,
    cores: count,
    coreIds,
    physicalCores: facts.physicalCores,
    topology: reader.topology(),
    memoryTotalBytes: reader.memory()?.totalBytes,
    providers: ['cpu'],
  });
};

const describeMemory = (memory: Memory | undefined): Pick<Sample, 'memoryTotalBytes' | 'memoryUsedBytes'> =>
  memory === undefined ? {} : { memoryTotalBytes: memory.totalBytes, memoryUsedBytes: memory.totalBytes - memory.availableBytes };

/** A disk fills slowly, and asking for it may wait for a network. */
const diskEveryMs = 5000;

const createDiskReader = (folder: string, now: () => number) => {
  let reading: Pick<Sample, 'diskTotalBytes' | 'diskFreeBytes'> = {};
  let askedAt = -Infinity;
  let isAsking = false;

  const refresh = async (): Promise<void> => {
    askedAt = now();
    isAsking = true;
    try {
      const { bsize, blocks, bavail } = await statfs(folder);
      reading = { diskTotalBytes: blocks * bsize, diskFreeBytes: bavail * bsize };
    } catch {
      // A folder that is gone or unreachable has no figures; whoever writes to it says why.
      reading = {};
    } finally {
      isAsking = false;
    }
  };

  return {
    refresh,
    refreshWhenOld: async (): Promise<void> => {
      if (!isAsking && now() - askedAt >= diskEveryMs) await refresh();
    },
    latest: () => reading,
  };
};
