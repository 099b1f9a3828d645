import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createNameDevice, findPciName } from './pci-names.ts';

const list = `# comment
1002  Advanced Micro Devices, Inc. [AMD/ATI]
\t744c  Navi 31 [Radeon RX 7900 XT/7900 XTX]
\t\t1002 0e3b  RX 7900 GRE
\t46a6  Not the one of Intel
8086  Intel Corporation
\t46a6  Alder Lake-P GT2 [Iris Xe Graphics]
\t7d1d  Meteor Lake NPU
C 03  Display controller
\t00  VGA compatible controller
`;

test('the name in brackets is the one on the box', () => {
  expect(findPciName(list, '1002', '744c')).toBe('Radeon RX 7900 XT/7900 XTX');
  expect(findPciName(list, '8086', '46a6')).toBe('Iris Xe Graphics');
  expect(findPciName(list, '8086', '7d1d')).toBe('Meteor Lake NPU');
});

test('what the list does not know has no name', () => {
  expect(findPciName(list, '8086', '744c')).toBeUndefined();
  expect(findPciName(list, 'ffff', '0000')).toBeUndefined();
  expect(findPciName('', '8086', '46a6')).toBeUndefined();
});

test('a device has its name from the list, else from its numbers, else from its kind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'pci.ids'), list);
  const name = createNameDevice([join(folder, 'missing'), join(folder, 'pci.ids')]);
  expect(name('Intel', 'GPU', { vendorId: '8086', deviceId: '46a6' })).toBe('Intel Iris Xe Graphics');
  expect(name('AMD', 'GPU', { vendorId: '1002', deviceId: '0001' })).toBe('AMD GPU [1002:0001]');
  expect(name(undefined, 'NPU', {})).toBe('NPU');
  expect(createNameDevice([])('AMD', 'GPU', { vendorId: '1002', deviceId: '744c' })).toBe('AMD GPU [1002:744c]');
});
