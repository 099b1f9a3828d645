import fc from 'fast-check';
import { expect, test } from 'vitest';
import { giveIds } from './device-ids.ts';

const gpu = (key: string, pci?: string) => ({ key, kind: 'gpu' as const, ...(pci !== undefined && { pci }) });

test('devices found together are numbered in the order of their addresses, each kind from 0', () => {
  const found = [gpu('b', '0000:af:00.0'), gpu('c'), { key: 'n', kind: 'npu' as const, pci: '0000:00:0b.0' }, gpu('a', '0000:3b:00.0')];
  expect(Object.fromEntries(giveIds(new Map(), found))).toEqual({ a: 'gpu0', b: 'gpu1', c: 'gpu2', n: 'npu0' });
});

test('an id that a device, present or not, or a share once got is given to no other', () => {
  const taken = new Map([
    ['gone', 'gpu0'],
    ['share/gpu1', 'gpu1'],
  ]);
  expect(Object.fromEntries(giveIds(taken, [gpu('new', '0000:01:00.0')]))).toEqual({ new: 'gpu2' });
});

test('partitions of a device are numbered within it, also when it is found in the same moment', () => {
  const found = [{ ...gpu('MIG-b'), parentKey: 'GPU-1' }, { ...gpu('MIG-a'), parentKey: 'GPU-1' }, gpu('GPU-1', '0000:3b:00.0')];
  expect(Object.fromEntries(giveIds(new Map(), found))).toEqual({ 'GPU-1': 'gpu0', 'MIG-a': 'gpu0-mig0', 'MIG-b': 'gpu0-mig1' });
});

test('however devices come and go, an id means one device and a device has one id', () => {
  const device = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    kind: fc.constantFrom('gpu' as const, 'npu' as const, 'fpga' as const),
    pci: fc.constantFrom('0000:01:00.0', '0000:02:00.0', '0000:03:00.0'),
  });
  fc.assert(
    fc.property(fc.array(fc.array(device, { maxLength: 6 }), { maxLength: 8 }), (rounds) => {
      const taken = new Map<string, string>();
      for (const found of rounds) {
        for (const [key, id] of giveIds(taken, found)) {
          expect(taken.has(key)).toBe(false);
          taken.set(key, id);
        }
        for (const { key } of found) expect(taken.has(key)).toBe(true);
      }
      expect(new Set(taken.values()).size).toBe(taken.size);
    }),
  );
});
