import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mixToMono } from '../../electron/core/applications/speech/mix-to-mono.ts';
import { parseWav } from '../../electron/core/applications/speech/parse-wav.ts';
import { resample } from '../../electron/core/applications/speech/resample.ts';

export interface SpeechOptions {
  /** What is said, one burst each. */
  readonly bursts: readonly string[];
  /** Silence before the first burst, between bursts and after the last. */
  readonly silenceSeconds: number;
  readonly sampleRate?: number;
}

export interface Burst {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** A mono 16-bit WAV with bursts of synthetic speech (the Debian package espeak-ng) and the times at which they truly sound. */
export const makeSpeech = async ({
  bursts,
  silenceSeconds,
  sampleRate = 16_000,
}: SpeechOptions): Promise<{ wav: Buffer; bursts: Burst[] }> => {
  const silence = new Float32Array(Math.round(silenceSeconds * sampleRate));
  const parts: Float32Array[] = [silence];
  const times: Burst[] = [];
  let seconds = silence.length / sampleRate;
  for (const text of bursts) {
    const spoken = trimSilence(await speak(text, sampleRate));
    times.push({ startSeconds: seconds, endSeconds: seconds + spoken.length / sampleRate });
    seconds += (spoken.length + silence.length) / sampleRate;
    parts.push(spoken, silence);
  }
  return { wav: formatWav(parts, sampleRate), bursts: times };
};

const run = promisify(execFile);

const speak = async (text: string, sampleRate: number): Promise<Float32Array> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-speech-'));
  try {
    const path = join(folder, 'speech.wav');
    await run('espeak-ng', ['-v', 'en', '-s', '150', '-w', path, text]);
    const sound = parseWav(await readFile(path), 'espeak-ng');
    return resample(mixToMono(sound), sound.sampleRate, sampleRate);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** espeak-ng adds silence of its own, which would make the true times untrue. */
const trimSilence = (samples: Float32Array): Float32Array => {
  const isLoud = (value: number): boolean => Math.abs(value) > 0.01;
  return samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
};

/** A mono WAV file of 16 bits. */
export const formatWav = (parts: readonly Float32Array[], sampleRate: number): Buffer => {
  const samples = parts.flatMap((part) => [...part]);
  const wav = Buffer.alloc(44 + 2 * samples.length);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + 2 * samples.length, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(2 * sampleRate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((value, index) => wav.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(value * 32_767))), 44 + 2 * index));
  return wav;
};
