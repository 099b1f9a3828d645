import { expect, test } from 'vitest';
import { findTemperatureFile, type SysView } from './temperature.ts';

/** A sysfs of a few files; folders are what their paths say. */
const sysOf = (files: Record<string, string>): SysView => ({
  list: (folder) => [
    ...new Set(
      Object.keys(files).flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split('/')[0] ?? ''] : [])),
    ),
  ],
  read: (path) => files[path],
});

test('on AMD the die is taken, after a wireless card and a disk', () => {
  const sys = sysOf({
    'class/hwmon/hwmon0/name': 'nvme\n',
    'class/hwmon/hwmon0/temp1_input': '40000\n',
    'class/hwmon/hwmon2/name': 'k10temp\n',
    'class/hwmon/hwmon2/temp1_input': '61000\n',
    'class/hwmon/hwmon2/temp1_label': 'Tctl\n',
    'class/thermal/thermal_zone0/type': 'acpitz\n',
  });
  expect(findTemperatureFile(sys)).toBe('class/hwmon/hwmon2/temp1_input');
});

test('on Intel the package is taken before its cores', () => {
  const sys = sysOf({
    'class/hwmon/hwmon4/name': 'coretemp\n',
    'class/hwmon/hwmon4/temp10_input': '50000\n',
    'class/hwmon/hwmon4/temp10_label': 'Package id 0\n',
    'class/hwmon/hwmon4/temp2_input': '48000\n',
    'class/hwmon/hwmon4/temp2_label': 'Core 0\n',
  });
  expect(findTemperatureFile(sys)).toBe('class/hwmon/hwmon4/temp10_input');
});

test('a board without hwmon gives its thermal zone', () => {
  const sys = sysOf({
    'class/thermal/thermal_zone0/type': 'gpu-thermal\n',
    'class/thermal/thermal_zone1/type': 'cpu-thermal\n',
    'class/thermal/cooling_device0/type': 'fan\n',
  });
  expect(findTemperatureFile(sys)).toBe('class/thermal/thermal_zone1/temp');
});

test('a virtual machine has none, and the firmware’s fixed number is not taken for one', () => {
  expect(findTemperatureFile(sysOf({}))).toBeUndefined();
  expect(
    findTemperatureFile(sysOf({ 'class/thermal/thermal_zone0/type': 'acpitz\n', 'class/thermal/thermal_zone0/temp': '27800\n' })),
  ).toBeUndefined();
});
