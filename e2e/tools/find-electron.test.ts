import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findElectron, hasDisplay } from './find-electron.ts';

const folderWith = (...files: string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-electron-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'my-electron\n');
  }
  return folder;
};

test("the folder that a person names comes before the package's own", () => {
  const root = folderWith('node_modules/electron/path.txt', 'node_modules/electron/dist/my-electron');
  const own = join(root, 'node_modules/electron/dist/my-electron');
  expect(findElectron(root, {})).toEqual({ kind: 'found', path: own });
  const named = folderWith('electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron');
  const found = findElectron(root, { ELECTRON_OVERRIDE_DIST_PATH: named });
  expect(found).toMatchObject({ kind: 'found', path: expect.stringContaining(named) as string });
  expect(findElectron(root, { ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent' })).toEqual({ kind: 'found', path: own });
});

test('where the program is not, the reason says where it was looked for', () => {
  const root = folderWith('node_modules/electron/package.json');
  expect(findElectron(root, {})).toMatchObject({
    kind: 'absent',
    reason: expect.stringContaining(join(root, 'node_modules/electron/dist')) as string,
  });
});

test('on Linux a display is what the session says; macOS and Windows have one', () => {
  expect(hasDisplay('linux', {})).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false);
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDisplay('darwin', {})).toBe(true);
});
