import type { Picture } from './picture.ts';

/** Side of the picture that the model takes. */
export const digitSide = 8;
/** The optdigits data were made from bitmaps of this side, of which each block of 4 by 4 was counted. */
const bitmapSide = 32;

/**
 * The ink of a picture, scaled and centred as the optdigits data are: 64 values from 0 to 1, row by row. Ink is what differs from
 * the border, so light on dark works too. Undefined when nothing stands out.
 */
export const findDigit = (picture: Picture): Float32Array | undefined => {
  const ink = inkOf(picture);
  if (picture.width === digitSide && picture.height === digitSide) return ink.map((value) => value / 255);
  const strongest = ink.reduce((most, value) => Math.max(most, value), 0);
  if (strongest < faintestInk) return undefined;
  const threshold = otsuThreshold(ink);
  const mask = Uint8Array.from(ink, (value) => (value > threshold ? 1 : 0));
  return shrink(mask, picture.width, boundsOf(mask, picture.width));
};

/** Noise of a camera or of JPEG stays below this; the scale is 0 to 255. */
const faintestInk = 40;

/** How far each pixel is from the colour of the border, in brightness. */
const inkOf = ({ width, height, pixels }: Picture): Float32Array => {
  const grey = new Float32Array(width * height);
  for (let index = 0; index < grey.length; index += 1) {
    grey[index] = 0.299 * at(pixels, 3 * index) + 0.587 * at(pixels, 3 * index + 1) + 0.114 * at(pixels, 3 * index + 2);
  }
  const background = borderBrightness(grey, width, height);
  // A model input of 8 by 8 is white ink on black to its edge, so its border may hold ink: there black is the ground.
  const ground = width === digitSide && height === digitSide && background < 128 ? 0 : background;
  return grey.map((value) => Math.abs(value - ground));
};

/** The median, so that ink which touches the border does no harm. */
const borderBrightness = (grey: Float32Array, width: number, height: number): number => {
  const border = grey.filter((_, index) => {
    const x = index % width;
    return x === 0 || x === width - 1 || index < width || index >= width * (height - 1);
  });
  return at(border.sort(), border.length >> 1);
};

/** The threshold that parts two groups best (Otsu). */
const otsuThreshold = (values: Float32Array): number => {
  const histogram = new Float64Array(256);
  for (const value of values) histogram[Math.round(value)] = at(histogram, Math.round(value)) + 1;
  const sumAll = histogram.reduce((sum, count, value) => sum + count * value, 0);
  let best = { threshold: 0, spread: -1 };
  let below = 0;
  let sumBelow = 0;
  for (let threshold = 0; threshold < 255; threshold += 1) {
    below += at(histogram, threshold);
    sumBelow += at(histogram, threshold) * threshold;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const spread = below * above * (sumBelow / below - (sumAll - sumBelow) / above) ** 2;
    if (spread > best.spread) best = { threshold, spread };
  }
  return best.threshold;
};

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around all ink; right and bottom lie one beyond the last pixel. */
const boundsOf = (mask: Uint8Array, width: number): Bounds => {
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, 0, 0];
  mask.forEach((value, index) => {
    if (value === 0) return;
    const x = index % width;
    const y = Math.floor(index / width);
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  });
  return { left, top, right, bottom };
};

/** Fits the box into the bitmap, its proportions kept, and gives the share of ink in each block of 4 by 4. */
const shrink = (mask: Uint8Array, width: number, { left, top, right, bottom }: Bounds): Float32Array => {
  const scale = Math.max(right - left, bottom - top) / bitmapSide;
  const startX = (left + right) / 2 - (bitmapSide / 2) * scale;
  const startY = (top + bottom) / 2 - (bitmapSide / 2) * scale;
  const blocks = new Float32Array(digitSide * digitSide);
  const block = bitmapSide / digitSide;
  for (let y = 0; y < bitmapSide; y += 1) {
    for (let x = 0; x < bitmapSide; x += 1) {
      const sourceX = Math.floor(startX + (x + 0.5) * scale);
      const sourceY = Math.floor(startY + (y + 0.5) * scale);
      const isInside = sourceX >= left && sourceX < right && sourceY >= top && sourceY < bottom;
      const place = Math.floor(y / block) * digitSide + Math.floor(x / block);
      if (isInside) blocks[place] = at(blocks, place) + at(mask, sourceY * width + sourceX) / block ** 2;
    }
  }
  return blocks;
};

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0;
