import { expect, test } from 'vitest';
import { throttleReasons } from './throttle-reasons.ts';

test('each bit has its word, and an idle GPU is not throttled', () => {
  expect(throttleReasons(0n)).toEqual([]);
  expect(throttleReasons(1n)).toEqual([]);
  expect(throttleReasons(0x4n | 0x40n)).toEqual(['power cap', 'heat (hardware)']);
  expect(throttleReasons(0x1ffn)).toHaveLength(8);
});

test('bits of later drivers are passed over', () => {
  expect(throttleReasons((1n << 40n) | 0x80n)).toEqual(['power brake']);
});
