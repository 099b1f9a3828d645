import type { InferenceSession } from 'onnxruntime-node';
import { float32Tensor, float32Values } from '../tensor.ts';
import { decodeCtc, textOf } from './decode-ctc.ts';
import type { Picture } from './picture.ts';

/** Height of the pictures that the model takes. */
export const lineHeight = 48;
/** The model gives one step for each of these, so widths are rounded up to it. */
const widthStep = 8;
export const longestLine = 4096;

/** What one line of text says. */
export interface ReadLine {
  readonly text: string;
  /** Mean probability of its characters; 0 when nothing was read. */
  readonly score: number;
}

/**
 * Reads pictures of single lines, each 48 pixels high; answers in their order (the recognition half of PP-OCRv4). One line at a time:
 * on one core a batch of six costs 6 % more, since its shorter lines are padded, and what a line says would hang on its neighbours.
 * Shorter lines go first, so that lines of the same width follow each other and share the memory plan of the runtime.
 */
export const recogniseLines = async (
  session: InferenceSession,
  characters: readonly string[],
  lines: readonly Picture[],
  progress: (done: number) => void = () => undefined,
): Promise<ReadLine[]> => {
  const read = lines.map((): ReadLine => ({ text: '', score: 0 }));
  const byWidth = [...lines.entries()].sort(([, a], [, b]) => a.width - b.width);
  for (const [done, [index, line]] of byWidth.entries()) {
    read[index] = await readLine(session, characters, line);
    progress(done + 1);
  }
  return read;
};

const readLine = async (session: InferenceSession, characters: readonly string[], line: Picture): Promise<ReadLine> => {
  const width = Math.ceil(line.width / widthStep) * widthStep;
  const input = new Float32Array(3 * lineHeight * width);
  writePlanes(input, line, width);
  const output = (await session.run({ x: float32Tensor(input, [1, 3, lineHeight, width]) }))[session.outputNames[0] ?? ''];
  return lineOf(float32Values(output), Number(output?.dims[1]), characters);
};

const lineOf = (values: Float32Array, steps: number, characters: readonly string[]): ReadLine => {
  const read = decodeCtc(values, steps, characters);
  const text = textOf(read);
  const score = read.length === 0 ? 0 : read.reduce((sum, { probability }) => sum + probability, 0) / read.length;
  return { text, score };
};

/** Blue, green, red planes from -1 to 1; what is right of a shorter line stays 0. */
export const writePlanes = (target: Float32Array, { width, height, pixels }: Picture, targetWidth: number): void => {
  for (let channel = 0; channel < 3; channel += 1) {
    for (let y = 0; y < height; y += 1) {
      const to = (channel * height + y) * targetWidth;
      const from = 3 * y * width + 2 - channel;
      for (let x = 0; x < width; x += 1) target[to + x] = (pixels[from + 3 * x] ?? 0) / 127.5 - 1;
    }
  }
};
