import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { gatherModels } from '../../../../e2e/tools/gather-models.ts';
import { makeTextPicture, type TextPictureOptions } from '../../../../e2e/tools/make-text-picture.ts';
import { testContext } from '../test-context.ts';
import { testFolder } from '../test-folder.ts';
import { ocr } from './ocr.ts';

beforeAll(gatherModels, 120_000);
const write = testFolder();

const readAll = async (...files: string[]) => {
  const context = testContext(...files);
  const { result, artifacts } = await ocr.run(context);
  if (result.kind !== 'text') throw new Error(`a ${result.kind} result`);
  const bytesOf = (name: string): Buffer | undefined => {
    const artifact = artifacts.find((candidate) => candidate.name === name);
    return artifact !== undefined && 'bytes' in artifact ? Buffer.from(artifact.bytes) : undefined;
  };
  return { items: result.items, names: artifacts.map(({ name }) => name), bytesOf, told: context.told };
};
const textsOf = (item: { lines: readonly { text: string }[] } | undefined): string[] | undefined => item?.lines.map(({ text }) => text);

const pictureOf = async (options: TextPictureOptions) => {
  const { png, lines } = await makeTextPicture(options);
  return { file: write(`${JSON.stringify(options).replaceAll(/\W+/g, '-')}.png`, png), png, lines };
};

describe('a printed picture is read word for word', () => {
  test.each([1, 2, 3, 4, 5])('with the random words of seed %i', async (seed) => {
    const { file, lines } = await pictureOf({ seed });
    const { items, bytesOf } = await readAll(file);
    expect(textsOf(items[0])).toEqual(lines);
    expect(bytesOf('text.txt')?.toString()).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  test.each([
    { seed: 11, fontSize: 14, font: 'DejaVu Serif' },
    { seed: 12, fontSize: 20, font: 'DejaVu Sans', degrees: 4 },
    { seed: 13, fontSize: 44, font: 'DejaVu Serif', degrees: -3 },
    { seed: 14, fontSize: 72, font: 'DejaVu Sans Mono', lines: 3 },
  ])('in $font of $fontSize pixels', async (options) => {
    const { file, lines } = await pictureOf(options);
    expect(textsOf((await readAll(file)).items[0])).toEqual(lines);
  });

  test('also when it lies on its side or stands on its head', async () => {
    const { png, lines } = await pictureOf({ seed: 21, lines: 3 });
    const turned = await Promise.all(
      [90, 180, 270].map(async (angle) => write(`${angle}.png`, await sharp(png).rotate(angle).png().toBuffer())),
    );
    const { items } = await readAll(...turned);
    expect(items.map(textsOf)).toEqual([lines, lines, lines]);
  });

  test('also light on dark, transparent, and as JPEG, WebP, GIF or TIFF', async () => {
    const { png, lines } = await pictureOf({ seed: 22, lines: 2 });
    const ink = await sharp(png).greyscale().negate().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    const transparent = sharp(Buffer.alloc(ink.info.width * ink.info.height * 3), {
      raw: { width: ink.info.width, height: ink.info.height, channels: 3 },
    }).joinChannel(ink.data, { raw: { width: ink.info.width, height: ink.info.height, channels: 1 } });
    const { items, names, bytesOf } = await readAll(
      write('dark.png', await sharp(png).negate({ alpha: false }).png().toBuffer()),
      write('transparent.png', await transparent.png().toBuffer()),
      write('a.jpg', await sharp(png).flatten().jpeg().toBuffer()),
      write('a.webp', await sharp(png).webp().toBuffer()),
      write('a.gif', await sharp(png).gif().toBuffer()),
      write('a.tiff', await sharp(png).tiff().toBuffer()),
    );
    expect(items.map(textsOf)).toEqual(Array.from({ length: 6 }, () => lines));
    expect(names).toEqual(['1-dark.png', '2-transparent.png', '3-a.jpg', '4-a.webp', '5-a.gif', '6-a.tiff.png', 'text.txt']);
    expect((await sharp(bytesOf('6-a.tiff.png')).metadata()).format).toBe('png');
  });
});

test('corners lie around the ink, in pixels of the picture as it is shown', async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="white"/><text x="120" y="200" font-family="DejaVu Sans" font-size="30">marker</text></svg>`;
  // The camera held sideways: stored turned, shown upright.
  const stored = await sharp(await sharp(Buffer.from(svg)).png().toBuffer())
    .rotate(-90)
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const file = write('camera.jpg', stored);
  const { items, bytesOf, told } = await readAll(file);
  expect(items).toMatchObject([{ file: 'camera.jpg', width: 400, height: 300, image: 'camera.jpg' }]);
  expect(textsOf(items[0])).toEqual(['marker']);
  const [topLeft, , bottomRight] = items[0]?.lines[0]?.corners ?? [];
  expect(Math.abs((topLeft?.[0] ?? 0) - 120)).toBeLessThan(8);
  expect(Math.abs((topLeft?.[1] ?? 0) - 176)).toBeLessThan(8);
  expect(Math.abs((bottomRight?.[0] ?? 0) - 236)).toBeLessThan(12);
  expect(Math.abs((bottomRight?.[1] ?? 0) - 201)).toBeLessThan(8);
  expect(bytesOf('camera.jpg')?.equals(stored)).toBe(true);
  expect(told).toEqual([{ done: 1, total: 1 }]);
});

test('a picture without text gives no lines', async () => {
  const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#9ab' } })
    .png()
    .toBuffer();
  const { items, bytesOf } = await readAll(write('blank.png', blank));
  expect(items[0]?.lines).toEqual([]);
  expect(bytesOf('text.txt')?.toString()).toBe('');
});
