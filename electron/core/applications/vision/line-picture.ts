import sharp from 'sharp';
import type { OpenedPicture, Picture } from './picture.ts';
import { lineHeight, longestLine } from './recognise-lines.ts';

/** A picture that holds one line of text, at the height that the recogniser takes. */
export const linePicture = async (picture: OpenedPicture): Promise<Picture> => {
  const width = Math.min(longestLine, Math.max(8, Math.round((picture.width * lineHeight) / picture.height)));
  if (picture.height === lineHeight && picture.width === width) return picture;
  const raw = { width: picture.width, height: picture.height, channels: 3 } as const;
  const pixels = await sharp(picture.pixels, { raw }).resize(width, lineHeight, { fit: 'fill' }).raw().toBuffer();
  return { width, height: lineHeight, pixels };
};
