import sharp from 'sharp';
import { seeded } from './seeded.ts';

export interface TextPictureOptions {
  readonly seed: number;
  readonly lines?: number;
  readonly wordsPerLine?: number;
  /** Height of the letters in pixels. */
  readonly fontSize?: number;
  /** A font of the system; the tests need the Debian package fonts-dejavu-core. */
  readonly font?: string;
  /** Clockwise. */
  readonly degrees?: number;
}

/** A PNG with lines of random words that nobody could have known before, and those lines. */
export const makeTextPicture = async (options: TextPictureOptions): Promise<{ png: Buffer; lines: string[] }> => {
  const { seed, lines: count = 5, wordsPerLine = 4, fontSize = 28, font = 'DejaVu Sans', degrees = 0 } = options;
  const random = seeded(seed);
  const lines = Array.from({ length: count }, () => Array.from({ length: wordsPerLine }, () => randomWord(random)).join(' '));
  const width = Math.ceil(fontSize * (2 + 5.2 * wordsPerLine));
  const height = Math.ceil(fontSize * (3 + 1.8 * count));
  const texts = lines.map((line, index) => `<text x="${fontSize}" y="${fontSize * (2.2 + 1.8 * index)}">${line}</text>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="white"/><g transform="rotate(${degrees} ${width / 2} ${height / 2})" font-family="${font}" font-size="${fontSize}" fill="#111">${texts.join('')}</g></svg>`;
  return { png: await sharp(Buffer.from(svg)).png().toBuffer(), lines };
};

/** Without l, i and j, which a person could not tell from 1 and from each other in a word without sense. */
const consonants = 'bcdfghkmnpqrstvwxz';
const vowels = 'aeou';

const randomWord = (random: () => number): string => {
  const letters = 3 + Math.floor(random() * 5);
  const pick = (from: string): string => from.charAt(Math.floor(random() * from.length));
  return Array.from({ length: letters }, (_, index) => pick(index % 2 === 0 ? consonants : vowels)).join('');
};
