import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ElectronSearch = { kind: 'found'; path: string } | { kind: 'absent'; reason: string };

/** Electron's program, without loading the electron package, which would start to download it. */
export const findElectron = (root: string, environment: Readonly<Record<string, string | undefined>>): ElectronSearch => {
  const folder = join(root, 'node_modules/electron');
  const given = environment['ELECTRON_OVERRIDE_DIST_PATH'];
  const candidates = [
    ...(given === undefined ? [] : [join(given, programName())]),
    join(folder, 'dist', namedIn(join(folder, 'path.txt')) ?? programName()),
  ];
  const path = candidates.find((candidate) => existsSync(candidate));
  return path === undefined
    ? { kind: 'absent', reason: `Electron's program is not at ${candidates.join(' or ')}` }
    : { kind: 'found', path };
};

/** Written by Electron's installer beside the program. */
const namedIn = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);

const programName = (): string => {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
};

/** Whether a window could be shown here. */
export const hasDisplay = (platform: NodeJS.Platform, environment: Readonly<Record<string, string | undefined>>): boolean =>
  platform === 'darwin' || platform === 'win32' || Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY']);
