import { expect, test } from 'vitest';
import { parseMemoryKills } from './memory-kills.ts';

test('the kernel’s count is read, and is 0 where it keeps none', () => {
  expect(parseMemoryKills('nr_free_pages 1\noom_kill 12\nnuma_hit 3\n')).toBe(12);
  expect(parseMemoryKills('nr_free_pages 1\n')).toBe(0);
  expect(parseMemoryKills('')).toBe(0);
});
