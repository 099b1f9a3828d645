import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { truncateSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { testFolder } from '../test-folder.ts';
import { openPicture } from './picture.ts';

const write = testFolder();
const open = (path: string) => openPicture({ path, name: path.slice(path.lastIndexOf('/') + 1) });
const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#123456' } });

const refused = async (path: string): Promise<string> => {
  const error: unknown = await open(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof InputError)) throw new Error('it was accepted', { cause: error });
  return error.message;
};

test('every colour form becomes red, green and blue', async () => {
  const grey = await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  expect([...(await open(write('grey.png', grey))).pixels]).toEqual([10, 10, 10, 200, 200, 200]);
  const clear = await sharp({ create: { width: 1, height: 1, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    .png()
    .toBuffer();
  expect([...(await open(write('clear.png', clear))).pixels]).toEqual([255, 255, 255]);
  const deep = await plain(1, 1).toColourspace('rgb16').png().toBuffer();
  expect([...(await open(write('deep.png', deep))).pixels]).toEqual([0x12, 0x34, 0x56]);
});

test('a cut, false, empty or missing picture is one sentence', async () => {
  const whole = await sharp(Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7919) % 251)), {
    raw: { width: 64, height: 64, channels: 3 },
  })
    .png()
    .toBuffer();
  const cut = write('cut.png', whole);
  truncateSync(cut, Math.floor(whole.length / 2));
  expect(await refused(cut)).toMatch(/^cut\.png is not a readable picture file: .+\. Check that it is whole and of that kind\.$/);
  expect(await refused(write('text.png', 'no picture'))).toMatch(/^text\.png is not a readable picture file: .+\.$/);
  expect(await refused(write('zero.png', ''))).toBe('zero.png is empty (0 bytes). Choose a file with content.');
  expect(await refused(join(dirname(cut), 'none.png'))).toBe('There is no file none.png. Check the path.');
  mkdirSync(join(dirname(cut), 'folder.png'));
  expect(await refused(join(dirname(cut), 'folder.png'))).toBe('folder.png is a folder; a file is wanted.');
  expect(await refused(write('drawing.png', '<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>'))).toBe(
    'drawing.png is not a kind of file that can be used here; wanted is PNG, JPEG, WebP, TIFF or GIF.',
  );
});

test('a picture of too many pixels is refused by its header', async () => {
  const bomb = await plain(12_000, 10_000).png({ compressionLevel: 9 }).toBuffer();
  expect(await refused(write('bomb.png', bomb))).toBe(
    'bomb.png has 120 million pixels; the most that can be read is 100 million. Make it smaller.',
  );
});

test('a huge sparse file is refused before it is read', async () => {
  const path = write('sparse.png', 'x');
  truncateSync(path, 4_000_000_000);
  expect(await refused(path)).toBe('sparse.png is 4.0 GB; the most that can be used here is 268 MB.');
});
