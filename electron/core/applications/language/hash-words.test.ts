import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { fnv1a32, hashSize, hashWords } from './hash-words.ts';

const cards = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../../resources/models/MODEL_CARDS.json'), 'utf8')) as {
  'spam_hash_lr.onnx': { examples: { text: string; fnvFirstToken: number }[] };
};

test('the hash of a first word is the one on the card', () => {
  const { examples } = cards['spam_hash_lr.onnx'];
  expect(examples.map(({ text }) => fnv1a32(/[a-z]{2,20}/.exec(text.toLowerCase())?.[0] ?? ''))).toEqual(
    examples.map(({ fnvFirstToken }) => fnvFirstToken),
  );
});

test('a word counts by the logarithm of how often it stands there, and the whole has length one', () => {
  const { vector, words } = hashWords('free FREE free, money!');
  const length = Math.hypot(Math.log1p(3), Math.log1p(1));
  expect(words).toBe(4);
  expect(vector[fnv1a32('free') % hashSize]).toBeCloseTo(Math.log1p(3) / length, 6);
  expect(vector[fnv1a32('money') % hashSize]).toBeCloseTo(Math.log1p(1) / length, 6);
  expect(vector.filter((value) => value !== 0)).toHaveLength(2);
});

test('letters alone and letters beyond the twentieth make no word of their own, as in training', () => {
  const long = 'abcdefghijklmnopqrstuvwxyz';
  const { vector, words } = hashWords(`a ${long} 7`);
  expect(words).toBe(2);
  expect(vector[fnv1a32(long.slice(0, 20)) % hashSize]).toBeCloseTo(Math.SQRT1_2, 6);
  expect(vector[fnv1a32(long.slice(20)) % hashSize]).toBeCloseTo(Math.SQRT1_2, 6);
});

test('only the first 20,000 characters are read, a sign outside the basic plane counting as one', () => {
  expect(hashWords(`${'-'.repeat(19_998)}ok no`).words).toBe(1);
  expect(hashWords(`${'😀'.repeat(19_998)}ok no`).words).toBe(1);
});
