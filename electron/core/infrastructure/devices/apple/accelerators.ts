import type { DeviceReading } from '../../../../../shared/model/device.ts';
import { present } from '../present.ts';

/** An entry of `ioreg -r -d 1 -w 0 -c IOAccelerator -l`. */
export interface Accelerator {
  /** Of its driver: AGX of Apple, and others. */
  readonly vendor: string | undefined;
  readonly reading: DeviceReading;
}

/** Entries begin with `+-o AGXAcceleratorG13X  <class …>`; their figures stand on one line. */
export const parseAccelerators = (text: string): Accelerator[] =>
  text
    .split(/^[\s|]*\+-o /m)
    .slice(1)
    .map((entry) => ({
      vendor: vendorOf(entry),
      reading: readStatistics(/"PerformanceStatistics" = \{([^\n]*)\}/.exec(entry)?.[1] ?? ''),
    }));

const drivers: readonly (readonly [RegExp, string])[] = [
  [/^AGX/, 'Apple'],
  [/^AMD/, 'AMD'],
  [/^(Intel|IOIntel|Gen\d)/, 'Intel'],
  [/^(nv|NV)/, 'NVIDIA'],
];

const vendorOf = (entry: string): string | undefined => drivers.find(([name]) => name.test(entry))?.[1];

const readStatistics = (text: string): DeviceReading => {
  const number = (name: string): number | undefined => {
    const at = text.indexOf(`"${name}"=`);
    const digits = at === -1 ? undefined : /^\d+/.exec(text.slice(at + name.length + 3))?.[0];
    return digits === undefined ? undefined : Number(digits);
  };
  const temperatureC = number('Temperature(C)');
  return present<DeviceReading>({
    utilization: percent(number('Device Utilization %')) ?? percent(number('GPU Activity(%)')),
    // A card's own memory, else what the driver has of the machine's.
    memoryUsedBytes: number('vramUsedBytes') ?? number('In use system memory'),
    temperatureC: temperatureC === 0 ? undefined : temperatureC,
    frequencyMhz: number('Core Clock(MHz)'),
    memoryFrequencyMhz: number('Memory Clock(MHz)'),
    fanPercent: percent(number('Fan Speed(%)')),
  });
};

/** Some drivers count past the whole. */
const percent = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.min(100, value));
