import type { RanOn } from '../../../shared/model/job.ts';

/** The most that a job held of one of the devices that it was granted, which stand first; undefined where no driver told. */
export const peakOnDevices = (devices: RanOn['devices'] = [], granted: number): number | undefined => {
  const known = devices.slice(0, granted).flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
};
