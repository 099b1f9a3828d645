import { expect, test } from 'vitest';
import { safeParts } from './save-artifact.ts';

test('the name of a result cannot leave its folder', () => {
  expect(safeParts('../../etc/passwd')).toEqual(['etc', 'passwd']);
  expect(safeParts('/abs/./x.npy')).toEqual(['abs', 'x.npy']);
  expect(safeParts('a\\..\\b')).toEqual(['a', 'b']);
  expect(safeParts('..')).toEqual(['result']);
  expect(safeParts('logits:0.npy')).toEqual(['logits_0.npy']);
});
