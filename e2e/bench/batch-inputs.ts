import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { mixToMono } from '../../electron/core/applications/speech/mix-to-mono.ts';
import { parseWav } from '../../electron/core/applications/speech/parse-wav.ts';
import { repository } from '../switchyard.ts';
import { formatWav } from '../tools/make-speech.ts';
import { makeTextPicture } from '../tools/make-text-picture.ts';
import { seeded } from '../tools/seeded.ts';

const seed = 7;
const fontSize = 28;

/** Pictures of one line of two to five random words each, cut close as a detector would cut them. */
export const makeCrops = async (folder: string, count: number): Promise<string[]> => {
  await mkdir(folder, { recursive: true });
  return each(folder, count, 'png', async (index) => {
    const { png } = await makeTextPicture({ seed: seed + index, lines: 1, wordsPerLine: 2 + (index % 4), fontSize });
    const { width } = await sharp(png).metadata();
    const [top, height] = [Math.round(fontSize * 1.2), Math.round(fontSize * 1.5)];
    // Each step on its own: in one pipeline sharp would trim before it cuts.
    const strip = await sharp(png).extract({ left: 0, top, width, height }).png().toBuffer();
    const line = await sharp(strip).trim({ background: 'white' }).png().toBuffer();
    return sharp(line).extend({ top: 3, bottom: 3, left: 6, right: 6, background: 'white' }).png().toBuffer();
  });
};

const pieceSeconds = 10;

/** Pieces of 10 s from the sample announcement, which is repeated; each begins elsewhere. */
export const makePieces = async (folder: string, count: number): Promise<string[]> => {
  await mkdir(folder, { recursive: true });
  const path = join(repository, 'resources', 'samples', 'announcement.wav');
  const sound = parseWav(await readFile(path), path);
  const samples = mixToMono(sound);
  const random = seeded(seed);
  return each(folder, count, 'wav', async () => {
    const start = Math.floor(random() * samples.length);
    const piece = Float32Array.from({ length: pieceSeconds * sound.sampleRate }, (_, at) => samples[(start + at) % samples.length] ?? 0);
    return formatWav([piece], sound.sampleRate);
  });
};

/**
 * Sounds that cost as many units as asked, all of the same size on the disk, so that nobody who looks at sizes knows: behind its samples each
 * has as much that is not sound as the longest one does without. All of them are pieces of the sample announcement.
 */
export const makeCosts = async (folder: string, costs: readonly number[]): Promise<string[]> => {
  await mkdir(folder, { recursive: true });
  const path = join(repository, 'resources', 'samples', 'announcement.wav');
  const sound = parseWav(await readFile(path), path);
  const samples = mixToMono(sound);
  const random = seeded(seed);
  const step = sound.sampleRate / costRate;
  const lengthOf = (cost: number): number => Math.round(cost * unitSeconds * costRate);
  const longest = lengthOf(Math.max(...costs));
  return each(folder, costs.length, 'wav', async (index) => {
    const start = Math.floor(random() * samples.length);
    const length = lengthOf(costs[index] ?? 1);
    const piece = Float32Array.from({ length }, (_, at) => samples[Math.floor(start + at * step) % samples.length] ?? 0);
    return filledUp(formatWav([piece], costRate), 2 * (longest - length));
  });
};

/** Long enough that to begin with an item takes little beside the item. */
const unitSeconds = 5;
const costRate = 8000;

/** With a chunk behind its samples that readers of RIFF pass over. */
const filledUp = (wav: Buffer, bytes: number): Buffer => {
  const junk = Buffer.alloc(8 + bytes);
  junk.write('JUNK', 0, 'latin1');
  junk.writeUInt32LE(bytes, 4);
  const all = Buffer.concat([wav, junk]);
  all.writeUInt32LE(all.length - 8, 4);
  return all;
};

const each = async (folder: string, count: number, extension: string, make: (index: number) => Promise<Buffer>): Promise<string[]> => {
  const paths: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, `${String(index).padStart(4, '0')}.${extension}`);
    await writeFile(path, await make(index));
    paths.push(path);
  }
  return paths;
};
