import type { Device, DeviceCapability } from '../../../../shared/model/device.ts';
import type { SpeedOf } from './rooflines.ts';

interface Machine {
  devices(): readonly Device[];
  capabilityOf(device: string): (Pick<DeviceCapability, 'gflops' | 'gbPerSecond'> & { readonly threads: number }) | undefined;
}

/** A session has one thread, so that of a processor it gets a thread's part of what all of them were measured to do. A share that was not measured computes like its device. */
export const createSpeedOf =
  ({ devices, capabilityOf }: Machine): SpeedOf =>
  (device) => {
    const parent = devices().find(({ id }) => id === device)?.parent;
    const capability = capabilityOf(device) ?? (parent === undefined ? undefined : capabilityOf(parent));
    return capability && { gflops: capability.gflops / capability.threads, gbPerSecond: capability.gbPerSecond / capability.threads };
  };
