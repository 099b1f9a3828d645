import type { InferenceSession } from 'onnxruntime-node';
import { findUpsideDown, uprightWidth } from './check-upright.ts';
import { cutCrop, distance } from './cut-crop.ts';
import { detectText } from './detect-text.ts';
import type { Picture } from './picture.ts';
import { inReadingOrder } from './reading-order.ts';
import { lineHeight, longestLine, recogniseLines } from './recognise-lines.ts';
import type { Corners } from './rectangle.ts';

/** The models of a whole page and the characters that the last of them knows. */
export interface TextReader {
  readonly detection: InferenceSession;
  readonly orientation: InferenceSession;
  readonly recognition: InferenceSession;
  readonly characters: readonly string[];
}

/** A line of text; the corners run clockwise from its top left as it is read, in pixels of the picture. */
export interface TextLine {
  readonly text: string;
  readonly score: number;
  readonly corners: Corners;
}

/** All text in a picture, row by row; a row holds the lines that stand side by side. */
export const readText = async (
  reader: TextReader,
  picture: Picture,
  progress: (done: number, total: number) => void,
): Promise<TextLine[][]> => {
  const places = (await detectText(reader.detection, picture)).map(({ corners }) => corners);
  const ways = await waysToRead(reader.orientation, picture, places);
  const crops = ways.map(({ corners }) => lineCrop(picture, corners));
  const texts = await recogniseLines(reader.recognition, reader.characters, crops, (done) => progress(done, crops.length));
  const lines = chooseWays(ways.map((way, index) => ({ ...way, ...(texts[index] ?? { text: '', score: 0 }) })));
  return inReadingOrder(lines.filter(({ text, score }) => text.trim() !== '' && score >= leastScore));
};

/** What is less sure than this is no text but a pattern. */
const leastScore = 0.5;
/** A place this much higher than wide may hold a line that runs up or down, or one narrow character. */
const tallFrom = 1.5;

/** One way to read one place: turned counter-clockwise by this many quarters. */
interface Way {
  readonly place: number;
  readonly quarters: number;
  readonly corners: Corners;
}

/** How each place may be read. Where there is doubt, several ways are tried. */
const waysToRead = async (orientation: InferenceSession, picture: Picture, places: readonly Corners[]): Promise<Way[]> => {
  const wide = places.filter((corners) => !isTall(corners));
  const upsideDown = await findUpsideDown(
    orientation,
    wide.map((corners) => cutCrop(picture, corners, Math.min(uprightWidth, lineWidth(corners)), lineHeight)),
  );
  // The classifier misses lines, but seldom all lines of a page.
  const wideQuarters = upsideDown.includes(true) ? [0, 2] : [0];
  return places.flatMap((corners, place) =>
    (isTall(corners) ? [0, 1, 3] : wideQuarters).map((quarters) => ({ place, quarters, corners: turn(corners, quarters) })),
  );
};

const isTall = ([topLeft, topRight, , bottomLeft]: Corners): boolean =>
  distance(topLeft, bottomLeft) >= tallFrom * distance(topLeft, topRight);

/** A line is read as most of the page is, unless another way is surer by this much. */
const clearlySurer = 0.15;

type ReadWay = Way & TextLine;

/** For each place the best of its ways. */
export const chooseWays = (ways: readonly ReadWay[]): TextLine[] => {
  const support = [0, 0, 0, 0];
  for (const { quarters, text, score } of ways) support[quarters] = (support[quarters] ?? 0) + text.length * score;
  const common = support.indexOf(Math.max(...support));
  const worth = (way: ReadWay): number => way.score + (way.quarters === common ? clearlySurer : 0);
  return [...Map.groupBy(ways, ({ place }) => place).values()].flatMap((group) => {
    const [best] = group.toSorted((a, b) => worth(b) - worth(a));
    return best === undefined ? [] : [{ text: best.text, score: best.score, corners: best.corners }];
  });
};

const lineCrop = (picture: Picture, corners: Corners): Picture => cutCrop(picture, corners, lineWidth(corners), lineHeight);

/** The width of a line scaled to the height that the models take. */
const lineWidth = ([topLeft, topRight, , bottomLeft]: Corners): number => {
  const ratio = distance(topLeft, topRight) / Math.max(1, distance(topLeft, bottomLeft));
  return Math.min(longestLine, Math.max(8, Math.round(lineHeight * ratio)));
};

/** The corners as they run when the picture is turned counter-clockwise by quarters. */
const turn = ([a, b, c, d]: Corners, quarters: number): Corners => {
  if (quarters === 1) return [b, c, d, a];
  if (quarters === 2) return [c, d, a, b];
  if (quarters === 3) return [d, a, b, c];
  return [a, b, c, d];
};
