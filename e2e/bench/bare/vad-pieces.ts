import { vadModel } from '../../../electron/core/applications/manifests.ts';
import { readInput } from '../../../electron/core/applications/read-input.ts';
import { findSegments } from '../../../electron/core/applications/speech/find-segments.ts';
import { hearSpeech, modelRate, windowSamples } from '../../../electron/core/applications/speech/hear-speech.ts';
import { mixToMono } from '../../../electron/core/applications/speech/mix-to-mono.ts';
import { parseWav } from '../../../electron/core/applications/speech/parse-wav.ts';
import { resample } from '../../../electron/core/applications/speech/resample.ts';
import { answerRounds } from './answer-rounds.ts';
import { bareSession, filesOf } from './bare-session.ts';

/* vad-pieces.ts FOLDER: hears every sound of a folder with the application's own functions; no queue, no worker, no curve for a page. */
const files = filesOf(process.argv[2]);
const session = await bareSession(vadModel);
const fileLimitBytes = 1024 ** 3;

await answerRounds(async () => {
  let found = 0;
  for (const file of files) {
    const sound = parseWav(await readInput(file, fileLimitBytes), file.name);
    const samples = resample(mixToMono(sound), sound.sampleRate, modelRate);
    const probabilities = await hearSpeech(session, samples, () => undefined);
    found += findSegments(probabilities, windowSamples, samples.length).length;
  }
  if (found === 0) throw new Error('no speech was heard');
});
