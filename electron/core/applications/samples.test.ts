import { resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { gatherModels } from '../../../e2e/tools/gather-models.ts';
import type { JobResult } from '../../../shared/model/application.ts';
import { applications } from './list.ts';
import { testContext } from './test-context.ts';

beforeAll(gatherModels, 120_000);

const run = async (id: string, ...samples: string[]): Promise<JobResult> => {
  const application = applications.find(({ manifest }) => manifest.id === id);
  if (application === undefined) throw new Error(`no application ${id}`);
  const paths = samples.map((sample) => resolve(import.meta.dirname, '../../../resources/samples', sample));
  return (await application.run(testContext(...paths))).result;
};
const answers = (result: JobResult): string[] => (result.kind === 'labels' ? result.items.map(({ best }) => best) : []);

test('the notice is read word for word', async () => {
  const result = await run('ocr', 'notice.png');
  expect(result.kind === 'text' && result.items[0]?.lines.map(({ text }) => text)).toEqual([
    'Reading room',
    'Open from Monday to Friday, 9:00 to 17:30',
    'Please leave bags and coats at the desk.',
    'Books may be kept for 28 days.',
    'Questions? Call 0312 456 789 or ask at desk 4',
  ]);
});

test('the announcement is heard as two sentences', async () => {
  const result = await run('vad', 'announcement.wav');
  expect(result.kind === 'speech' && result.items[0]?.segments).toHaveLength(2);
});

test.each([
  ['digits', ['digit.png'], ['4']],
  ['spam', ['prize.eml', 'build.eml'], ['spam', 'not spam']],
  ['tumour', ['tumours.csv'], ['benign', 'malignant', 'malignant', 'benign', 'malignant', 'benign']],
  ['wine', ['wines.csv'], ['cultivar 3', 'cultivar 1', 'cultivar 2', 'cultivar 1', 'cultivar 3', 'cultivar 3']],
])('the samples of %s get the labels they should', async (id, samples, wanted) => {
  expect(answers(await run(id, ...samples))).toEqual(wanted);
});
