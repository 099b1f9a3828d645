import { expect, test } from 'vitest';
import { inSlices } from './in-slices.ts';

test('every item is worked on once and in order, and other work comes through in between', async () => {
  const done: number[] = [];
  let doneWhenAsked = 0;
  setImmediate(() => (doneWhenAsked = done.length));
  await inSlices(
    Array.from({ length: 250 }, (_, index) => index),
    (item) => done.push(item),
  );
  expect(done).toEqual(Array.from({ length: 250 }, (_, index) => index));
  expect(doneWhenAsked).toBe(100);
});
