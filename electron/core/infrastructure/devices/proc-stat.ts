import type { CoreTimes, CpuCounters } from './cpu-counters.ts';

/**
 * The cpu lines of /proc/stat, which come first. Columns: user nice system idle iowait irq softirq steal guest guest_nice; old
 * kernels end earlier. Guest time is in user time already. Steal counts as busy: the core was not there to be used.
 */
export const parseProcStat = (text: string): CpuCounters | undefined => {
  let all: CoreTimes | undefined;
  const cores = new Map<number, CoreTimes>();
  for (const line of text.split('\n')) {
    const [name = '', ...columns] = line.trim().split(/\s+/);
    if (!name.startsWith('cpu')) break;
    const times = parseTimes(columns);
    if (times === undefined) continue;
    if (name === 'cpu') all = times;
    else cores.set(Number(name.slice(3)), times);
  }
  return all && { all, cores };
};

const parseTimes = (columns: readonly string[]): CoreTimes | undefined => {
  const times = columns.slice(0, 8).map(Number);
  // Four columns have been there since the first kernels.
  if (times.length < 4 || times.some((time) => !Number.isFinite(time))) return undefined;
  const total = times.reduce((sum, time) => sum + time, 0);
  const [, , , idle = 0, waiting = 0] = times;
  return { busy: total - idle - waiting, total };
};
