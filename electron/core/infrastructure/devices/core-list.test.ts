import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCoreList } from './core-list.ts';

test.each([
  ['0-3,8\n', [0, 1, 2, 3, 8]],
  ['5', [5]],
  ['8,0-1', [0, 1, 8]],
  ['', undefined],
  ['\n', undefined],
  ['0-', undefined],
  ['3-1', undefined],
  ['0-4000000000', undefined],
  ['all', undefined],
])('%j names the cores %j', (text, ids) => {
  expect(parseCoreList(text)).toEqual(ids);
});

test('what is written as single cores is read as those', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 1023 }), { minLength: 1 }), (ids) => {
      expect(parseCoreList(ids.join(','))).toEqual(ids.toSorted((one, other) => one - other));
    }),
  );
});
