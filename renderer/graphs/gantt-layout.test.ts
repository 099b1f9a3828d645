import fc from 'fast-check';
import { expect, test } from 'vitest';
import { barAt, foldRows, placeBars, rowHeights, stepBar, type GanttBar, type PlacedBar } from './gantt-layout.ts';

const bar = (key: string, from: number, to: number, size = 1): GanttBar => ({
  key,
  tense: 'past',
  from,
  to,
  size,
  label: key,
  colour: 'g1',
});
const bandsOf = (bars: readonly PlacedBar[]) => Object.fromEntries(bars.map(({ key, bands }) => [key, bands]));

test('bars stand below each other while they overlap, and take room again that has become free', () => {
  const { bars, size } = placeBars([bar('a', 0, 10, 2), bar('b', 5, 20), bar('c', 10, 15, 2)], 4);
  expect(bandsOf(bars)).toEqual({ a: [{ top: 0, size: 2 }], b: [{ top: 2, size: 1 }], c: [{ top: 0, size: 2 }] });
  expect(size).toBe(4);
});

test('a bar that fits only into what others left is in pieces, the largest first', () => {
  const first = [bar('a', 0, 10, 1.5), bar('b', 1, 30), bar('c', 2, 10), bar('d', 3, 30, 0.5)];
  const { bars, size } = placeBars([...first, bar('e', 12, 20, 2)], 4);
  expect(size).toBe(4);
  const pieces = bandsOf(bars)['e'] ?? [];
  expect(pieces).toHaveLength(2);
  expect(pieces.reduce((sum, piece) => sum + piece.size, 0)).toBe(2);
  expect(pieces[0]?.size).toBeGreaterThanOrEqual(pieces[1]?.size ?? 0);
});

test('more than there is room for makes the row higher instead of hiding something', () => {
  const { bars, size } = placeBars([bar('a', 0, 10, 2), bar('b', 0, 10, 2)], 3);
  expect(size).toBe(4);
  expect(bandsOf(bars)['b']).toEqual([
    { top: 2, size: 1 },
    { top: 3, size: 1 },
  ]);
});

test('no two bars ever share a place at the same time, and none is larger or smaller than it should be', () => {
  const arbitrary = fc.array(
    fc.record({ from: fc.nat(50), length: fc.integer({ min: 1, max: 30 }), size: fc.constantFrom(0.1, 0.5, 1, 2, 3) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(arbitrary, fc.constantFrom(1, 4, 8), (list, capacity) => {
      const given = list.map(({ from, length, size }, index) => bar(String(index), from, from + length, size));
      const { bars, size } = placeBars(given, capacity);
      expect(bars).toHaveLength(given.length);
      for (const one of bars) expect(one.bands.reduce((sum, band) => sum + band.size, 0)).toBeCloseTo(one.size, 5);
      for (const [index, one] of bars.entries())
        for (const other of bars.slice(index + 1))
          if (one.from < other.to && other.from < one.to)
            for (const a of one.bands)
              for (const b of other.bands) expect(Math.min(a.top + a.size, b.top + b.size) - Math.max(a.top, b.top)).toBeLessThan(1e-5);
      const most = Math.max(
        0,
        ...bars.map(({ from }) => bars.filter((o) => o.from <= from && o.to > from).reduce((s, o) => s + o.size, 0)),
      );
      expect(size).toBeCloseTo(Math.max(capacity, most), 5);
    }),
  );
});

test('few rows are all shown, of many only those with something in them, and one at least', () => {
  const rows = (used: readonly boolean[]) => used.map((isUsed, index) => ({ key: String(index), size: undefined, lanes: 1, isUsed }));
  const keys = (used: readonly boolean[], isUnfolded = false) => foldRows(rows(used), isUnfolded).shown.map(({ key }) => key);
  expect(keys([true, false, false])).toEqual(['0', '1', '2']);
  expect(keys([false, true, false, false, false, false, false, true])).toEqual(['1', '7']);
  expect(keys(Array.from({ length: 9 }, () => false))).toEqual(['0']);
  expect(
    keys(
      Array.from({ length: 9 }, () => false),
      true,
    ),
  ).toHaveLength(9);
});

test('rows with a scale are as tall as what they have, all by the same measure', () => {
  const shape = (size: number | undefined, lanes = 1) => ({ key: 'x', size, lanes, isUsed: true });
  const [processor, share, gpu] = rowHeights([shape(24), shape(12), shape(undefined)], 300);
  expect(Math.abs((processor ?? 0) - 2 * (share ?? 0))).toBeLessThanOrEqual(1);
  expect((processor ?? 0) + (share ?? 0) + (gpu ?? 0)).toBeLessThanOrEqual(304);
  expect(rowHeights([shape(2)], 600)).toEqual([80]);
  // However little room there is, a core can be seen and a row can be read.
  expect(rowHeights([shape(64), ...Array.from({ length: 10 }, () => shape(undefined))], 100)).toEqual([
    192,
    ...Array.from({ length: 10 }, () => 30),
  ]);
});

test('rows with many bars below each other grow where there is room, and only there', () => {
  const shape = (lanes: number) => ({ key: 'x', size: undefined, lanes, isUsed: true });
  const roomy = rowHeights([shape(1), shape(6)], 600);
  expect(roomy[1]).toBeGreaterThan(100);
  expect(roomy[0]).toBeLessThan(50);
  const tight = rowHeights([shape(1), shape(6)], 70);
  expect((tight[0] ?? 0) + (tight[1] ?? 0)).toBeLessThanOrEqual(70);
});

test('what is under the pointer is found by moment and place', () => {
  const { bars } = placeBars([bar('a', 0, 10), bar('b', 5, 20)], 2);
  expect(barAt(bars, 7, 0.5, 0)?.key).toBe('a');
  expect(barAt(bars, 7, 1.5, 0)?.key).toBe('b');
  expect(barAt(bars, 12, 0.5, 0)).toBeUndefined();
  expect(barAt(bars, 12, 0.5, 3)?.key).toBe('a');
});

test('arrow keys go along a row and to the nearest bar of the next row that has one', () => {
  const rows = [
    { key: 'cpu', bars: placeBars([bar('a', 0, 10), bar('b', 20, 30)], 1).bars },
    { key: 'npu', bars: [] },
    { key: 'gpu', bars: placeBars([bar('c', 0, 4), bar('d', 18, 22), bar('e', 40, 50)], 1).bars },
  ];
  const at = (row: string, name: string) => ({ row, bar: name });
  expect(stepBar(rows, undefined, 'down')).toEqual(at('cpu', 'a'));
  expect(stepBar(rows, at('cpu', 'a'), 'right')).toEqual(at('cpu', 'b'));
  expect(stepBar(rows, at('cpu', 'b'), 'right')).toEqual(at('cpu', 'b'));
  expect(stepBar(rows, at('cpu', 'b'), 'down')).toEqual(at('gpu', 'd'));
  expect(stepBar(rows, at('gpu', 'e'), 'up')).toEqual(at('cpu', 'b'));
  expect(stepBar(rows, at('gpu', 'c'), 'down')).toEqual(at('gpu', 'c'));
  expect(stepBar(rows, at('gpu', 'd'), 'last')).toEqual(at('gpu', 'e'));
  // What has ended meanwhile leads back to the beginning of its row.
  expect(stepBar(rows, at('gpu', 'gone'), 'right')).toEqual(at('gpu', 'c'));
  expect(stepBar([], undefined, 'down')).toBeUndefined();
});
