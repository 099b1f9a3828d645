import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Application } from '../../ports.ts';
import { InputError } from '../input-error.ts';
import { testContext } from '../test-context.ts';
import { testFolder } from '../test-folder.ts';
import { tumour, tumourFeatures } from './tumour.ts';
import { wine, wineFeatures } from './wine.ts';

interface Vectors {
  features: string[];
  x: number[][];
  labels: number[];
}

const vectors = (model: string): Vectors =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../../../../resources/models/vectors/${model}_test50.json`), 'utf8')) as Vectors;
const write = testFolder();

const answers = async (application: Application, path: string): Promise<string[]> => {
  const { result } = await application.run(testContext(path));
  if (result.kind !== 'labels') throw new Error(`a ${result.kind} result`);
  return result.items.map(({ best }) => best);
};

// The tumour card says 0.958 of 143 rows; of these first 50 the model itself has 46 right.
const cases = [
  {
    name: 'tumour',
    application: tumour,
    data: vectors('breast_cancer_mlp'),
    classes: ['malignant', 'benign'],
    accuracy: 46 / 50,
    used: tumourFeatures,
  },
  {
    name: 'wine',
    application: wine,
    data: vectors('wine_mlp'),
    classes: ['cultivar 1', 'cultivar 2', 'cultivar 3'],
    accuracy: 1,
    used: wineFeatures,
  },
];

describe.each(cases)('$name', ({ name, application, data, classes, accuracy, used }) => {
  test('knows the features of its training data in their order', () => {
    expect(used).toEqual(data.features);
  });

  test('is as right on held-out rows as its model can be, from CSV and from JSON', async () => {
    const csv = write(`${name}.csv`, [data.features.join(','), ...data.x.map((row) => row.join(','))].join('\n'));
    const json = write(`${name}.json`, JSON.stringify(data.x));
    const given = await answers(application, csv);
    const right = given.filter((best, row) => best === classes[data.labels[row] ?? -1]).length;
    expect(given).toHaveLength(data.x.length);
    expect(right / data.x.length).toBeGreaterThanOrEqual(accuracy);
    expect(await answers(application, json)).toEqual(given);
  });
});

describe('rows of several files', () => {
  const row = wineFeatures.map(() => 1).join(',');

  test('keep their order and their line, tell progress and give a table to download', async () => {
    const many = write('many.csv', `${row}\n`.repeat(300));
    const one = write('one, "quoted".csv', row);
    const context = testContext(many, one);
    const { result, artifacts } = await wine.run(context);
    if (result.kind !== 'labels') throw new Error(`a ${result.kind} result`);
    expect(result.items.map(({ file, row: line }) => [file, line])).toEqual([
      ...Array.from({ length: 300 }, (_, index) => ['many.csv', index + 1]),
      ['one, "quoted".csv', 1],
    ]);
    expect(context.told).toEqual([
      { done: 256, total: 301 },
      { done: 301, total: 301 },
    ]);
    const [table] = artifacts;
    const lines = table !== undefined && 'bytes' in table ? Buffer.from(table.bytes).toString().trimEnd().split('\n') : [];
    expect(lines).toHaveLength(302);
    expect(lines[0]).toBe('file,row,prediction,cultivar 1,cultivar 2,cultivar 3');
    expect(lines[301]).toMatch(/^"one, ""quoted"".csv",1,cultivar \d,[\d.]+,[\d.]+,[\d.]+$/);
  });

  test.each([
    ['short.csv', '1,2\n', 'Row 1 of short.csv has 2 columns; 13 are wanted.'],
    ['word.csv', `${row}\n${row.replace('1', 'one')}\n`, 'Row 2, column 1 of word.csv holds “one”, which is not a number.'],
    ['nothing.csv', '', 'nothing.csv is empty (0 bytes). Choose a file with content.'],
    ['long.csv', `${row}\n`.repeat(10_001), 'With long.csv there are 10,001 rows; the most in one job is 10,000. Split them.'],
  ])('of which %s is wrong give one sentence', async (name, content, sentence) => {
    await expect(wine.run(testContext(write(name, content)))).rejects.toSatisfy(
      (error) => error instanceof InputError && error.message === sentence,
    );
  });
});
