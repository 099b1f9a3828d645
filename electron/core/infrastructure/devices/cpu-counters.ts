import type { Sample } from '../../../../shared/model/device.ts';

/** Time that a core has spent since the machine started, in any one unit. */
export interface CoreTimes {
  readonly busy: number;
  readonly total: number;
}

export interface CpuCounters {
  readonly all: CoreTimes;
  /** By number; numbers of cores that are switched off are missing. */
  readonly cores: ReadonlyMap<number, CoreTimes>;
}

/** What was busy between two readings; absent where no time passed or the cores are not the same. */
export const percentsBetween = (before: CpuCounters, after: CpuCounters): Pick<Sample, 'cpuPercent' | 'corePercents'> => {
  const cpuPercent = percentBetween(before.all, after.all);
  const corePercents = [...after.cores].map(([number, times]) => percentBetween(before.cores.get(number), times));
  const isWhole = before.cores.size === after.cores.size && corePercents.every((percent) => percent !== undefined);
  return { ...(cpuPercent === undefined ? {} : { cpuPercent }), ...(isWhole ? { corePercents } : {}) };
};

const percentBetween = (before: CoreTimes | undefined, after: CoreTimes): number | undefined => {
  if (before === undefined) return undefined;
  const passed = after.total - before.total;
  if (passed <= 0) return undefined;
  // The kernel's idle and waiting times may step back a little, which would give less than 0 or more than 100.
  return Math.min(100, Math.max(0, ((after.busy - before.busy) / passed) * 100));
};
