import type { Picture } from './picture.ts';
import type { Corners, Point } from './rectangle.ts';

/**
 * The part of a picture between corners (a rectangle at any angle), turned upright and scaled. Each pixel is the mean of as many
 * samples as it covers source pixels, so that large letters do not break up when made small.
 */
export const cutCrop = (picture: Picture, corners: Corners, width: number, height: number): Picture => {
  const [topLeft, topRight, , bottomLeft] = corners;
  const samplesX = samplesFor(distance(topLeft, topRight) / width);
  const samplesY = samplesFor(distance(topLeft, bottomLeft) / height);
  const pixels = new Uint8Array(width * height * 3);
  const stepsX = width * samplesX;
  const stepsY = height * samplesY;
  const right: Point = [(topRight[0] - topLeft[0]) / stepsX, (topRight[1] - topLeft[1]) / stepsX];
  const down: Point = [(bottomLeft[0] - topLeft[0]) / stepsY, (bottomLeft[1] - topLeft[1]) / stepsY];
  const sum = new Float64Array(3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      sum.fill(0);
      for (let stepY = y * samplesY; stepY < (y + 1) * samplesY; stepY += 1) {
        for (let stepX = x * samplesX; stepX < (x + 1) * samplesX; stepX += 1) {
          const sourceX = topLeft[0] + right[0] * (stepX + 0.5) + down[0] * (stepY + 0.5);
          const sourceY = topLeft[1] + right[1] * (stepX + 0.5) + down[1] * (stepY + 0.5);
          addSample(sum, picture, sourceX, sourceY);
        }
      }
      const place = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[place + channel] = Math.round((sum[channel] ?? 0) / (samplesX * samplesY));
      }
    }
  }
  return { width, height, pixels };
};

export const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

const samplesFor = (scale: number): number => Math.max(1, Math.min(16, Math.round(scale)));

/** Adds the colour between four pixels; beyond the border the border's own goes on. */
const addSample = (sum: Float64Array, { width, height, pixels }: Picture, x: number, y: number): void => {
  const insideX = Math.min(Math.max(x, 0), width - 1);
  const insideY = Math.min(Math.max(y, 0), height - 1);
  const left = Math.floor(insideX);
  const top = Math.floor(insideY);
  const shareX = insideX - left;
  const shareY = insideY - top;
  const toRight = left + 1 < width ? 3 : 0;
  const toBelow = top + 1 < height ? 3 * width : 0;
  const place = 3 * (top * width + left);
  for (let channel = 0; channel < 3; channel += 1) {
    const at = place + channel;
    const above = (pixels[at] ?? 0) * (1 - shareX) + (pixels[at + toRight] ?? 0) * shareX;
    const below = (pixels[at + toBelow] ?? 0) * (1 - shareX) + (pixels[at + toBelow + toRight] ?? 0) * shareX;
    sum[channel] = (sum[channel] ?? 0) + above * (1 - shareY) + below * shareY;
  }
};
