import { expect, test } from 'vitest';
import { parseAccelerators } from './accelerators.ts';

const apple = `+-o AGXAcceleratorG13X  <class AGXAcceleratorG13X, id 0x10000049d, registered, matched, active, busy 0 (95 ms), retain 113>
    {
      "IOClass" = "AGXAcceleratorG13X"
      "IOReportLegend" = ({"IOReportChannels"=((1,2,"Alloc system memory"),(3,4,"In use system memory"))})
      "PerformanceStatistics" = {"In use system memory (driver)"=5,"Alloc system memory"=52967440384,"Tiler Utilization %"=10,"recoveryCount"=0,"Device Utilization %"=16,"Renderer Utilization %"=15,"In use system memory"=2363801600}
      "model" = "Apple M1"
    }
`;

test("Apple's driver tells load and memory", () => {
  expect(parseAccelerators(apple)).toEqual([{ vendor: 'Apple', reading: { utilization: 16, memoryUsedBytes: 2363801600 } }]);
});

test('of two drivers each has its own figures', () => {
  const text = `+-o IntelAccelerator  <class IntelAccelerator, id 0x1, registered, matched, active, busy 0 (14 ms), retain 106>
    {
      "PerformanceStatistics" = {"Device Utilization %"=230,"inUseSysMemoryBytes"=1}
    }

+-o AMDRadeonX6000_AMDNavi14GraphicsAccelerator  <class AMDRadeonX6000, id 0x2, registered>
    {
      "PerformanceStatistics" = {"vramUsedBytes"=1048576,"Temperature(C)"=57,"Fan Speed(%)"=20,"Core Clock(MHz)"=800,"Memory Clock(MHz)"=0,"Device Utilization %"=3}
    }
`;
  expect(parseAccelerators(text)).toEqual([
    { vendor: 'Intel', reading: { utilization: 100 } },
    {
      vendor: 'AMD',
      reading: { utilization: 3, memoryUsedBytes: 2 ** 20, temperatureC: 57, fanPercent: 20, frequencyMhz: 800, memoryFrequencyMhz: 0 },
    },
  ]);
});

test('an entry without figures is an accelerator all the same, and no entry is none', () => {
  expect(parseAccelerators('+-o Something  <class Something>\n    {\n      "PerformanceStatistics" = {}\n    }\n')).toEqual([
    { vendor: undefined, reading: {} },
  ]);
  expect(parseAccelerators('+-o AGXAcceleratorG14  <class X>\n{\n')).toEqual([{ vendor: 'Apple', reading: {} }]);
  expect(parseAccelerators('')).toEqual([]);
});
