import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCoreIds, parseCoreIds } from './core-ids.ts';

test('stretches and single cores, in any order and more than once, are cores', () =>
  expect(parseCoreIds('8, 0-3 2')).toEqual({ kind: 'value', value: [0, 1, 2, 3, 8] }));

test.each(['a', '3-1', '1-', '-1', '1.5'])('%s is not cores', (text) => expect(parseCoreIds(text)).toEqual({ kind: 'wrong' }));

test('nothing typed is nothing', () => expect(parseCoreIds('  ')).toEqual({ kind: 'empty' }));

test('what is written is read back', () =>
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(500), { minLength: 1 }), (ids) => {
      const sorted = ids.toSorted((one, other) => one - other);
      expect(parseCoreIds(formatCoreIds(ids))).toEqual({ kind: 'value', value: sorted });
    }),
  ));

test('neighbours are written as a stretch', () => expect(formatCoreIds([5, 0, 1, 2, 7])).toBe('0–2, 5, 7'));
