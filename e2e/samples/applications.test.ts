import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JobResult } from '../../shared/model/application.ts';
import type { RanOn } from '../../shared/model/job.ts';
import { ownCore } from '../own-core.ts';
import { repository } from '../switchyard.ts';
import { makeSpeech } from '../tools/make-speech.ts';
import { makeTextPicture } from '../tools/make-text-picture.ts';

/* Real models on inputs that are made here and now, so that no answer can be known before; all through the public command line. */

interface Printed {
  readonly id: number;
  readonly result: JobResult;
  readonly ranOn: RanOn;
  readonly waitSeconds: number;
  readonly runSeconds: number;
}

const core = ownCore();

const runApplication = async (...words: string[]): Promise<Printed> => {
  const { code, stdout, stderr } = await core.run('app', ...words, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Job \d+ ran on .+: waited .+, ran .+\.\n$/) });
  return JSON.parse(stdout) as Printed;
};

const linesOf = ({ result }: Printed): string[][] | undefined =>
  result.kind === 'text' ? result.items.map(({ lines }) => lines.map(({ text }) => text)) : undefined;

describe('pictures of random words', () => {
  test.each([101, 102, 103])('are read word for word: seed %i', async (seed) => {
    const { png, lines } = await makeTextPicture({ seed });
    const printed = await runApplication('ocr', core.write(`words-${seed}.png`, png));
    expect(linesOf(printed)).toEqual([lines]);
    expect(printed.ranOn).toMatchObject({ provider: 'CPUExecutionProvider', cores: 1 });
    expect(printed.waitSeconds).toBeGreaterThanOrEqual(0);
    expect(printed.runSeconds).toBeGreaterThan(0);
  });

  test('are one job when given together, in the order given', async () => {
    const pictures = await Promise.all([104, 105].map((seed) => makeTextPicture({ seed, lines: 2 })));
    const files = pictures.map(({ png }, index) => core.write(`together-${index}.png`, png));
    expect(linesOf(await runApplication('ocr', ...files.toReversed()))).toEqual(pictures.map(({ lines }) => lines).toReversed());
  });
});

test('two bursts of speech are two segments within 0.3 s', async () => {
  const { wav, bursts } = await makeSpeech({
    bursts: ['Forty two boxes of apples.', 'They arrive on Wednesday evening.'],
    silenceSeconds: 1.2,
  });
  const { result } = await runApplication('vad', core.write('bursts.wav', wav));
  const segments = result.kind === 'speech' ? (result.items[0]?.segments ?? []) : [];
  expect(segments).toHaveLength(2);
  const errors = segments.flatMap(({ startSeconds, endSeconds }, index) => [
    Math.abs(startSeconds - (bursts[index]?.startSeconds ?? Number.NaN)),
    Math.abs(endSeconds - (bursts[index]?.endSeconds ?? Number.NaN)),
  ]);
  expect(Math.max(...errors)).toBeLessThan(0.3);
});

describe('the classifiers label their samples, with scores that add up to one', () => {
  test.each([
    ['digits', ['digit.png'], ['4']],
    ['spam', ['prize.eml', 'build.eml'], ['spam', 'not spam']],
    ['tumour', ['tumours.csv'], ['benign', 'malignant', 'malignant', 'benign', 'malignant', 'benign']],
    ['wine', ['wines.csv'], ['cultivar 3', 'cultivar 1', 'cultivar 2', 'cultivar 1', 'cultivar 3', 'cultivar 3']],
  ])('%s', async (application, samples, wanted) => {
    const paths = samples.map((name) => join(repository, 'resources', 'samples', name));
    const { result } = await runApplication(application, ...paths);
    const items = result.kind === 'labels' ? result.items : [];
    expect(items.map(({ best }) => best)).toEqual(wanted);
    for (const { best, labels } of items) {
      expect(labels.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 4);
      expect(labels[0]?.label).toBe(best);
    }
  });
});
