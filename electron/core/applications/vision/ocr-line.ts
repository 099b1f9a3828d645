import type { JobResult } from '../../../../shared/model/application.ts';
import type { Application, NewArtifact } from '../../ports.ts';
import { ocrLineManifest, ocrModels } from '../manifests.ts';
import { resultName } from '../result-name.ts';
import { linePicture } from './line-picture.ts';
import { readDictionary } from './ocr.ts';
import { openPicture, type Picture } from './picture.ts';
import { recogniseLines } from './recognise-lines.ts';
import { shownPicture } from './shown-picture.ts';

type TextItem = Extract<JobResult, { kind: 'text' }>['items'][number];

/** A copy of each picture is kept for showing, but not of the hundreds of a batch. */
const mostShown = 20;
/** How many decoded lines are held at once. */
const chunkLines = 24;

/** The text of pictures that hold one line each. */
export const ocrLine: Application = {
  manifest: ocrLineManifest,
  run: async (context) => {
    const session = await context.session(ocrModels.recognition);
    const characters = await readDictionary(context);
    const { first, count } = context.position;
    const items: TextItem[] = [];
    const artifacts: NewArtifact[] = [];
    for (let start = 0; start < context.files.length; start += chunkLines) {
      const chunk: { item: TextItem; line: Picture }[] = [];
      for (const [offset, file] of context.files.slice(start, start + chunkLines).entries()) {
        const picture = await openPicture(file);
        const item: TextItem = { file: file.name, width: picture.width, height: picture.height, lines: [] };
        if (count <= mostShown) {
          const shown = await shownPicture(picture, resultName(file.name, first + start + offset, count));
          artifacts.push(shown);
          item.image = shown.name;
        }
        chunk.push({ item, line: await linePicture(picture) });
      }
      const texts = await recogniseLines(
        session,
        characters,
        chunk.map(({ line }) => line),
      );
      chunk.forEach(({ item }, index) => {
        const read = texts[index];
        if (read !== undefined && read.text.trim() !== '') item.lines.push({ ...read, corners: wholePicture(item.width, item.height) });
        items.push(item);
      });
      context.progress({ done: items.length, total: context.files.length });
    }
    const text = items.map(({ lines }) => `${lines[0]?.text ?? ''}\n`).join('');
    artifacts.push({ name: 'text.txt', mediaType: 'text/plain; charset=utf-8', joined: 'texts', bytes: Buffer.from(text) });
    return { result: { kind: 'text', items }, artifacts };
  },
};

const wholePicture = (width: number, height: number): [number, number][] => [
  [0, 0],
  [width, 0],
  [width, height],
  [0, height],
];
