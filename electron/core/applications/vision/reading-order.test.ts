import { expect, test } from 'vitest';
import { inReadingOrder } from './reading-order.ts';
import { cornersOf, type Corners } from './rectangle.ts';

const line = (name: string, x: number, y: number, width = 100, height = 20) => ({
  name,
  corners: cornersOf({ center: [x, y], width, height, angle: 0 }),
});
const names = (rows: readonly (readonly { name: string }[])[]): string[][] => rows.map((row) => row.map(({ name }) => name));

/** Turns a whole page about its origin. */
const turned = <Line extends { corners: Corners }>(given: Line, angle: number): Line => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [a, b, c, d] = given.corners.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos] as const);
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four corners');
  return { ...given, corners: [a, b, c, d] };
};

const page = [line('three', 60, 130), line('two', 200, 52), line('one', 60, 50), line('four', 60, 170), line('zero', 150, 10, 280)];
const order = [['zero'], ['one', 'two'], ['three'], ['four']];

test('rows run from top to bottom and each from left to right', () => {
  expect(names(inReadingOrder(page))).toEqual(order);
});

test.each([0.1, -0.1, Math.PI / 2, Math.PI, -2])('a page turned by %f reads the same', (angle) => {
  expect(names(inReadingOrder(page.map((given) => turned(given, angle))))).toEqual(order);
});

test('no lines are no rows', () => {
  expect(inReadingOrder([])).toEqual([]);
});
