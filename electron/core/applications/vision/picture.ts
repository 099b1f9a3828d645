import sharp from 'sharp';
import { InputError } from '../input-error.ts';
import { readInput, type InputFile } from '../read-input.ts';

/** A decoded picture: upright, opaque, three bytes (red, green, blue) for each pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A picture with what is needed to show it again. */
export interface OpenedPicture extends Picture {
  readonly bytes: Buffer;
  /** The format as sharp names it: png, jpeg, webp, gif, tiff. */
  readonly format: string;
}

const fileLimitBytes = 256 * 1024 * 1024;
/** 100 million pixels are 300 MB decoded, which one worker may hold. */
const pixelLimit = 100_000_000;
const formats = new Set(['png', 'jpeg', 'webp', 'gif', 'tiff']);

/** Reads and decodes a picture; of several pages or frames the first. */
export const openPicture = async (file: InputFile): Promise<OpenedPicture> => {
  const bytes = await readInput(file, fileLimitBytes);
  const format = await checkHeader(bytes, file.name);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: pixelLimit, failOn: 'error' })
      .rotate()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = info.channels === 3 ? data : widen(data, info.channels);
    return { width: info.width, height: info.height, pixels, bytes, format };
  } catch (error) {
    throw damaged(error, file.name);
  }
};

/** The size stands in the header, so a decompression bomb is refused before a pixel is decoded. */
const checkHeader = async (bytes: Buffer, file: string): Promise<string> => {
  const { format, width, height } = await readHeader(bytes, file);
  if (!formats.has(format)) {
    throw new InputError({ code: 'file-kind-unknown', values: { file, wanted: 'PNG, JPEG, WebP, TIFF or GIF' } });
  }
  if (width * height > pixelLimit) {
    const megapixels = Math.round((width * height) / 1e6);
    throw new InputError({ code: 'picture-too-large', values: { file, megapixels, limitMegapixels: pixelLimit / 1e6 } });
  }
  return format;
};

const readHeader = async (bytes: Buffer, file: string) => {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw damaged(error, file);
  }
};

/** libvips says several lines; the first says what is wrong, after the name of the part that says it. */
const damaged = (error: unknown, file: string): InputError => {
  const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const detail = `${first
    .trim()
    .replace(/^\w+: /, '')
    .replace(/[.:]$/, '')}.`;
  return new InputError({ code: 'file-damaged', values: { file, kind: 'picture', detail } }, { cause: error });
};

const widen = (grey: Uint8Array, channels: number): Uint8Array => {
  const pixels = new Uint8Array((grey.length / channels) * 3);
  for (let pixel = 0; pixel * channels < grey.length; pixel += 1) pixels.fill(grey[pixel * channels] ?? 0, pixel * 3, pixel * 3 + 3);
  return pixels;
};
