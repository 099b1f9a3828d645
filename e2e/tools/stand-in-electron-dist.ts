import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyArchive } from './electron-archive.ts';

/**
 * Makes a folder that electron-builder takes for Electron's own files on Linux, so that the layout of a package can be checked
 * where Electron's program cannot be had. What is packed with it does not start.
 */
export const makeStandInElectronDist = async (folder: string, root: string): Promise<void> => {
  await mkdir(join(folder, 'locales'), { recursive: true });
  await mkdir(join(folder, 'resources'), { recursive: true });
  const { version } = JSON.parse(await readFile(join(root, 'node_modules/electron/package.json'), 'utf8')) as { version: string };
  await writeFile(join(folder, 'version'), version);
  for (const program of ['electron', 'chrome-sandbox']) {
    await writeFile(join(folder, program), '#!/bin/sh\necho "a stand-in for Electron, good for nothing but its place" >&2\nexit 1\n');
    await chmod(join(folder, program), 0o755);
  }
  for (const licence of ['LICENSE', 'LICENSES.chromium.html']) await writeFile(join(folder, licence), 'stand-in\n');
  await writeFile(join(folder, 'locales/en-US.pak'), '');
  // electron-builder reads this archive before it leaves it out, so it must be a real one.
  await writeFile(join(folder, 'resources/default_app.asar'), emptyArchive());
};
