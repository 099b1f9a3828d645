import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { gatherModels } from '../../../../e2e/tools/gather-models.ts';
import { makeTextPicture } from '../../../../e2e/tools/make-text-picture.ts';
import { testContext } from '../test-context.ts';
import { testFolder } from '../test-folder.ts';
import { ocrLine } from './ocr-line.ts';

beforeAll(gatherModels, 120_000);
const write = testFolder();

/** A picture of one line, cut close around it. */
const lineFile = async (seed: number) => {
  const { png, lines } = await makeTextPicture({ seed, lines: 1, wordsPerLine: 1 + (seed % 3), fontSize: 20 + (seed % 5) * 8 });
  const trimmed = await sharp(png).trim().extend({ top: 4, bottom: 4, left: 6, right: 6, background: 'white' }).png().toBuffer();
  return { file: write(`${seed}.png`, trimmed), text: lines[0] ?? '' };
};

const run = async (files: readonly { file: string }[]) => {
  const context = testContext(...files.map(({ file }) => file));
  const { result, artifacts } = await ocrLine.run(context);
  if (result.kind !== 'text') throw new Error(`a ${result.kind} result`);
  return { items: result.items, names: artifacts.map(({ name }) => name), told: context.told };
};

test('lines of all lengths are read in the order of their files', async () => {
  const files = await Promise.all(Array.from({ length: 12 }, (_, seed) => lineFile(seed)));
  const { items, names, told } = await run(files);
  expect(items.map(({ lines }) => lines[0]?.text)).toEqual(files.map(({ text }) => text));
  expect(items.map(({ image }) => image)).toEqual(names.slice(0, -1));
  expect(told).toEqual([{ done: 12, total: 12 }]);
});

test('a large batch keeps no copies of its pictures and tells progress', async () => {
  const files = await Promise.all([1, 2].map(lineFile));
  const { items, names, told } = await run(Array.from({ length: 30 }, (_, index) => files[index % 2]).filter((file) => file !== undefined));
  expect(items.map(({ lines }) => lines[0]?.text)).toEqual(Array.from({ length: 30 }, (_, index) => files[index % 2]?.text));
  expect(items.every((item) => !('image' in item))).toBe(true);
  expect(names).toEqual(['text.txt']);
  expect(told).toEqual([
    { done: 24, total: 30 },
    { done: 30, total: 30 },
  ]);
});
