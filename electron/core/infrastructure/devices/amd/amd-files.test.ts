import { expect, test } from 'vitest';
import { parseCurrentMhz, parseErrorCount, parseUuid } from './amd-files.ts';

test.each([
  ['5f0e8c1d2b3a4000', 'GPU-5f0e8c1d2b3a4000'],
  ['0xAB12', 'GPU-000000000000ab12'],
  ['0000000000000000', undefined],
  ['garbage', undefined],
  [undefined, undefined],
])('unique_id %j is %j', (text, uuid) => {
  expect(parseUuid(text)).toBe(uuid);
});

test.each([
  ['0: 500Mhz \n1: 2500Mhz *', 2500],
  ['S: 19Mhz *\n0: 615Mhz', 19],
  ['0: 500Mhz\n1: 2500Mhz', undefined],
  ['', undefined],
])('of the levels %j the present one is %j', (text, megahertz) => {
  expect(parseCurrentMhz(text)).toBe(megahertz);
});

test('errors that were corrected do not count', () => {
  expect(parseErrorCount('ue: 2\nce: 7')).toBe(2);
  expect(parseErrorCount('nothing')).toBeUndefined();
});
