import { readFile } from 'node:fs/promises';

/** How often the kernel has ended a process because the machine had no memory left: only grows, 0 where nobody counts. */
export const countMemoryKills = async (): Promise<number> => parseMemoryKills(await readFile('/proc/vmstat', 'utf8').catch(() => ''));

export const parseMemoryKills = (vmstat: string): number => Number(/^oom_kill (\d+)$/m.exec(vmstat)?.[1] ?? 0);
