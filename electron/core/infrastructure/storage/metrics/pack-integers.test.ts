import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteReader, createByteWriter } from './pack-integers.ts';

const whole = fc.oneof(fc.constant(0), fc.integer({ min: -200, max: 200 }), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }));

test('what was written is read again, lists and single numbers in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(whole, fc.array(whole)), { maxLength: 50 }), (parts) => {
      const writer = createByteWriter();
      for (const part of parts) {
        if (typeof part === 'number') writer.integer(part);
        else writer.integers(part);
      }
      const reader = createByteReader(writer.bytes());
      const read = parts.map((part) => (typeof part === 'number' ? reader.integer() : reader.integers(part.length)));
      // A zero has no sign here.
      expect(read.map((part) => (typeof part === 'number' ? part + 0 : part.map((value) => value + 0)))).toEqual(parts);
      expect(reader.isAtEnd).toBe(true);
    }),
  );
});

test('a thousand zeros take three bytes', () => {
  const writer = createByteWriter();
  writer.integers(Array.from({ length: 1000 }, () => 0));
  expect(writer.bytes()).toHaveLength(3);
});

test('bytes that are not ours end with an error and not in a loop', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 1000 }), (bytes, count) => {
      const reader = createByteReader(bytes);
      try {
        expect(reader.integers(count)).toHaveLength(count);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});
