import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { mixToMono } from './mix-to-mono.ts';
import { parseWav } from './parse-wav.ts';

interface Header {
  format?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  /** What the data chunk says of its own size. */
  declared?: number;
}

const chunk = (name: string, content: Buffer, declared = content.length): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(declared, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
};

const wav = (samples: Buffer, { format = 1, channels = 1, rate = 16_000, bits = 16, declared = samples.length }: Header = {}): Buffer => {
  const fmt = Buffer.alloc(16);
  fmt.writeUInt16LE(format, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(rate, 4);
  fmt.writeUInt32LE((rate * channels * bits) / 8, 8);
  fmt.writeUInt16LE((channels * bits) / 8, 12);
  fmt.writeUInt16LE(bits, 14);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('LIST', Buffer.from('odd')),
    chunk('fmt ', fmt),
    chunk('data', samples, declared),
  ]);
  return Buffer.concat([chunk('RIFF', body)]);
};

const monoOf = (bytes: Buffer): number[] => [...mixToMono(parseWav(bytes, 'a.wav'))];

const sentence = (bytes: Buffer): string => {
  try {
    parseWav(bytes, 'a.wav');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('the sound was accepted');
};

describe('samples of every coding', () => {
  const s16 = Buffer.from(Int16Array.of(0, 16_384, -32_768).buffer);
  const f32 = Buffer.from(Float32Array.of(0, 0.5, -1, Number.NaN, 7).buffer);
  test.each([
    ['8 bits', wav(Buffer.from([128, 192, 0]), { bits: 8 }), [0, 0.5, -1]],
    ['16 bits', wav(s16), [0, 0.5, -1]],
    ['24 bits', wav(Buffer.from([0, 0, 0, 0, 0, 0x40, 0, 0, 0x80]), { bits: 24 }), [0, 0.5, -1]],
    ['32 bits', wav(Buffer.from(Int32Array.of(0, 2 ** 30, -(2 ** 31)).buffer), { bits: 32 }), [0, 0.5, -1]],
    ['32-bit float, where nonsense is silence and too loud is loud', wav(f32, { format: 3, bits: 32 }), [0, 0.5, -1, 0, 1]],
    ['two channels, which are mixed', wav(Buffer.from(Int16Array.of(16_384, 0, -32_768, 16_384).buffer), { channels: 2 }), [0.25, -0.25]],
    ['a program that wrote to a pipe', wav(s16, { declared: 0xffff_ffff }), [0, 0.5, -1]],
  ])('from %s are the same numbers', (_, bytes, wanted) => {
    expect(monoOf(bytes)).toEqual(wanted);
  });

  test('come back exactly from 16 bits, from any place in memory', () => {
    fc.assert(
      fc.property(fc.int16Array({ minLength: 1 }), fc.integer({ min: 0, max: 3 }), (values, offset) => {
        const file = wav(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
        const moved = Buffer.concat([Buffer.alloc(offset), file]).subarray(offset);
        expect(monoOf(moved)).toEqual([...values].map((value) => value / 32_768));
      }),
    );
  });
});

describe('a sound that cannot be used', () => {
  const good = wav(Buffer.alloc(100));
  test.each([
    [
      good.subarray(0, good.length - 30),
      'a.wav is not a readable WAV file: it ends 30 bytes too early. Check that it is whole and of that kind.',
    ],
    [good.subarray(0, 40), 'a.wav is not a readable WAV file: it ends 8 bytes too early. Check that it is whole and of that kind.'],
    [good.subarray(0, 24), 'a.wav is not a readable WAV file: its format is not told. Check that it is whole and of that kind.'],
    [
      Buffer.from('ID3 this is no wave'),
      'a.wav is not a readable WAV file: it does not begin as a WAV file does. Check that it is whole and of that kind.',
    ],
    [wav(Buffer.alloc(0)), 'a.wav is not a readable WAV file: its sound is empty. Check that it is whole and of that kind.'],
    [wav(Buffer.alloc(3)), 'a.wav is not a readable WAV file: its last sample is cut. Check that it is whole and of that kind.'],
    [
      wav(Buffer.alloc(4), { channels: 0 }),
      'a.wav is not a readable WAV file: it has no channel. Check that it is whole and of that kind.',
    ],
    [
      wav(Buffer.alloc(8), { format: 7, bits: 8 }),
      'a.wav holds 8-bit sound of WAV format 7; wanted is WAV sound as PCM of 8, 16, 24 or 32 bits or as 32-bit float.',
    ],
    [
      wav(Buffer.alloc(8), { rate: 100 }),
      'a.wav holds sound of 100 samples a second; wanted is WAV sound as PCM of 8, 16, 24 or 32 bits or as 32-bit float.',
    ],
  ])('is told in one sentence (%#)', (bytes, wanted) => {
    expect(sentence(bytes)).toBe(wanted);
  });

  test('never escapes as anything but an InputError, wherever it is cut or changed', () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(good.length - 1), fc.nat(255), (length, place, value) => {
        const spoiled = Buffer.from(good);
        spoiled[place] = value;
        try {
          monoOf(spoiled.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
