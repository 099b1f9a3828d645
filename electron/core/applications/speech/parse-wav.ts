import { InputError } from '../input-error.ts';

/** What the header of a WAV file says, and where its samples lie. */
export interface WavSound {
  readonly sampleRate: number;
  readonly channels: number;
  readonly coding: 'u8' | 's16' | 's24' | 's32' | 'f32';
  readonly samples: Uint8Array;
}

const pcm = 1;
const float = 3;
const extensible = 0xfffe;
const unknownSize = 0xffff_ffff;
const lowestRate = 4000;
const highestRate = 384_000;

/** Reads the RIFF structure of a WAV file strictly: what is cut short or contradicts itself is refused. */
export const parseWav = (bytes: Uint8Array, file: string): WavSound => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE')
    throw damaged(file, 'it does not begin as a WAV file does.');
  const chunks = findChunks(bytes, view, file);
  const { format: header, data: samples } = chunks;
  if (header === undefined) throw damaged(file, 'its format is not told.');
  if (samples === undefined) throw damaged(file, 'it holds no sound data.');
  const format = parseFormat(header, file);
  if (samples.length === 0) throw damaged(file, 'its sound is empty.');
  if (samples.length % frameBytes(format) !== 0) throw damaged(file, 'its last sample is cut.');
  return { ...format, samples };
};

/** Bytes of one sample of every channel. */
export const frameBytes = ({ channels, coding }: Pick<WavSound, 'channels' | 'coding'>): number => channels * bytesPerSample[coding];

const bytesPerSample = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4 } as const;

const tag = (bytes: Uint8Array, start: number): string => String.fromCharCode(...bytes.subarray(start, start + 4));

const damaged = (file: string, detail: string): InputError =>
  new InputError({ code: 'file-damaged', values: { file, kind: 'WAV', detail } });

interface Chunks {
  format?: DataView;
  data?: Uint8Array;
}

const findChunks = (bytes: Uint8Array, view: DataView, file: string): Chunks => {
  const chunks: Chunks = {};
  let start = 12;
  while (start + 8 <= bytes.length && chunks.data === undefined) {
    const name = tag(bytes, start);
    const declared = view.getUint32(start + 4, true);
    // A program that writes to a pipe cannot come back to tell the size.
    const size = declared === unknownSize && name === 'data' ? bytes.length - start - 8 : declared;
    const end = start + 8 + size;
    if (end > bytes.length) throw damaged(file, `it ends ${end - bytes.length} bytes too early.`);
    if (name === 'fmt ') chunks.format = new DataView(bytes.buffer, bytes.byteOffset + start + 8, size);
    if (name === 'data') chunks.data = bytes.subarray(start + 8, end);
    // Chunks begin at even places.
    start = end + (size % 2);
  }
  return chunks;
};

const parseFormat = (header: DataView, file: string): Omit<WavSound, 'samples'> => {
  if (header.byteLength < 16) throw damaged(file, 'its format is cut.');
  const declared = header.getUint16(0, true);
  const kind = declared === extensible && header.byteLength >= 26 ? header.getUint16(24, true) : declared;
  const channels = header.getUint16(2, true);
  const sampleRate = header.getUint32(4, true);
  const bits = header.getUint16(14, true);
  const coding = codingOf(kind, bits);
  if (coding === undefined)
    throw new InputError({ code: 'sound-kind', values: { file, given: `${bits}-bit sound of WAV format ${kind}` } });
  if (channels === 0) throw damaged(file, 'it has no channel.');
  if (header.getUint16(12, true) !== channels * bytesPerSample[coding]) throw damaged(file, 'its format contradicts itself.');
  if (sampleRate < lowestRate || sampleRate > highestRate) {
    throw new InputError({ code: 'sound-kind', values: { file, given: `sound of ${sampleRate} samples a second` } });
  }
  return { sampleRate, channels, coding };
};

const codingOf = (kind: number, bits: number): WavSound['coding'] | undefined => {
  if (kind === float) return bits === 32 ? 'f32' : undefined;
  if (kind !== pcm) return undefined;
  return ({ 8: 'u8', 16: 's16', 24: 's24', 32: 's32' } as const)[bits];
};
