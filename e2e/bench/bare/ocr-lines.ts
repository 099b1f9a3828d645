import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ocrModels } from '../../../electron/core/applications/manifests.ts';
import { parseDictionary } from '../../../electron/core/applications/vision/decode-ctc.ts';
import { linePicture } from '../../../electron/core/applications/vision/line-picture.ts';
import { openPicture, type Picture } from '../../../electron/core/applications/vision/picture.ts';
import { recogniseLines } from '../../../electron/core/applications/vision/recognise-lines.ts';
import { answerRounds } from './answer-rounds.ts';
import { bareSession, filesOf, modelsFolder } from './bare-session.ts';

/* ocr-lines.ts FOLDER: reads every picture of a folder with the application's own functions, in chunks as it does; no queue, no worker. */
const files = filesOf(process.argv[2]);
const session = await bareSession(ocrModels.recognition);
const characters = parseDictionary(await readFile(join(modelsFolder, ocrModels.dictionary), 'utf8'));
const chunkLines = 24;

await answerRounds(async () => {
  const texts: string[] = [];
  for (let start = 0; start < files.length; start += chunkLines) {
    const lines: Picture[] = [];
    for (const file of files.slice(start, start + chunkLines)) lines.push(await linePicture(await openPicture(file)));
    texts.push(...(await recogniseLines(session, characters, lines)).map(({ text }) => text));
  }
  if (texts.some((text) => text === '')) throw new Error('a line was read as nothing');
});
