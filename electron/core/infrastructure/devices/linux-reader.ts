import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lifetime } from '../../lib/lifetime.ts';
import { findLimits, parseInactiveFile, type Limits, type MemoryLimit } from './cgroup.ts';
import { readTopology } from './cpu-topology.ts';
import type { MachineReader, Memory, UsableCores } from './machine-reader.ts';
import { openFile, type OpenFile } from './open-file.ts';
import { createPowerReader } from './package-energy.ts';
import { parseCpuinfo } from './proc-cpuinfo.ts';
import { parseMeminfo } from './proc-meminfo.ts';
import { parseProcStat } from './proc-stat.ts';
import { parseAllowedCores } from './proc-status.ts';
import { openSystemFolder, type SystemFolder } from './sysfs/system-folder.ts';
import { findTemperatureFile } from './temperature.ts';

interface LinuxReaderOptions {
  readonly procfs: string;
  readonly sysfs: string;
  readonly lifetime: Lifetime;
  readonly now: () => number;
}

/** Reads /proc and /sys through files that stay open. */
export const createLinuxReader = ({ procfs, sysfs, lifetime, now }: LinuxReaderOptions): MachineReader => {
  const open = (path: string): OpenFile | undefined => openFile(path, lifetime);
  const stat = open(join(procfs, 'stat'));
  const meminfo = open(join(procfs, 'meminfo'));
  const sys = openSystemFolder(sysfs);
  const temperature = openTemperature(sys, sysfs, open);
  const limits = findLimits(readText(join(procfs, 'self/cgroup')) ?? '', join(sysfs, 'fs/cgroup'), readText);
  const capMemory = createMemoryCap(limits.memory, open);
  const counters = (): ReturnType<typeof parseProcStat> => parse(stat?.read(), parseProcStat);
  const onlineCores = (): number[] | undefined => sorted(counters()?.cores.keys());

  return {
    counters,
    memory: () => capMemory(parse(meminfo?.read(), parseMeminfo)),
    frequencyMhz: createFrequencyReader(procfs, sysfs, open, now),
    temperatureC: () => parse(temperature?.read(), parseTemperature),
    powerW: createPowerReader(sys, (file) => join(sysfs, file), lifetime, now),
    usableCores: () => chooseUsableCores(onlineCores(), parse(readText(join(procfs, 'self/status')), parseAllowedCores), limits),
    topology: () => readTopology(sys, onlineCores() ?? []),
  };
};

/** Only at the start; sampling uses open files. */
const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};

const parse = <T>(text: string | undefined, parser: (text: string) => T | undefined): T | undefined =>
  text === undefined ? undefined : parser(text);

/** The kernel gives millidegrees; a sensor that sleeps answers 0. */
const parseTemperature = (text: string): number | undefined => {
  const millidegrees = Number.parseInt(text, 10);
  return millidegrees > 0 ? millidegrees / 1000 : undefined;
};

const openTemperature = (sys: SystemFolder, sysfs: string, open: (path: string) => OpenFile | undefined): OpenFile | undefined => {
  const path = findTemperatureFile(sys);
  return path === undefined ? undefined : open(join(sysfs, path));
};

const sorted = (ids: Iterable<number> | undefined): number[] | undefined =>
  ids === undefined ? undefined : [...ids].sort((one, other) => one - other);

/** What affinity and control groups leave of the cores that are switched on; at least one, for we do run. */
const chooseUsableCores = (online: readonly number[] | undefined, allowed: readonly number[] | undefined, limits: Limits): UsableCores => {
  const all = online ?? allowed ?? [];
  const own = [allowed, limits.coreIds].reduce<readonly number[]>((ids, some) => (some ? ids.filter((id) => some.includes(id)) : ids), all);
  const isLimited = own.length > 0 && own.length < all.length;
  const count = Math.max(1, Math.floor(Math.min(own.length === 0 ? all.length : own.length, limits.cores ?? Infinity)));
  return { count, ...(isLimited ? { coreIds: [...own] } : {}) };
};

/** Lowers the machine's memory to what our control groups may use. */
const createMemoryCap = (limits: readonly MemoryLimit[], open: (path: string) => OpenFile | undefined) => {
  const groups = limits.map(({ bytes, usageFile, statFile }) => ({ bytes, usage: open(usageFile), stat: open(statFile) }));
  return (memory: Memory | undefined): Memory | undefined =>
    memory &&
    groups
      .filter(({ bytes }) => bytes < memory.totalBytes)
      .reduce(({ totalBytes, availableBytes }, { bytes, usage, stat }) => {
        const usedBytes = Number(usage?.read() ?? NaN) - (parse(stat?.read(), parseInactiveFile) ?? 0);
        const freeBytes = Number.isFinite(usedBytes) ? Math.max(0, bytes - usedBytes) : bytes;
        return { totalBytes: Math.min(totalBytes, bytes), availableBytes: Math.min(availableBytes, freeBytes) };
      }, memory);
};

/** Cores whose frequency is read each time: a sysfs read costs some microseconds, and a few cores tell as much as a hundred. */
const frequencyCores = 8;
/** /proc/cpuinfo is written anew for all cores, flags and all, at each reading. */
const cpuinfoEveryMs = 5000;

const createFrequencyReader = (procfs: string, sysfs: string, open: (path: string) => OpenFile | undefined, now: () => number) => {
  const files = Array.from({ length: frequencyCores }, (_, core) =>
    open(join(sysfs, `devices/system/cpu/cpu${core}/cpufreq/scaling_cur_freq`)),
  );
  const known = files.filter((file) => file !== undefined);
  if (known.length > 0) return () => meanMhz(known.map((file) => Number(file.read())));

  let latest = parse(readText(join(procfs, 'cpuinfo')), parseCpuinfo)?.frequencyMhz;
  let readAt = now();
  const refresh = async (): Promise<void> => {
    readAt = now();
    try {
      latest = parseCpuinfo(await readFile(join(procfs, 'cpuinfo'), 'latin1')).frequencyMhz;
    } catch {
      latest = undefined;
    }
  };
  return () => {
    if (latest !== undefined && now() - readAt >= cpuinfoEveryMs) void refresh();
    return latest;
  };
};

const meanMhz = (kilohertz: readonly number[]): number | undefined => {
  const known = kilohertz.filter((value) => value > 0);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length / 1000;
};
