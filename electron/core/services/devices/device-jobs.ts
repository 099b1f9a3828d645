import type { Placement } from '../../../../shared/model/job.ts';
import type { DeviceReason } from '../../../../shared/model/reason.ts';
import type { Capacity } from '../../scheduler-port.ts';

/** A job with an attempt that runs, as far as devices care. */
export interface RunningJob {
  readonly id: number;
  readonly name: string;
  readonly group: string;
  readonly placement: Placement;
  readonly rootProcesses: readonly number[];
  /** Memory of the machine that its processes hold; absent until it was measured. */
  readonly usedBytes?: number;
}

/** Processes of a job that are on a device. */
export interface SeenJob {
  readonly jobId: number;
  readonly device: string;
  readonly pids: readonly number[];
  /** What they hold together; absent where the driver does not tell. */
  readonly bytes?: number;
}

/** What devices ask of the jobs and tell them. */
export interface DeviceJobs {
  running(): readonly RunningJob[];
  isAnyWaiting(): boolean;
  capacityChanged(capacity: Capacity): void;
  /** Jobs on these devices cannot go on. */
  devicesLost(ids: readonly string[], why: DeviceReason): void;
  seenOn(seen: SeenJob): void;
  /** The processes of a job hold more of a device's memory than it was granted. */
  deviceMemoryExceeded(jobId: number, device: string, usedBytes: number): void;
}

/** What a job was granted of a device; nothing when it was not granted that one. */
export const grantOn = (job: RunningJob, id: string): { cores: number; memoryBytes?: number } | undefined => {
  const { placement } = job;
  if (placement.device === id) return { cores: placement.cores, memoryBytes: placement.memoryBytes };
  const granted = placement.accelerators?.find(({ device }) => device === id);
  return granted && { cores: 0, ...(granted.memoryBytes !== undefined && { memoryBytes: granted.memoryBytes }) };
};
