import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { testContext } from '../test-context.ts';
import { testFolder } from '../test-folder.ts';
import { spam } from './spam.ts';

const cards = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../../resources/models/MODEL_CARDS.json'), 'utf8')) as {
  'spam_hash_lr.onnx': { examples: { text: string; p: number }[] };
};
const write = testFolder();

test('the examples on the card get the probabilities on the card', async () => {
  const { examples } = cards['spam_hash_lr.onnx'];
  const { result } = await spam.run(testContext(...examples.map(({ text }, index) => write(`${index}.txt`, text))));
  if (result.kind !== 'labels') throw new Error(`a ${result.kind} result`);
  expect(result.items.map(({ best }) => best)).toEqual(['spam', 'not spam']);
  result.items.forEach(({ labels }, index) => {
    expect(labels.find(({ label }) => label === 'spam')?.score).toBeCloseTo(examples[index]?.p ?? Number.NaN, 4);
  });
});

test('a text without a word of Latin letters is refused rather than guessed', async () => {
  await expect(spam.run(testContext(write('digits.txt', '1 2 3 你好')))).rejects.toThrow(
    'digits.txt holds no words of Latin letters, which is all this model can read.',
  );
});
