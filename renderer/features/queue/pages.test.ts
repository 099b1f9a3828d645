import { describe, expect, test } from 'vitest';
import { rowOf } from '../../test-client.ts';
import { keepPage, pageFor } from './pages.ts';

describe('the range that is followed', () => {
  test('stays the same while the screen is well inside it', () => {
    const current = { offset: 100, limit: 300 };
    expect(pageFor(180, 220, current)).toBe(current);
  });

  test('moves before the screen reaches its end, with room on both sides', () => {
    expect(pageFor(340, 380, { offset: 100, limit: 300 })).toEqual({ offset: 150, limit: 400 });
  });

  test('never begins before the list or asks for more than one call gives', () => {
    expect(pageFor(20, 60, { offset: 900, limit: 100 })).toEqual({ offset: 0, limit: 250 });
    expect(pageFor(5000, 5600, { offset: 0, limit: 100 }).limit).toBe(500);
  });
});

describe('the rows that are known', () => {
  const page = { total: 5, offset: 2, rows: [rowOf(12), rowOf(13)] };

  test('are those of the page in its range, and earlier ones around it', () => {
    const known = keepPage(
      new Map([
        [0, rowOf(10)],
        [2, rowOf(99)],
      ]),
      page,
    );
    expect([...known].map(([index, row]) => [index, row.id])).toEqual([
      [0, 10],
      [2, 12],
      [3, 13],
    ]);
  });

  test('hold each job once, at its new place', () => {
    const known = keepPage(new Map([[0, rowOf(13)]]), page);
    expect([...known.keys()]).toEqual([2, 3]);
  });

  test('end where the list ends, and forget what is far away', () => {
    const known = keepPage(new Map([[7, rowOf(7)]]), page);
    expect(known.has(7)).toBe(false);
    const far = keepPage(new Map([[0, rowOf(1)]]), { total: 9000, offset: 5000, rows: [rowOf(2)] });
    expect([...far.keys()]).toEqual([5000]);
  });
});
