import type { Device } from '../../../../shared/model/device.ts';
import type { Placement } from '../../../../shared/model/job.ts';
import type { Grant, PlacedFor } from '../../scheduler-port.ts';
import type { JobEntry } from './job-entry.ts';

/** What a grant means for the job that gets it, written down with its attempt. */
export const placementOf = (
  grant: Grant,
  devices: readonly Device[],
  { demand }: Pick<JobEntry, 'demand'>,
  { candidates: considered = [], near }: PlacedFor = {},
): Placement => {
  const nameOf = (id: string): string => find(devices, id)?.name ?? id;
  const coreIds = find(devices, grant.device)?.coreIds;
  const accelerators = grant.accelerators.map((one) => ({ ...one, deviceName: nameOf(one.device) }));
  return {
    device: grant.device,
    deviceName: nameOf(grant.device),
    cores: grant.cores,
    memoryBytes: grant.memoryBytes,
    ...(coreIds && { coreIds: [...coreIds] }),
    ...(accelerators.length > 0 && { accelerators }),
    ...(demand.fellBackFrom !== undefined && { fellBackFrom: demand.fellBackFrom }),
    ...(considered.length > 0 && { considered: considered.map((one) => ({ ...one, deviceName: nameOf(one.device) })) }),
    ...(near && { near }),
  };
};

/** The grant of an attempt that an earlier core started. */
export const grantOf = ({ device, cores, memoryBytes, accelerators = [] }: Placement): Grant => ({
  device,
  cores,
  memoryBytes,
  accelerators: accelerators.map((one) => ({ device: one.device, ...(one.memoryBytes !== undefined && { memoryBytes: one.memoryBytes }) })),
});

/** The devices beside the processor, with all that is known of them; one that is gone is named only. */
export const acceleratorsOf = ({ accelerators = [] }: Placement, devices: readonly Device[]): Device[] =>
  accelerators.flatMap(({ device }) => find(devices, device) ?? []);

/** What the user asked for, else all that the share it runs on has; undefined when nothing limits it. */
export const memoryLimitOf = ({ spec }: Pick<JobEntry, 'spec'>, placement: Placement, devices: readonly Device[]): number | undefined => {
  const processor = find(devices, placement.device);
  return spec.resources.memoryBytes ?? (processor?.parent === undefined ? undefined : processor.memoryTotalBytes);
};

const find = (devices: readonly Device[], id: string): Device | undefined => devices.find((device) => device.id === id);
