import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './ports.ts';

/** A built entry of electron/, or its source where the core itself runs from source. */
export const entryOf = (host: Pick<Host, 'entriesFolder'>, name: string): string => {
  const built = join(host.entriesFolder, `${name}.js`);
  return existsSync(built) ? built : join(host.entriesFolder, `${name}.ts`);
};
