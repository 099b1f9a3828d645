import type { InferenceSession } from 'onnxruntime-node';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Application, NewArtifact } from '../../ports.ts';
import { InputError } from '../input-error.ts';
import { vadManifest, vadModel } from '../manifests.ts';
import { readInput, type InputFile } from '../read-input.ts';
import { resultName } from '../result-name.ts';
import { findSegments } from './find-segments.ts';
import { hearSpeech, modelRate, windowSamples } from './hear-speech.ts';
import { mixToMono } from './mix-to-mono.ts';
import { frameBytes, parseWav } from './parse-wav.ts';
import { resample } from './resample.ts';
import { meansOf, peaksOf, sliceCount } from './slices.ts';

type SpeechItem = Extract<JobResult, { kind: 'speech' }>['items'][number];

const fileLimitBytes = 1024 * 1024 * 1024;
/** Two hours at 16 kHz are 460 MB of samples. */
const limitSeconds = 7200;
/** A copy of each sound is kept for hearing, but not of the hundreds of a batch. */
const mostKept = 20;

/** Where sounds hold speech. */
export const vad: Application = {
  manifest: vadManifest,
  run: async (context) => {
    const session = await context.session(vadModel);
    const { first, count } = context.position;
    const items: SpeechItem[] = [];
    const artifacts: NewArtifact[] = [];
    for (const [index, file] of context.files.entries()) {
      const bytes = await readInput(file, fileLimitBytes);
      const item = await hearFile(session, file, bytes, (share) => context.progress({ done: index + share, total: context.files.length }));
      if (count <= mostKept) {
        item.sound = resultName(file.name, first + index, count);
        artifacts.push({ name: item.sound, mediaType: 'audio/wav', bytes });
      }
      items.push(item);
      context.progress({ done: index + 1, total: context.files.length });
    }
    const listed = items.map(({ file, seconds, segments }) => ({ file, seconds, segments }));
    artifacts.push({
      name: 'segments.json',
      mediaType: 'application/json',
      joined: 'list',
      bytes: Buffer.from(`${JSON.stringify(listed, undefined, 2)}\n`),
    });
    return { result: { kind: 'speech', items }, artifacts };
  },
};

const hearFile = async (
  session: InferenceSession,
  file: InputFile,
  bytes: Uint8Array,
  progress: (share: number) => void,
): Promise<SpeechItem> => {
  const sound = parseWav(bytes, file.name);
  const seconds = sound.samples.length / frameBytes(sound) / sound.sampleRate;
  if (seconds > limitSeconds) throw new InputError({ code: 'sound-too-long', values: { file: file.name, seconds, limitSeconds } });
  const samples = resample(mixToMono(sound), sound.sampleRate, modelRate);
  const probabilities = await hearSpeech(session, samples, progress);
  const slices = sliceCount(probabilities.length);
  return {
    file: file.name,
    seconds,
    sampleRate: sound.sampleRate,
    peaks: peaksOf(samples, slices),
    probabilities: meansOf(probabilities, slices),
    segments: findSegments(probabilities, windowSamples, samples.length).map(({ start, end, score }) => ({
      startSeconds: milliseconds(start / modelRate),
      endSeconds: milliseconds(end / modelRate),
      score,
    })),
  };
};

const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
