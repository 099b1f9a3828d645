import { describe, expect, test } from 'vitest';
import { gpuFields, parseDeviceMinor, parseGpuRow, parseProcessRow, parseUnknownField, saysNoDevice } from './nvidia-smi-rows.ts';

const uuid = 'GPU-5c5dd8ab-6a4a-0e5b-a3b5-0a2d3c4e5f60';
const line =
  `0, 2, ${uuid}, NVIDIA H100 80GB HBM3, 00000000:3B:00.0, 550.54.15, 81559, 1024, 80000, 37, 12, 123.45, 700.00, 41, 1980, 2619, ` +
  '0x0000000000000024, 0, [N/A], Disabled';

describe('a row about a GPU', () => {
  test('tells what it is and how it is', () => {
    expect(parseGpuRow(line, gpuFields, (pci) => (pci === '0000:3b:00.0' ? 4 : undefined))).toEqual({
      index: 0,
      count: 2,
      found: {
        key: uuid,
        kind: 'gpu',
        name: 'NVIDIA H100 80GB HBM3',
        vendor: 'NVIDIA',
        uuid,
        pci: '0000:3b:00.0',
        driver: '550.54.15',
        memoryTotalBytes: 81_559 * 2 ** 20,
        powerLimitW: 700,
        providers: [],
        nodes: ['/dev/nvidia4', '/dev/nvidiactl', '/dev/nvidia-uvm'],
        advice: ['persistence-mode-off'],
      },
      reading: {
        utilization: 37,
        memoryUsedBytes: (81_559 - 80_000) * 2 ** 20,
        memoryUtilization: 12,
        powerW: 123.45,
        temperatureC: 41,
        frequencyMhz: 1980,
        memoryFrequencyMhz: 2619,
        throttled: ['power cap', 'heat (driver)'],
        eccErrors: 0,
      },
    });
  });

  test.each(['[N/A]', '[Not Supported]', '[Unknown Error]', '[Insufficient Permissions]', 'N/A', ''])(
    'with %s for a value lacks that field and no other',
    (text) => {
      const row = parseGpuRow(line.replace('123.45', text), gpuFields);
      expect(row?.reading).not.toHaveProperty('powerW');
      expect(row?.reading).toMatchObject({ utilization: 37, temperatureC: 41 });
    },
  );

  test('with nothing known but its name is still a device', () => {
    const unknown = [0, 1, uuid, 'NVIDIA GB10', ...Array.from({ length: gpuFields.length - 4 }, () => '[N/A]')].join(', ');
    expect(parseGpuRow(unknown, gpuFields)).toEqual({
      index: 0,
      count: 1,
      found: { key: uuid, kind: 'gpu', name: 'NVIDIA GB10', vendor: 'NVIDIA', uuid, providers: [] },
      reading: {},
    });
  });

  test('without a single byte free has all its memory used', () => {
    expect(parseGpuRow(line.replace(' 80000,', ' 0,'), gpuFields)?.reading).toMatchObject({ memoryUsedBytes: 81_559 * 2 ** 20 });
  });

  test('that is lost says so instead of being read', () => {
    expect(parseGpuRow(line.replace(' 37,', ' [GPU is lost],'), gpuFields)?.reading).toEqual({ error: 'nvidia-smi says: GPU is lost' });
  });

  test('is read without the fields that were not asked for', () => {
    expect(parseGpuRow(`1, 2, ${uuid}, NVIDIA T4, 12`, ['index', 'count', 'uuid', 'name', 'utilization.gpu'])?.reading).toEqual({
      utilization: 12,
    });
  });

  test.each(['No devices were found', '', 'index, count, uuid', 'NVIDIA-SMI has failed because it could not …', `x, y, ${uuid}`])(
    'is not made of %j',
    (text) => expect(parseGpuRow(text, gpuFields)).toBeUndefined(),
  );
});

describe('a row about a process', () => {
  test('tells its device, memory and program', () => {
    expect(parseProcessRow(`${uuid}, 4242, 1024, /usr/bin/python3`)).toEqual({
      key: uuid,
      process: { pid: 4242, memoryBytes: 2 ** 30, name: 'python3' },
    });
  });

  test('may have commas in the name, and neither memory nor name', () => {
    expect(parseProcessRow(`${uuid}, 7, [N/A], C:\\apps\\one, two.exe`)?.process).toEqual({ pid: 7, name: 'one, two.exe' });
    expect(parseProcessRow(`${uuid}, 7, 5, [Not Found]`)?.process).toEqual({ pid: 7, memoryBytes: 5 * 2 ** 20 });
  });

  test.each(['', 'No running processes found', `${uuid}, [N/A], 5, a`, 'GPU-1'])('is not made of %j', (text) =>
    expect(parseProcessRow(text)).toBeUndefined(),
  );
});

test('complaints are understood', () => {
  expect(parseUnknownField('Field "clocks_throttle_reasons.active" is not a valid field to query.\n')).toBe(
    'clocks_throttle_reasons.active',
  );
  expect(parseUnknownField(line)).toBeUndefined();
  expect(saysNoDevice('No devices were found')).toBe(true);
  expect(saysNoDevice(line)).toBe(false);
});

test("the number of a device's file is read from the kernel's words", () => {
  expect(parseDeviceMinor('Model: \t\t NVIDIA T4\nDevice Minor: \t 3\nGPU Excluded:\t No\n')).toBe(3);
  expect(parseDeviceMinor('')).toBeUndefined();
});
