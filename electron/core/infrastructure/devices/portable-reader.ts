import { availableParallelism, cpus, freemem, totalmem, type CpuInfo } from 'node:os';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { CpuCounters } from './cpu-counters.ts';
import type { MachineReader } from './machine-reader.ts';

/** What macOS calls free leaves out pages that can be taken at once, and temperature needs a driver: both are asked for in the background. */
const slowEveryMs = 5000;

/** Any system, through Node and systeminformation. */
export const createPortableReader = (lifetime: Lifetime): MachineReader => {
  let availableBytes: number | undefined;
  let temperatureC: number | undefined;

  const ask = async (): Promise<void> => {
    const { default: system } = await import('systeminformation');
    const [memory, temperature] = await Promise.all([system.mem(), system.cpuTemperature()]);
    availableBytes = memory.available > 0 ? memory.available : undefined;
    // -1 or null where the system does not tell.
    temperatureC = temperature.main > 0 ? temperature.main : undefined;
  };
  const timer = setInterval(() => void ask(), slowEveryMs);
  lifetime.add(() => clearInterval(timer));
  void ask();

  return {
    counters: () => countersOf(cpus()),
    memory: () => ({ totalBytes: totalmem(), availableBytes: Math.min(totalmem(), availableBytes ?? freemem()) }),
    frequencyMhz: () => cpus().find((core) => core.speed > 0)?.speed,
    temperatureC: () => temperatureC,
    // Neither is told without a program of its own.
    powerW: () => undefined,
    usableCores: () => ({ count: availableParallelism() }),
    topology: () => undefined,
  };
};

/** Node's per-core times as counters; an empty list, which some systems give, is nothing. */
export const countersOf = (cores: readonly Pick<CpuInfo, 'times'>[]): CpuCounters | undefined => {
  if (cores.length === 0) return undefined;
  const times = cores.map(({ times: { user, nice, sys, irq, idle } }) => ({
    busy: user + nice + sys + irq,
    total: user + nice + sys + irq + idle,
  }));
  const all = times.reduce((sum, core) => ({ busy: sum.busy + core.busy, total: sum.total + core.total }));
  return { all, cores: new Map(times.entries()) };
};
