import { expect, test } from 'vitest';
import { safeParts } from './save-artifact.ts';

test('the name of a result cannot leave its folder', () => {
  expect(safeParts('../../etc/passwd')).toEqual(['etc', 'passwd']);
  expect(safeParts('/abs/./x.npy')).toEqual(['abs', 'x.npy']);
  expect(safeParts('a\\..\\b')).toEqual(['a', 'b']);
  expect(safeParts('..')).toEqual(['result']);
  expect(safeParts('logits:0.npy')).toEqual(['logits_0.npy']);
});

test('the name of a result is no longer than a file system takes, and keeps its extension', () => {
  expect(safeParts(`2-${'n'.repeat(251)}.png`)).toEqual([`2-${'n'.repeat(249)}.png`]);
  const [name = ''] = safeParts(`2-${'é'.repeat(126)}.png`);
  expect(Buffer.byteLength(name)).toBe(254);
  expect(name).toMatch(/^2-é+\.png$/);
  expect(safeParts(`.${'x'.repeat(300)}`).map((part) => Buffer.byteLength(part))).toEqual([255]);
});
