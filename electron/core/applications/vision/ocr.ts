import { readFile } from 'node:fs/promises';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Application, ApplicationContext, NewArtifact } from '../../ports.ts';
import { ocrManifest, ocrModels } from '../manifests.ts';
import { resultName } from '../result-name.ts';
import { parseDictionary } from './decode-ctc.ts';
import { openPicture } from './picture.ts';
import { readText, type TextLine, type TextReader } from './read-text.ts';
import { shownPicture } from './shown-picture.ts';

type TextItem = Extract<JobResult, { kind: 'text' }>['items'][number];

/** The text in pictures, with the place of each line. */
export const ocr: Application = {
  manifest: ocrManifest,
  run: async (context) => {
    const reader = await openReader(context);
    const { first, count } = context.position;
    const items: TextItem[] = [];
    const texts: string[] = [];
    const artifacts: NewArtifact[] = [];
    for (const [index, file] of context.files.entries()) {
      const picture = await openPicture(file);
      const rows = await readText(reader, picture, (done, total) => {
        if (count === 1) context.progress({ done, total });
      });
      const shown = await shownPicture(picture, resultName(file.name, first + index, count));
      artifacts.push(shown);
      items.push(textItem(file.name, picture, shown.name, rows.flat()));
      texts.push(count === 1 ? plainText(rows) : `── ${file.name} ──\n${plainText(rows)}`);
      if (count > 1) context.progress({ done: index + 1, total: context.files.length });
    }
    artifacts.push({ name: 'text.txt', mediaType: 'text/plain; charset=utf-8', joined: 'lines', bytes: Buffer.from(texts.join('\n')) });
    return { result: { kind: 'text', items }, artifacts };
  },
};

const openReader = async (context: ApplicationContext): Promise<TextReader> => ({
  detection: await context.session(ocrModels.detection),
  orientation: await context.session(ocrModels.orientation),
  recognition: await context.session(ocrModels.recognition),
  characters: await readDictionary(context),
});

export const readDictionary = async (context: ApplicationContext): Promise<string[]> =>
  parseDictionary(await readFile(context.resource(ocrModels.dictionary), 'utf8'));

const textItem = (file: string, size: { width: number; height: number }, image: string, lines: readonly TextLine[]): TextItem => ({
  file,
  width: size.width,
  height: size.height,
  image,
  lines: lines.map(({ text, score, corners }) => ({
    text,
    score,
    corners: corners.map(([x, y]): [number, number] => [round(x), round(y)]),
  })),
});

/** Tenths of a pixel are finer than anyone sees. */
const round = (value: number): number => Math.round(value * 10) / 10;

const plainText = (rows: readonly (readonly TextLine[])[]): string =>
  rows.map((row) => `${row.map(({ text }) => text).join(' ')}\n`).join('');
