import type { InferenceSession } from 'onnxruntime-node';
import { float32Tensor, float32Values } from '../tensor.ts';
import type { Picture } from './picture.ts';
import { lineHeight, writePlanes } from './recognise-lines.ts';

/** Longer lines are squeezed to this width, shorter ones padded. */
export const uprightWidth = 192;
const batchLines = 16;
/** Below this the model is guessing. */
const sureEnough = 0.9;

/** Which of the lines seem to stand upside down (the orientation classifier of PP-OCR). */
export const findUpsideDown = async (session: InferenceSession, lines: readonly Picture[]): Promise<boolean[]> => {
  const found: boolean[] = [];
  const size = 3 * lineHeight * uprightWidth;
  for (let start = 0; start < lines.length; start += batchLines) {
    const batch = lines.slice(start, start + batchLines);
    const input = new Float32Array(batch.length * size);
    batch.forEach((line, index) => writePlanes(input.subarray(index * size, (index + 1) * size), line, uprightWidth));
    const outputs = await session.run({ x: float32Tensor(input, [batch.length, 3, lineHeight, uprightWidth]) });
    const values = float32Values(outputs[session.outputNames[0] ?? '']);
    found.push(...batch.map((_, index) => (values[2 * index + 1] ?? 0) > sureEnough));
  }
  return found;
};
