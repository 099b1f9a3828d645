/** What was used of how much, on average over the seconds in which both were known. */
export interface Used {
  readonly used: number;
  readonly total: number;
  readonly seconds: number;
}

/**
 * How much of a resource was used: what was used over what there was, both summed over devices and time. A large device counts for
 * more than a small one, and time in which nothing was measured for nothing. Undefined when nothing was measured.
 */
export const utilizationOf = (parts: readonly Used[]): { used: number; total: number; ratio: number } | undefined => {
  let used = 0;
  let total = 0;
  for (const part of parts) {
    used += part.used * part.seconds;
    total += part.total * part.seconds;
  }
  return total > 0 ? { used, total, ratio: used / total } : undefined;
};

/** What a device did, with what it can do where that was measured. */
interface Busy extends Used {
  readonly name: string;
  readonly gflops: number | undefined;
}

/**
 * Time in which devices were busy, made comparable: an hour of a fast device is more work than one of a slow. Devices of one name count
 * alike, unlike ones by what they can do beside the mean of them. Undefined when that was not measured of each.
 */
export const comparable = (devices: readonly Busy[]): Used[] | undefined => {
  if (devices.every(({ name }) => name === devices[0]?.name)) return [...devices];
  const known = devices.flatMap((device) => (device.gflops === undefined ? [] : [{ ...device, gflops: device.gflops }]));
  if (known.length < devices.length) return undefined;
  const mean = known.reduce((sum, { gflops }) => sum + gflops, 0) / known.length;
  return known.map(({ used, total, seconds, gflops }) => ({ used: (used * gflops) / mean, total: (total * gflops) / mean, seconds }));
};
