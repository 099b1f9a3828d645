import { expect, test } from 'vitest';
import { parseDisplays } from './displays.ts';

test('a processor of Apple shares the memory of the machine', () => {
  const json = JSON.stringify({
    SPDisplaysDataType: [
      {
        _name: 'Apple M4 Max',
        spdisplays_mtlgpufamilysupport: 'spdisplays_metal4',
        spdisplays_ndrvs: [{ _name: 'Color LCD' }],
        spdisplays_vendor: 'sppci_vendor_Apple',
        sppci_bus: 'spdisplays_builtin',
        sppci_cores: '40',
        sppci_device_type: 'spdisplays_gpu',
        sppci_model: 'Apple M4 Max',
      },
    ],
  });
  expect(parseDisplays(json)).toEqual([{ name: 'Apple M4 Max', vendor: 'Apple' }]);
});

test('an older machine has two, of which one has memory', () => {
  const json = JSON.stringify({
    SPDisplaysDataType: [
      {
        sppci_model: 'Intel UHD Graphics 630',
        spdisplays_vendor: 'Intel',
        spdisplays_vram_shared: '1536 MB',
        sppci_device_type: 'spdisplays_gpu',
      },
      {
        sppci_model: 'AMD Radeon Pro 5500M',
        spdisplays_vendor: 'sppci_vendor_amd',
        spdisplays_vram: '8 GB',
        sppci_device_type: 'spdisplays_gpu',
      },
      { sppci_model: 'Radeon RX 580', spdisplays_vendor: 'AMD (0x1002)', spdisplays_vram: '4096 MB' },
    ],
  });
  expect(parseDisplays(json)).toEqual([
    { name: 'Intel UHD Graphics 630', vendor: 'Intel' },
    { name: 'AMD Radeon Pro 5500M', vendor: 'AMD', memoryTotalBytes: 8 * 2 ** 30 },
    { name: 'Radeon RX 580', vendor: 'AMD', memoryTotalBytes: 4 * 2 ** 30 },
  ]);
});

test.each(['', 'not json', '{}', '{"SPDisplaysDataType":[{"sppci_model":7}]}', '[]'])('%j is no report', (text) => {
  expect(parseDisplays(text)).toBeUndefined();
});

test('a machine without graphics has an empty report', () => {
  expect(parseDisplays('{"SPDisplaysDataType":[]}')).toEqual([]);
});
