import { frameBytes, type WavSound } from './parse-wav.ts';

/** One channel of samples from -1 to 1: the mean of all channels. */
export const mixToMono = (sound: WavSound): Float32Array => {
  const { samples, channels } = sound;
  const mono = new Float32Array(samples.length / frameBytes(sound));
  const read = readers[sound.coding](new DataView(samples.buffer, samples.byteOffset, samples.byteLength));
  for (let frame = 0; frame < mono.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) sum += read(frame * channels + channel);
    mono[frame] = finite(sum / channels);
  }
  return mono;
};

/** Float sound may hold anything; one NaN would spoil all that the model hears after it. */
const finite = (value: number): number => (Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0);

type Reader = (view: DataView) => (index: number) => number;

const readers: Record<WavSound['coding'], Reader> = {
  u8: (view) => (index) => (view.getUint8(index) - 128) / 128,
  s16: (view) => (index) => view.getInt16(2 * index, true) / 32_768,
  s24: (view) => (index) => (view.getUint16(3 * index, true) + view.getInt8(3 * index + 2) * 65_536) / 8_388_608,
  s32: (view) => (index) => view.getInt32(4 * index, true) / 2_147_483_648,
  f32: (view) => (index) => view.getFloat32(4 * index, true),
};
