import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

/*
 * Renders the icons of resources/icons from their drawings: `node e2e/tools/draw-icons.ts`. The pictures are committed, so
 * this runs only when a drawing has changed. electron-builder makes .icns and .ico from icon.png.
 */

const folder = resolve(import.meta.dirname, '../../resources/icons');

/** The picture, its drawing, and its width and height in pixels. */
const pictures = [
  ['icon.png', 'icon.svg', 512],
  ['tray.png', 'tray.svg', 22],
  ['tray@2x.png', 'tray.svg', 44],
  ['tray-template.png', 'tray-template.svg', 16],
  ['tray-template@2x.png', 'tray-template.svg', 32],
] as const;

for (const [picture, drawing, size] of pictures) {
  const svg = await readFile(join(folder, drawing));
  // Drawn large and then made smaller, so that thin lines of the small ones are smooth.
  await sharp(svg, { density: 288 }).resize(size, size).png({ compressionLevel: 9 }).toFile(join(folder, picture));
}
