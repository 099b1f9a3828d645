import type { DeviceState } from '../../../shared/contract/devices.ts';

export interface MemoryShares {
  /** What each running job holds, as measured. */
  jobs: readonly { id: number; name: string; group: string; bytes: number }[];
  /** Held by Switchyard's jobs, but not yet known by which. */
  oursBytes: number;
  othersBytes: number;
  /** Never granted, and free now. */
  keptBytes: number;
  freeBytes: number;
  totalBytes: number;
}

/** Whose the memory of a device is; nothing when it was not measured. The shares add up to the total. */
export const memoryShares = (device: DeviceState): MemoryShares | undefined => {
  const { memory } = device;
  if (memory?.usedBytes === undefined) return undefined;
  const { totalBytes } = memory;
  const used = Math.min(totalBytes, memory.usedBytes);
  const jobs = device.jobs.flatMap(({ id, name, group, usedBytes }) =>
    usedBytes === undefined ? [] : [{ id, name, group, bytes: usedBytes }],
  );
  const known = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  // Shared pages are counted once in the total but in every process, so the parts may exceed the whole.
  const ours = Math.min(used, Math.max(known, oursOf(device)));
  const scale = known > ours ? ours / known : 1;
  const keptBytes = Math.min(device.reserveBytes, totalBytes - used);
  return {
    jobs: jobs.map((job) => ({ ...job, bytes: job.bytes * scale })),
    oursBytes: ours - known * scale,
    othersBytes: used - ours,
    keptBytes,
    freeBytes: totalBytes - used - keptBytes,
    totalBytes,
  };
};

/** Held by jobs of ours, as the machine or the list of processes tells. */
const oursOf = ({ sample, processes }: DeviceState): number =>
  sample?.memoryOursBytes ?? processes.reduce((sum, { jobId, memoryBytes }) => sum + (jobId === undefined ? 0 : (memoryBytes ?? 0)), 0);
