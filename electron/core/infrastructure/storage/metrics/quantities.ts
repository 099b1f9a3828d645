import type { Quantity } from '../../../../../shared/model/metrics.ts';

/** What one stored unit stands for: memory is kept in steps of 64 KiB, so that 128 GiB take three bytes. */
const memoryStep = 1 / 65_536;

/** How many stored units one unit of the quantity is. A number that was ever released is never changed. */
const scales: Readonly<Record<Quantity, number>> = {
  utilization: 10,
  memoryUsedBytes: memoryStep,
  memoryTotalBytes: memoryStep,
  memoryUtilization: 10,
  powerW: 10,
  temperatureC: 10,
  frequencyMhz: 1,
  cores: 100,
  grantedCores: 100,
  grantedMemoryBytes: memoryStep,
  grantedDeviceMemoryBytes: memoryStep,
  coresUsed: 100,
  deviceMemoryUsedBytes: memoryStep,
};

export const toStored = (quantity: Quantity, value: number): number => Math.round(value * scales[quantity]);
export const fromStored = (quantity: Quantity, stored: number): number => stored / scales[quantity];
