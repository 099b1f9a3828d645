import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitiseWindowState, smallestWindow } from './window-state.ts';

const screens = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
];

test('a window opens where and as large as it was', () => {
  const kept = { x: 2000, y: 40, width: 1000, height: 700, isMaximized: true };
  expect(sanitiseWindowState(kept, screens)).toEqual(kept);
});

test('the first window has the usual size and no position', () => {
  expect(sanitiseWindowState(undefined, screens)).toEqual({ width: 1280, height: 820, isMaximized: false });
});

test('a position on a screen that is gone is dropped, the size is kept', () => {
  const kept = { x: 2000, y: 40, width: 1000, height: 700, isMaximized: false };
  expect(sanitiseWindowState(kept, screens.slice(0, 1))).toEqual({ width: 1000, height: 700, isMaximized: false });
});

test('a window whose title bar lies above the screen, or all but a sliver beside it, is brought back', () => {
  const size = { width: 1000, height: 700, isMaximized: false };
  expect(sanitiseWindowState({ ...size, x: 0, y: -50 }, screens)).toEqual(size);
  expect(sanitiseWindowState({ ...size, x: -950, y: 0 }, screens)).toEqual(size);
  expect(sanitiseWindowState({ ...size, x: -800, y: 0 }, screens)).toEqual({ ...size, x: -800, y: 0 });
});

test('whatever was kept, the window fits the largest screen and can be grasped or has no position', () => {
  const field = fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double(), fc.constantFrom(null, 'x', {}, undefined));
  const record = fc.record({ x: field, y: field, width: field, height: field, isMaximized: fc.anything() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(record, fc.anything()), (kept) => {
      const state = sanitiseWindowState(kept, screens);
      expect(state.width).toBeGreaterThanOrEqual(smallestWindow.width);
      expect(state.height).toBeGreaterThanOrEqual(smallestWindow.height);
      expect(state.width).toBeLessThanOrEqual(1920);
      expect(state.height).toBeLessThanOrEqual(1080);
      expect([state.width, state.height, state.x ?? 0, state.y ?? 0].every(Number.isSafeInteger)).toBe(true);
      const { x, y } = state;
      if (x === undefined || y === undefined) return;
      expect(
        screens.some(
          (screen) => x < screen.x + screen.width && x + state.width > screen.x && y >= screen.y && y < screen.y + screen.height,
        ),
      ).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
