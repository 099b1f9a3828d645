import type { DeviceState } from '../../../shared/contract/devices.ts';
import type { Sample } from '../../../shared/model/device.ts';
import type { MetricPoint, Quantity } from '../../../shared/model/metrics.ts';
import type { Measured } from '../../graphs/series.ts';

/** What of a device is drawn over time. */
export const measures = [
  'utilization',
  'memoryUsedBytes',
  'memoryOursBytes',
  'memoryUtilization',
  'powerW',
  'temperatureC',
  'frequencyMhz',
  'diskUsedBytes',
] as const;
export type Measure = (typeof measures)[number];
type Values = { readonly [Name in Measure]?: number | undefined };

/** One device at one moment; what was not measured then is absent. */
export interface Reading extends Measured, Values {
  corePercents?: readonly number[] | undefined;
  /** The highest of a stretch of time, where a reading stands for a whole one. */
  most?: Values;
}

/** The processor as the machine's sample has it. */
export const readingOfSample = (sample: Sample): Reading => ({
  at: sample.at,
  utilization: sample.cpuPercent,
  corePercents: sample.corePercents,
  memoryUsedBytes: sample.memoryUsedBytes,
  memoryOursBytes: sample.memoryOursBytes,
  powerW: sample.powerW,
  temperatureC: sample.temperatureC,
  frequencyMhz: sample.frequencyMhz,
  diskUsedBytes:
    sample.diskTotalBytes === undefined || sample.diskFreeBytes === undefined ? undefined : sample.diskTotalBytes - sample.diskFreeBytes,
});

/** Any device as its state has it now. */
export const readingOf = (device: DeviceState, at: number): Reading =>
  device.sample
    ? readingOfSample(device.sample)
    : {
        at,
        utilization: device.utilization,
        memoryUsedBytes: device.memory?.usedBytes,
        memoryUtilization: device.memoryUtilization,
        powerW: device.powerW,
        temperatureC: device.temperatureC,
        frequencyMhz: device.frequencyMhz,
      };

/** What is kept over time of a device, as far as the device has it. */
export const keptQuantities = [
  'utilization',
  'memoryUsedBytes',
  'memoryUtilization',
  'powerW',
  'temperatureC',
  'frequencyMhz',
] as const satisfies readonly (Quantity & Measure)[];
export type KeptQuantity = (typeof keptQuantities)[number];

/** Series of several quantities as readings, in the order of time. */
export const readingsOf = (series: readonly { quantity: KeptQuantity; points: readonly MetricPoint[] }[]): readonly Reading[] => {
  const readings = new Map<number, { at: number; most: Record<string, number> } & Record<string, unknown>>();
  for (const { quantity, points } of series) {
    for (const { at, mean, max } of points) {
      let reading = readings.get(at);
      if (!reading) readings.set(at, (reading = { at, most: {} }));
      reading[quantity] = mean;
      reading.most[quantity] = max;
    }
  }
  return [...readings.values()].sort((one, other) => one.at - other.at);
};

/** Both lists as one, in the order of time, each moment once, nothing older than is kept. */
export const mergeReadings = (known: readonly Reading[], more: readonly Reading[], keptMs: number): readonly Reading[] => {
  const first = more[0];
  const last = known.at(-1);
  const isAfter = !first || !last || first.at > last.at;
  // What is known already stays: a live reading says more than the series that is read later.
  const merged = isAfter ? [...known, ...more] : [...new Map([...more, ...known].map((reading) => [reading.at, reading])).values()];
  if (!isAfter) merged.sort((one, other) => one.at - other.at);
  const newest = merged.at(-1)?.at ?? 0;
  return merged.filter((reading) => reading.at > newest - keptMs);
};
