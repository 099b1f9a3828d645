import { expect, test } from 'vitest';
import { parseBusAddress } from './bus-address.ts';

test("a bus address is written as the kernel writes it, whatever the driver's form", () => {
  expect(parseBusAddress('00000000:3B:00.0')).toBe('0000:3b:00.0');
  expect(parseBusAddress('0000:3b:00.0')).toBe('0000:3b:00.0');
  expect(parseBusAddress('00010000:3B:00.0')).toBe('10000:3b:00.0');
  expect(parseBusAddress('00000009:01:00.0')).toBe('0009:01:00.0');
});

test('anything else is no address', () => {
  for (const text of ['', 'N/A', '[N/A]', '3b:00.0', '0000:3b:00']) expect(parseBusAddress(text)).toBeUndefined();
});
