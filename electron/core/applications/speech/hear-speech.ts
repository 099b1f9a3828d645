import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { float32Tensor, float32Values, int64Tensor } from '../tensor.ts';

/** The only rate that is used of the two that the model knows. */
export const modelRate = 16_000;
/** Samples that the model judges at once: 32 ms. */
export const windowSamples = 512;
/** The end of the window before stands in front of each window; without it the model (version 5 and later) hears badly. */
const contextSamples = 64;
const stateShape = [2, 1, 128] as const;

/** The probability of speech in each 32 ms of a sound at 16 kHz (Silero VAD). What is short of a window at the end is silence. */
export const hearSpeech = async (
  session: InferenceSession,
  samples: Float32Array,
  progress: (share: number) => void,
): Promise<Float32Array> => {
  const probabilities = new Float32Array(Math.ceil(samples.length / windowSamples));
  const heard = new Float32Array(contextSamples + windowSamples);
  const input = float32Tensor(heard, [1, heard.length]);
  const sr = int64Tensor([modelRate], []);
  let state: Tensor = float32Tensor(new Float32Array(2 * 128), stateShape);
  for (let window = 0; window < probabilities.length; window += 1) {
    const start = window * windowSamples;
    heard.copyWithin(0, windowSamples);
    heard.fill(0, contextSamples);
    heard.set(samples.subarray(start, start + windowSamples), contextSamples);
    const outputs = await session.run({ input, state, sr });
    probabilities[window] = float32Values(outputs['output'])[0] ?? 0;
    state = outputs['stateN'] ?? state;
    if (window % windowsPerReport === windowsPerReport - 1) progress(window / probabilities.length);
  }
  return probabilities;
};

/** About once for each half minute of sound. */
const windowsPerReport = 1000;
