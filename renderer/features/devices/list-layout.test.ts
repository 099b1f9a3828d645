import { expect, test } from 'vitest';
import { axisHeight, headHeight, layoutList, shareHeight } from './list-layout.ts';

const usedBy = (devices: number, shares: number, rowHeight: number) => headHeight + axisHeight + devices * rowHeight + shares * shareHeight;

test('a processor, eight GPUs, an NPU and an FPGA fit on a small screen, two lines of text each', () => {
  // The page of a window of 1280 × 800, without title bar, strip and heading.
  const layout = layoutList({ width: 1232, height: 690, devices: 11, shares: 0 });
  expect(usedBy(11, 0, layout.rowHeight)).toBeLessThanOrEqual(690);
  expect(layout).toMatchObject({ lines: 2, isWide: false });
});

test('a larger screen shows more lines of each, and more graphs', () => {
  const layout = layoutList({ width: 3660, height: 1970, devices: 11, shares: 0 });
  expect(layout.lines).toBeGreaterThanOrEqual(6);
  expect(layout.isWide).toBe(true);
  expect(usedBy(11, 0, layout.rowHeight)).toBeLessThanOrEqual(1970);
});

test('many devices do not make rows that cannot be read: the list scrolls', () =>
  expect(layoutList({ width: 1232, height: 690, devices: 17, shares: 6 }).lines).toBe(2));

test('before the list is laid out a row still has a height', () =>
  expect(layoutList({ width: 0, height: 0, devices: 0, shares: 0 }).rowHeight).toBeGreaterThan(0));
