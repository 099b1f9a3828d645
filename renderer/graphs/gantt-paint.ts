import type { Colours } from './colours.ts';
import type { Band, PlacedBar } from './gantt-layout.ts';
import type { TimeWindow } from './time-window.ts';

/** What a canvas cannot find out by itself: the colours of the theme, and the type of the page. */
export interface Ink {
  colour: (token: string) => string;
  /** Stripes of a colour on the ground of the page: what is only predicted. */
  hatch: (token: string) => CanvasPattern | string;
  font: string;
}

export interface Scene extends TimeWindow {
  now: number;
  width: number;
  height: number;
  /** Moments of the axis. */
  ticks: readonly number[];
  /** Keys of bars with an outline. */
  marked: ReadonlySet<string>;
}

export interface PaintedRow {
  bars: readonly PlacedBar[];
  /** What its height stands for. */
  size: number;
}

/** Side of the square that stripes repeat in, in CSS pixels. */
const tileSide = 8;

export const createInk = (context: CanvasRenderingContext2D, colours: Colours, font: string, ratio: number): Ink => {
  const known = new Map<string, string>();
  const patterns = new Map<string, CanvasPattern | string>();
  const colour = (token: string): string => {
    const found = known.get(token) ?? colours(token);
    known.set(token, found);
    return found;
  };
  const hatch = (token: string): CanvasPattern | string => {
    const found = patterns.get(token) ?? hatchOf(context, colour(token), colour('surface'), ratio);
    patterns.set(token, found);
    return found;
  };
  return { colour, hatch, font };
};

const hatchOf = (context: CanvasRenderingContext2D, stripe: string, ground: string, ratio: number): CanvasPattern | string => {
  const tile = document.createElement('canvas');
  const side = Math.round(tileSide * ratio);
  tile.width = side;
  tile.height = side;
  const brush = tile.getContext('2d');
  if (!brush) return stripe;
  brush.fillStyle = ground;
  brush.fillRect(0, 0, side, side);
  brush.strokeStyle = stripe;
  brush.lineWidth = side * 0.36;
  // From below left to above right, and the corners that the neighbouring tiles go on in.
  for (const shift of [-side, 0, side]) {
    brush.beginPath();
    brush.moveTo(shift - side, 2 * side);
    brush.lineTo(shift + 2 * side, -side);
    brush.stroke();
  }
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern ?? stripe;
};

/** Draws one row: the lines of the axis, then every bar that is in sight, with its name where there is room for one. */
export const paintRow = (context: CanvasRenderingContext2D, row: PaintedRow, scene: Scene, ink: Ink): void => {
  const { from, to, width, height, ticks } = scene;
  const x = (at: number) => ((at - from) / (to - from)) * width;
  context.clearRect(0, 0, width, height);
  context.fillStyle = ink.colour('line');
  for (const tick of ticks) context.fillRect(Math.round(x(tick)), 0, 1, height);
  const seen = row.bars.filter((bar) => bar.from < to && Math.max(bar.to, bar.latest ?? 0, bar.tense === 'present' ? scene.now : 0) > from);
  const drawn = new Set<string>();
  context.font = ink.font;
  context.textBaseline = 'middle';
  const last: (() => void)[] = [];
  for (const bar of seen) {
    const left = x(bar.from);
    const right = Math.max(left + 1.5, x(bar.tense === 'present' ? Math.max(bar.to, scene.now) : bar.to));
    // Of many bars in one column of pixels one is enough.
    const column = `${Math.round(left)} ${Math.round(right)} ${bar.bands[0]?.top} ${bar.tense}`;
    if (right - left < 2 && drawn.has(column)) continue;
    drawn.add(column);
    const shape = { left: Math.max(-4, left), right: Math.min(width + 4, right), solid: solidUntil(bar, x(scene.now), left, right) };
    for (const [index, band] of bar.bands.entries()) paintBand(context, bar, boxOf(band, row.size, height), shape, index === 0, ink);
    last.push(() =>
      paintMarks(context, bar, boxOf(bar.bands[0]!, row.size, height), { x, isMarked: scene.marked.has(bar.key), ...shape }, ink),
    ); // every bar has a band
  }
  // Tails and flags reach over their neighbours.
  for (const paint of last) paint();
};

interface Box {
  top: number;
  height: number;
}
interface Shape {
  left: number;
  right: number;
  /** Up to here it is drawn solid. */
  solid: number;
}

const boxOf = (band: Band, size: number, height: number): Box => {
  const top = (band.top / size) * height;
  const tall = (band.size / size) * height;
  // A hairline of the ground parts bars that stand below each other.
  return { top: Math.round(top), height: Math.max(1, Math.round(top + tall) - Math.round(top) - (tall > 5 ? 1 : 0)) };
};

const solidUntil = (bar: PlacedBar, now: number, left: number, right: number): number => {
  if (bar.tense === 'past') return right;
  return bar.tense === 'future' ? left : Math.min(right, Math.max(left, now));
};

const paintBand = (context: CanvasRenderingContext2D, bar: PlacedBar, box: Box, shape: Shape, hasLabel: boolean, ink: Ink): void => {
  const { left, right, solid } = shape;
  const gap = right - left > 4 ? 1 : 0;
  if (solid > left) {
    context.fillStyle = ink.colour(bar.colour);
    fillRound(context, left, box.top, Math.max(1, Math.min(solid, right - gap) - left), box.height);
  }
  if (solid < right) {
    const start = Math.max(left, solid);
    context.fillStyle = right - start < 3 ? ink.colour(bar.colour) : ink.hatch(bar.colour);
    fillRound(context, start, box.top, Math.max(1, right - gap - start), box.height);
    if (right - start >= 3 && box.height >= 4) {
      context.strokeStyle = ink.colour(`${bar.colour}-edge`);
      context.lineWidth = 1;
      context.globalAlpha = 0.75;
      context.beginPath();
      context.roundRect(start + 0.5, box.top + 0.5, right - gap - start - 1, box.height - 1, 2);
      context.stroke();
      context.globalAlpha = 1;
    }
  }
  if (hasLabel) paintLabel(context, bar, box, shape, ink);
};

const fillRound = (context: CanvasRenderingContext2D, left: number, top: number, width: number, height: number): void => {
  if (width < 6) return context.fillRect(left, top, width, height);
  context.beginPath();
  context.roundRect(left, top, width, height, 2);
  context.fill();
};

const textHeight = 14;
const shortestLabel = 26;
/** A name stands in the solid part if that is at least so wide. */
const roomySolid = 64;

const paintLabel = (context: CanvasRenderingContext2D, bar: PlacedBar, box: Box, shape: Shape, ink: Ink): void => {
  if (box.height < textHeight - 1) return;
  const start = Math.max(0, shape.left) + 6;
  const isSolid = shape.solid - start >= roomySolid || shape.solid >= shape.right - 1;
  const end = (isSolid ? Math.min(shape.solid, shape.right) : shape.right) - 6;
  if (end - start < shortestLabel) return;
  const text = fitText(context, bar.label, end - start);
  if (text === '') return;
  const middle = box.top + box.height / 2;
  if (!isSolid) {
    context.fillStyle = ink.colour('surface');
    context.globalAlpha = 0.84;
    fillRound(context, start - 3, middle - textHeight / 2, context.measureText(text).width + 6, textHeight);
    context.globalAlpha = 1;
  }
  context.fillStyle = ink.colour('ink');
  context.fillText(text, start, middle + 0.5);
};

/** The text, or as much of it as there is room for, with an ellipsis; nothing where not even a few letters fit. */
const fitText = (context: CanvasRenderingContext2D, text: string, room: number): string => {
  const width = context.measureText(text).width;
  if (width <= room) return text;
  // Letters are not all as wide: the first guess is nearly right.
  for (let kept = Math.floor((text.length * room) / width); kept >= 2; kept -= 1) {
    const cut = `${text.slice(0, kept).trimEnd()}…`;
    if (context.measureText(cut).width <= room) return cut;
  }
  return '';
};

const narrowBar = 6;

interface Marks extends Shape {
  x: (at: number) => number;
  isMarked: boolean;
}

const paintMarks = (context: CanvasRenderingContext2D, bar: PlacedBar, box: Box, { x, isMarked, left, right }: Marks, ink: Ink): void => {
  if (isMarked) {
    context.strokeStyle = ink.colour('ink');
    context.lineWidth = 2;
    context.strokeRect(left + 1, box.top + 1, Math.max(2, right - left - 2), Math.max(1, box.height - 2));
  }
  // Of many narrow bars the tails would be one thick line that says nothing.
  if (bar.latest !== undefined && right - left >= narrowBar && x(bar.latest) - right > 2) {
    const bottom = box.top + box.height - Math.min(3, box.height / 2);
    context.fillStyle = ink.colour('ink-3');
    context.fillRect(right - 1, bottom - 0.5, x(bar.latest) - right + 1, 1);
    context.fillRect(x(bar.latest) - 1.5, bottom - 2.5, 1.5, 5);
  }
  if (bar.flag !== undefined) {
    // One that has passed before it begins stands where it begins, not over somebody else's bar.
    const at = Math.max(x(bar.flag), left);
    context.fillStyle = ink.colour(bar.flag < bar.to ? 'failed' : 'ink');
    context.fillRect(at, box.top, 1.5, box.height);
    context.beginPath();
    context.moveTo(at + 1, box.top);
    context.lineTo(at + 9, box.top + 3.5);
    context.lineTo(at + 1, box.top + 7);
    context.fill();
  }
};
