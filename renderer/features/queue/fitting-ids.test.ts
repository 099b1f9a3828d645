import { expect, test } from 'vitest';
import { rowOf } from '../../test-client.ts';
import { fittingIds } from './fitting-ids.ts';

test('an action goes to the jobs it fits, and to those whose state is not known here', () => {
  const rows = new Map([
    [0, rowOf(1)],
    [1, rowOf(2, { state: { kind: 'held', since: 0 } })],
    [2, rowOf(3, { state: { kind: 'cancelled', attempt: 1, endedAt: 0 } })],
  ]);
  const ids = new Set([1, 2, 3, 4]);
  expect(fittingIds('hold', ids, rows)).toEqual([1, 4]);
  expect(fittingIds('release', ids, rows)).toEqual([2, 4]);
  expect(fittingIds('retry', ids, rows)).toEqual([3, 4]);
  expect(fittingIds('cancel', ids, rows)).toEqual([1, 2, 4]);
  expect(fittingIds('remove', ids, rows)).toEqual([3, 4]);
});
