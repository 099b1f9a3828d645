import { beforeAll, describe, expect, test } from 'vitest';
import { gatherModels } from '../../../../e2e/tools/gather-models.ts';
import { formatWav, makeSpeech } from '../../../../e2e/tools/make-speech.ts';
import { seeded } from '../../../../e2e/tools/seeded.ts';
import { testContext } from '../test-context.ts';
import { testFolder } from '../test-folder.ts';
import { vad } from './vad.ts';

beforeAll(gatherModels, 120_000);
const write = testFolder();

const hear = async (...files: string[]) => {
  const context = testContext(...files);
  const { result, artifacts } = await vad.run(context);
  if (result.kind !== 'speech') throw new Error(`a ${result.kind} result`);
  return { items: result.items, artifacts, told: context.told };
};

const sentences = ['The morning train leaves at seven.', 'Please close the window before you go.'];

describe('two bursts of speech', () => {
  test.each([8000, 16_000, 44_100, 48_000])('at %i samples a second are found within 0.3 s', async (sampleRate) => {
    const { wav, bursts } = await makeSpeech({ bursts: sentences, silenceSeconds: 1.4, sampleRate });
    const { items } = await hear(write(`speech-${sampleRate}.wav`, wav));
    const [item] = items;
    expect(item?.segments).toHaveLength(2);
    expect(item?.sampleRate).toBe(sampleRate);
    item?.segments.forEach(({ startSeconds, endSeconds, score }, index) => {
      expect(Math.abs(startSeconds - (bursts[index]?.startSeconds ?? Number.NaN))).toBeLessThan(0.3);
      expect(Math.abs(endSeconds - (bursts[index]?.endSeconds ?? Number.NaN))).toBeLessThan(0.3);
      expect(score).toBeGreaterThan(0.7);
    });
  });

  test('come with what is needed to draw and to hear them', async () => {
    const { wav, bursts } = await makeSpeech({ bursts: sentences, silenceSeconds: 1 });
    const { items, artifacts, told } = await hear(write('talk.wav', wav));
    const [item] = items;
    expect(artifacts).toEqual([
      { name: 'talk.wav', mediaType: 'audio/wav', bytes: wav },
      { name: 'segments.json', mediaType: 'application/json', joined: 'list', bytes: expect.any(Buffer) as Buffer },
    ]);
    expect(item?.sound).toBe('talk.wav');
    expect(item?.seconds).toBeCloseTo((bursts[1]?.endSeconds ?? 0) + 1, 3);
    expect(item?.peaks).toHaveLength(item?.probabilities.length ?? 0);
    const middle = Math.round(((bursts[0]?.startSeconds ?? 0) + 0.8) / 0.032);
    expect(item?.probabilities[middle]).toBeGreaterThan(0.8);
    expect(item?.probabilities[5]).toBeLessThan(0.2);
    expect(Math.max(...(item?.peaks.slice(0, 25) ?? []))).toBe(0);
    expect(told.at(-1)).toEqual({ done: 1, total: 1 });
    const [, listed] = artifacts;
    expect(JSON.parse(listed !== undefined && 'bytes' in listed ? Buffer.from(listed.bytes).toString() : '')).toEqual([
      { file: 'talk.wav', seconds: item?.seconds, segments: item?.segments },
    ]);
  });
});

test('noise and silence are no speech', async () => {
  const random = seeded(1);
  const noise = Float32Array.from({ length: 48_000 }, () => (random() - 0.5) * 0.1);
  const { items } = await hear(
    write('noise.wav', formatWav([noise], 16_000)),
    write('silence.wav', formatWav([new Float32Array(16_000)], 16_000)),
  );
  expect(items.map(({ segments }) => segments)).toEqual([[], []]);
});

test('a sound shorter than a window is heard', async () => {
  const { items } = await hear(write('short.wav', formatWav([new Float32Array(10)], 16_000)));
  expect(items).toMatchObject([{ seconds: 10 / 16_000, peaks: [0], segments: [] }]);
});

test('a long sound has no more slices than a screen can show, and tells progress', async () => {
  const { items, told } = await hear(write('long.wav', formatWav([new Float32Array(16_000 * 70)], 16_000)));
  expect(items[0]?.peaks).toHaveLength(1000);
  expect(items[0]?.probabilities).toHaveLength(1000);
  expect(told.length).toBeGreaterThan(2);
  expect(told.every(({ done, total }, index) => done <= total && done > (told[index - 1]?.done ?? 0))).toBe(true);
});

test('a large batch keeps its order and no copies of its sounds', async () => {
  const quiet = write('quiet.wav', formatWav([new Float32Array(3200)], 16_000));
  const { wav } = await makeSpeech({ bursts: ['Good morning everybody'], silenceSeconds: 0.5 });
  const loud = write('loud.wav', wav);
  const files = Array.from({ length: 22 }, (_, index) => (index % 3 === 0 ? loud : quiet));
  const { items, artifacts } = await hear(...files);
  expect(items.map(({ file, segments }) => [file, segments.length > 0])).toEqual(
    files.map((_, index) => (index % 3 === 0 ? ['loud.wav', true] : ['quiet.wav', false])),
  );
  expect(artifacts.map(({ name }) => name)).toEqual(['segments.json']);
  expect(items.every((item) => !('sound' in item))).toBe(true);
});
