import { expect, test } from 'vitest';
import { rowOf } from '../../test-client.ts';
import { createWords } from '../../words.tsx';
import { countsText, endedPart, idOf, isFolded, nameOf } from './array-row.ts';
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

test('an action goes to an array when it fits one of its jobs that have not ended', () => {
  const fits = (action: Parameters<typeof fittingIds>[0]) => fittingIds(action, new Set([7]), new Map([[0, folded]]));
  expect((['next', 'hold', 'release', 'pause', 'cancel'] as const).map(fits)).toEqual([[7], [7], [7], [7], [7]]);
  expect((['resume', 'retry', 'remove'] as const).map(fits)).toEqual([[], [], []]);
});
