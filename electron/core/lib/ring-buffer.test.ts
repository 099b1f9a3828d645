import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRingBuffer } from './ring-buffer.ts';

test('it keeps the latest values in their order, whatever was pushed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer(), { maxLength: 40 }), (capacity, values) => {
      const buffer = createRingBuffer<number>(capacity);
      for (const value of values) buffer.push(value);
      const kept = values.slice(-capacity);
      expect(buffer.toArray()).toEqual(kept);
      expect([...buffer]).toEqual(kept);
      expect(buffer.size).toBe(kept.length);
      expect(buffer.latest()).toBe(kept.at(-1));
    }),
  );
});

test('what was read before does not change with later values', () => {
  const buffer = createRingBuffer<string>(2);
  buffer.push('a');
  const before = buffer.toArray();
  buffer.push('b');
  buffer.push('c');
  expect(before).toEqual(['a']);
});

test.each([0, -1, 1.5, NaN])('a capacity of %s is a mistake', (capacity) => {
  expect(() => createRingBuffer(capacity)).toThrow(RangeError);
});
