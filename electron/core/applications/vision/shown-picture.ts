import sharp from 'sharp';
import type { NewArtifact } from '../../ports.ts';
import type { OpenedPicture } from './picture.ts';

const shownTypes = new Map([
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
]);

/** The picture as a result file that a browser can show: the original where it can, else a PNG. */
export const shownPicture = async (picture: OpenedPicture, name: string): Promise<NewArtifact> => {
  const mediaType = shownTypes.get(picture.format);
  if (mediaType !== undefined) return { name, mediaType, bytes: picture.bytes };
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  return { name: `${name}.png`, mediaType: 'image/png', bytes: await sharp(picture.pixels, { raw }).png().toBuffer() };
};
