import fc from 'fast-check';
import { expect, test } from 'vitest';
import { followLength, lengthFor, panBy, reveal, windowAround, zoomAt } from './plan-window.ts';

const minute = 60_000;
const now = 1_000_000_000;

test('a plan is shown in the shortest window that holds it, with some of the past', () => {
  expect(lengthFor(now, now)).toBe(2 * minute);
  expect(lengthFor(now, now + 2 * minute)).toBe(10 * minute);
  expect(lengthFor(now, now + 100 * minute)).toBe(240 * minute);
  expect(lengthFor(now, now + 10_000 * minute)).toBe(1440 * minute);
  const { from, to } = windowAround(now, 10 * minute);
  expect([now - from, to - now]).toEqual([3 * minute, 7 * minute]);
});

test('the window grows with the plan, and shrinks only when the plan has become much shorter', () => {
  expect(followLength(undefined, 2 * minute)).toBe(2 * minute);
  expect(followLength(2 * minute, 240 * minute)).toBe(240 * minute);
  expect(followLength(240 * minute, 60 * minute)).toBe(240 * minute);
  expect(followLength(240 * minute, 10 * minute)).toBe(10 * minute);
});

test('zooming keeps the moment under the pointer where it is, as far as there is something beyond', () => {
  const shown = { from: 0, to: 100 * minute };
  const whole = { from: -1000 * minute, to: 1000 * minute };
  expect(zoomAt(25 * minute, 0.5, shown, whole)).toEqual({ from: 12.5 * minute, to: 62.5 * minute });
  expect(zoomAt(0, 100, shown, whole)).toEqual(whole);
});

test('whatever is zoomed and panned, the window stays inside of what there is', () => {
  const whole = { from: 0, to: 1000 * minute };
  const step = fc.oneof(
    fc.record({ at: fc.integer({ min: 0, max: 1000 * minute }), factor: fc.double({ min: 0.1, max: 10, noNaN: true }) }),
    fc.record({ by: fc.integer({ min: -2000 * minute, max: 2000 * minute }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let shown = { from: 100 * minute, to: 200 * minute };
      for (const one of steps) {
        shown = 'by' in one ? panBy(one.by, shown, whole) : zoomAt(one.at, one.factor, shown, whole);
        expect(shown.from).toBeGreaterThanOrEqual(-1e-3);
        expect(shown.to).toBeLessThanOrEqual(whole.to + 1e-3);
        expect(shown.to - shown.from).toBeGreaterThanOrEqual(2_000 - 1e-3);
      }
    }),
  );
});

test('what the keyboard comes to is brought into sight, and what is in sight moves nothing', () => {
  const shown = { from: 0, to: 10 * minute };
  const whole = { from: 0, to: 100 * minute };
  expect(reveal({ from: 9 * minute, to: 30 * minute }, shown, whole)).toBe(shown);
  expect(reveal({ from: 50 * minute, to: 60 * minute }, shown, whole)).toEqual({ from: 47 * minute, to: 57 * minute });
});
