import type { DeviceProcess } from '../../../../shared/model/device.ts';
import type { DeviceCapacity } from '../../scheduler-port.ts';
import { grantOn, type RunningJob, type SeenJob } from './device-jobs.ts';
import type { KnownDevice } from './known-devices.ts';

/** More names than these help nobody who waits. */
const mostHolders = 8;

/**
 * What programs that are not ours hold of a device. Readings come more often than lists of processes, so both are believed: what the list
 * shows, and whatever is used beyond what our own processes held when they were last listed. `used` bounds both: who has ended holds nothing.
 */
export const foreignBytesOf = (used: number | undefined, processes: readonly DeviceProcess[]): number => {
  const ours = sumOf(processes.filter(({ jobId }) => jobId !== undefined));
  const listed = sumOf(processes.filter(({ jobId }) => jobId === undefined));
  return used === undefined ? listed : Math.min(used, Math.max(listed, used - ours));
};

/** Programs that are not ours, the largest first. */
export const holdersOf = (processes: readonly DeviceProcess[]): DeviceCapacity['foreign'] =>
  processes
    .filter(({ jobId, memoryBytes = 0 }) => jobId === undefined && memoryBytes > 0)
    .toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))
    .slice(0, mostHolders)
    .map(({ pid, name, memoryBytes = 0 }) => ({ pid, name: name ?? 'pid', bytes: memoryBytes }));

export interface Excess {
  readonly jobId: number;
  readonly device: string;
  readonly usedBytes: number;
  /** What it holds beyond its grant. */
  readonly beyondBytes: number;
}

/**
 * Jobs whose processes hold more of a device than they were granted of it and of its shares together; the driver tells only which device
 * a process is on, not which share. Who was granted a device whole has no limit.
 */
export const findExcess = (device: KnownDevice, processes: readonly DeviceProcess[], jobs: readonly RunningJob[]): Excess[] => {
  const ids = [device.device.id, ...device.shares.map(({ id }) => id)];
  return jobs.flatMap((job) => {
    const granted = ids.flatMap((id) => {
      const grant = grantOn(job, id);
      return grant ? [{ id, memoryBytes: grant.memoryBytes }] : [];
    });
    const [first] = granted;
    const limit = granted.reduce<number | undefined>((sum, { memoryBytes }) => plus(sum, memoryBytes), 0);
    const usedBytes = usedBy(job.id, processes);
    return first && limit !== undefined && usedBytes > limit
      ? [{ jobId: job.id, device: first.id, usedBytes, beyondBytes: usedBytes - limit }]
      : [];
  });
};

/** Which jobs are on a device, as its driver lists their processes: under the share that they were granted, because a share has no list. */
export const findSeen = (device: KnownDevice, processes: readonly DeviceProcess[], jobs: readonly RunningJob[]): SeenJob[] =>
  jobs.flatMap((job) => {
    const own = processes.filter(({ jobId }) => jobId === job.id);
    if (own.length === 0) return [];
    const at = [device.device, ...device.shares].find(({ id }) => grantOn(job, id)) ?? device.device;
    const isTold = own.some(({ memoryBytes }) => memoryBytes !== undefined);
    return [{ jobId: job.id, device: at.id, pids: own.map(({ pid }) => pid), ...(isTold && { bytes: sumOf(own) }) }];
  });

/** What the processes of a job hold of a device. */
export const usedBy = (jobId: number, processes: readonly DeviceProcess[]): number =>
  sumOf(processes.filter((process) => process.jobId === jobId));

const plus = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a + b);

const sumOf = (processes: readonly DeviceProcess[]): number => processes.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
