import { expect, test } from 'vitest';
import type { JobRow } from '../../../shared/model/job.ts';
import { rowOf } from '../../test-client.ts';
import { createWords } from '../../words.tsx';
import { countsText, endedPart, idOf, isEndedArray, isFolded, kindOf, nameOf } from './array-row.ts';
import { fittingIds } from './fitting-ids.ts';

const counts = { succeeded: 36, failed: 1, starting: 1, running: 3, pending: 58, held: 1 };
const folded = rowOf(12, { name: 'sweep [4]', array: { id: 7, index: 4, size: 100, counts } });
const member = rowOf(12, { name: 'sweep [4]', array: { id: 7, index: 4, size: 100 } });

test('a folded row stands for its array: by number, name and counts', () => {
  expect([isFolded(folded), idOf(folded), nameOf(folded)]).toEqual([true, 7, 'sweep ×100']);
  if (isFolded(folded)) {
    expect(countsText(folded, createWords('en'))).toBe('36 done · 1 failed · 4 running · 58 waiting · 1 held');
    expect(endedPart(folded)).toBe(0.37);
  }
  expect([isFolded(member), idOf(member), nameOf(member)]).toEqual([false, 12, 'sweep [4]']);
});

const succeeded = { kind: 'succeeded', attempt: 1, endedAt: 0 } as const;
const endedArray = (ended: Record<string, number>) =>
  rowOf(12, { name: 'sweep [4]', state: succeeded, array: { id: 7, index: 4, size: 10, counts: ended } });

test('an array that has ended is the worst of what became of its jobs', () => {
  expect(kindOf(endedArray({ succeeded: 8, cancelled: 1, lost: 1 }))).toBe('failed');
  expect(kindOf(endedArray({ succeeded: 9, cancelled: 1 }))).toBe('cancelled');
  expect(kindOf(endedArray({ succeeded: 10 }))).toBe('succeeded');
  expect([folded, member, endedArray({ succeeded: 10 })].map(isEndedArray)).toEqual([false, false, true]);
  expect(kindOf(folded)).toBe('pending');
});

test('an action goes to an array when it fits one of its jobs; removed it is as a whole', () => {
  const actions = ['next', 'hold', 'release', 'pause', 'cancel', 'resume', 'retry', 'remove'] as const;
  const fitting = (row: JobRow) => actions.filter((action) => fittingIds(action, new Set([7]), new Map([[0, row]])).length > 0);
  expect(fitting(folded)).toEqual(['next', 'hold', 'release', 'pause', 'cancel', 'retry']);
  expect(fitting(endedArray({ succeeded: 10 }))).toEqual(['retry', 'remove']);
  expect(fitting(rowOf(12, { array: { id: 7, index: 4, size: 2, counts: { succeeded: 1, running: 1 } } }))).toEqual(['pause', 'cancel']);
});
