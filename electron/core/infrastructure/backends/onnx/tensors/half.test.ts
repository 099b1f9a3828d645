import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halfBits } from './half.ts';

/** What the bits of a float16 mean, from the definition of the format. */
const valueOf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
};

test('every float16 but NaN becomes its own bits again', () => {
  for (let bits = 0; bits < 0x10000; bits += 1) {
    if (!Number.isNaN(valueOf(bits))) expect(halfBits(valueOf(bits))).toBe(bits);
  }
  expect(valueOf(halfBits(NaN))).toBeNaN();
});

test('any number becomes the float16 nearest to it, the even one of two', () => {
  fc.assert(
    fc.property(fc.double({ min: -65_519, max: 65_519, noNaN: true }), (value) => {
      const bits = halfBits(value);
      const distance = Math.abs(valueOf(bits) - value);
      for (const other of [bits - 1, bits + 1].filter((near) => near >= 0 && near < 0x10000 && Number.isFinite(valueOf(near)))) {
        const otherDistance = Math.abs(valueOf(other) - value);
        expect(distance < otherDistance || (distance === otherDistance && bits % 2 === 0)).toBe(true);
      }
    }),
  );
});

test('what is too large becomes infinite, from the middle to the next power on', () => {
  expect([65_519, 65_520, -1e9].map(halfBits)).toEqual([0x7bff, 0x7c00, 0xfc00]);
});
