import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInside, isTooNear, labelAt, liveLengthOf, stretchBetween, ticksOf, zoomAround } from './time-window.ts';

const whole = { from: 0, to: 900_000 };
const moment = fc.integer({ min: -1_000_000, max: 2_000_000 });

test('dragging backwards shows the same as dragging forwards', () =>
  expect(stretchBetween(600_000, 300_000, whole)).toEqual({ from: 300_000, to: 600_000 }));

test('whatever is dragged, what is shown lies inside the whole and is ten seconds long at least', () =>
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const { from, to } = stretchBetween(one, other, whole);
      expect(from).toBeGreaterThanOrEqual(whole.from);
      expect(to).toBeLessThanOrEqual(whole.to + 1e-6);
      expect(to - from).toBeGreaterThanOrEqual(10_000 - 1e-6);
    }),
  ));

test('zooming out far enough shows the whole again', () =>
  expect(zoomAround(400_000, 100, { from: 300_000, to: 500_000 }, whole)).toEqual(whole));

test.each([20_000, 900_000, 3_600_000, 86_400_000, 30 * 86_400_000])('a window of %d ms has some ticks, at round times', (length) => {
  const to = Date.UTC(2026, 2, 5, 13, 54, 7);
  const { ticks, stepMs } = ticksOf({ from: to - length, to }, 500);
  expect(ticks.length).toBeGreaterThanOrEqual(2);
  expect(ticks.length).toBeLessThanOrEqual(7);
  const local = ticks.map((at) => at - new Date(to - length).getTimezoneOffset() * 60_000);
  expect(local.every((at) => at % stepMs === 0)).toBe(true);
  expect(ticks.every((at) => at >= to - length && at <= to)).toBe(true);
});

test('live graphs are as long as the history there is, in few steps', () =>
  expect([0, 1, 2, 2.1, 5, 9, 14, 15, 99].map((minutes) => liveLengthOf(minutes * 60_000) / 60_000)).toEqual([
    2, 2, 2, 5, 5, 10, 15, 15, 15,
  ]));

test('labels of ticks have room beside each other however narrow the graph is', () =>
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 3000 }), fc.integer({ min: 20_000, max: 30 * 86_400_000 }), moment, (width, length, from) => {
      const { ticks, stepMs } = ticksOf({ from, to: from + length }, width);
      const text = stepMs < 60_000 ? '13:54:07' : '13:54';
      const labels = ticks.map((at) => ({ middle: ((at - from) / length) * width, text }));
      expect(labels.some((label, index) => index > 0 && isTooNear(labels[index - 1]!, label))).toBe(false); // not the first
    }),
  ));

test('a label stays inside the axis, and is told from one that it would touch', () => {
  const now = labelAt(145, '21:24', 145);
  expect(now.middle + 14).toBeLessThanOrEqual(145);
  expect(isInside(now, 145)).toBe(true);
  expect(isInside({ middle: 5, text: '21:10' }, 145)).toBe(false);
  expect(isTooNear(now, { middle: 101, text: '21:20' })).toBe(true);
  expect(isTooNear(now, { middle: 54, text: '21:15' })).toBe(false);
});
