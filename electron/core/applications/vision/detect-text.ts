import type { InferenceSession } from 'onnxruntime-node';
import sharp from 'sharp';
import { float32Tensor, float32Values } from '../tensor.ts';
import { distance } from './cut-crop.ts';
import { findRegions } from './find-regions.ts';
import type { Picture } from './picture.ts';
import { cornersOf, grow, smallestRectangle, type Corners, type Point, type Rectangle } from './rectangle.ts';

/** A place where text stands, in pixels of the picture. */
export interface TextPlace {
  readonly corners: Corners;
  readonly score: number;
}

/** The model's sides are multiples of this. */
const step = 32;
/** Beyond this the picture is scaled down: time grows with the area, and letters of 8 pixels are still found. */
const longestSide = 1600;
const pixelThreshold = 0.3;
const placeThreshold = 0.6;
/** The model paints the core of a line; this much of area over perimeter lies around it. Less cuts the tail off a q. */
const growth = 2;
/** In pixels of the map; what is smaller is a speck. */
const smallestSide = 3;
const mostPlaces = 1000;

/** Where text stands in a picture (the detection half of PP-OCRv4). */
export const detectText = async (session: InferenceSession, picture: Picture): Promise<TextPlace[]> => {
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const places = await detectAt(session, picture, scale);
  const height = medianHeight(places) * scale;
  return height > largestHeight ? detectAt(session, picture, (scale * bestHeight) / height) : places;
};

/** The model sees large words as apart and breaks large letters up, so such pictures are looked at once more from further away. */
const largestHeight = 44;
const bestHeight = 36;

const medianHeight = (places: readonly TextPlace[]): number => {
  const heights = places.map(({ corners: [a, b, , d] }) => Math.min(distance(a, b), distance(a, d))).sort((x, y) => x - y);
  return heights[heights.length >> 1] ?? 0;
};

const detectAt = async (session: InferenceSession, picture: Picture, scale: number): Promise<TextPlace[]> => {
  const width = Math.max(step, Math.round((picture.width * scale) / step) * step);
  const height = Math.max(step, Math.round((picture.height * scale) / step) * step);
  const input = float32Tensor(await modelInput(picture, width, height), [1, 3, height, width]);
  const outputs = await session.run({ x: input });
  const map = float32Values(outputs[session.outputNames[0] ?? '']);
  const scaled = ([x, y]: Point): Point => [
    clamp((x + 0.5) * (picture.width / width) - 0.5, 0, picture.width - 1),
    clamp((y + 0.5) * (picture.height / height) - 0.5, 0, picture.height - 1),
  ];
  return placesIn(map, width, height).map(({ corners: [a, b, c, d], score }) => ({
    corners: [scaled(a), scaled(b), scaled(c), scaled(d)],
    score,
  }));
};

/** The places that a probability map tells of, in pixels of the map. */
export const placesIn = (map: Float32Array, width: number, height: number): TextPlace[] => {
  const places: TextPlace[] = [];
  for (const { ends } of findRegions(map, width, height, pixelThreshold).slice(0, mostPlaces)) {
    const core = smallestRectangle(ends);
    if (Math.min(core.width, core.height) < smallestSide) continue;
    const score = meanInside(map, width, height, core);
    if (score < placeThreshold) continue;
    const distance = (core.width * core.height * growth) / (2 * (core.width + core.height));
    places.push({ corners: cornersOf(grow(core, distance)), score });
  }
  return places;
};

const meanInside = (map: Float32Array, width: number, height: number, rectangle: Rectangle): number => {
  const corners = cornersOf(rectangle);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [cos, sin] = [Math.cos(rectangle.angle), Math.sin(rectangle.angle)];
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= Math.min(height - 1, Math.ceil(Math.max(...ys))); y += 1) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x <= Math.min(width - 1, Math.ceil(Math.max(...xs))); x += 1) {
      const along = (x - rectangle.center[0]) * cos + (y - rectangle.center[1]) * sin;
      const across = (y - rectangle.center[1]) * cos - (x - rectangle.center[0]) * sin;
      if (Math.abs(along) > rectangle.width / 2 || Math.abs(across) > rectangle.height / 2) continue;
      sum += map[y * width + x] ?? 0;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
};

/** Blue, green, red planes, normalised by the figures of the model's training. */
const modelInput = async (picture: Picture, width: number, height: number): Promise<Float32Array> => {
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const pixels = await sharp(picture.pixels, { raw }).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  const planes = new Float32Array(3 * width * height);
  const means = [0.485, 0.456, 0.406];
  const deviations = [0.229, 0.224, 0.225];
  for (let channel = 0; channel < 3; channel += 1) {
    const scale = 1 / (255 * (deviations[channel] ?? 1));
    const offset = (means[channel] ?? 0) / (deviations[channel] ?? 1);
    const plane = channel * width * height;
    const source = 2 - channel;
    for (let index = 0; index < width * height; index += 1) planes[plane + index] = (pixels[3 * index + source] ?? 0) * scale - offset;
  }
  return planes;
};

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
