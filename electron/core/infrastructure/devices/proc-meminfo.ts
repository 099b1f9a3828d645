import type { Memory } from './machine-reader.ts';

/** MemTotal and MemAvailable of /proc/meminfo in bytes. Kernels before 3.14 have no MemAvailable; free and cached come near. */
export const parseMeminfo = (text: string): Memory | undefined => {
  const field = (name: string): number | undefined => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  };
  const totalBytes = field('MemTotal');
  const free = field('MemFree');
  const availableBytes =
    field('MemAvailable') ?? (free === undefined ? undefined : free + (field('Buffers') ?? 0) + (field('Cached') ?? 0));
  if (totalBytes === undefined || availableBytes === undefined) return undefined;
  return { totalBytes, availableBytes: Math.min(totalBytes, availableBytes) };
};
