import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, expect, test } from 'playwright/test';
import { findElectron, hasDisplay } from '../tools/find-electron.ts';

/* What only real Electron can show. Skipped, with the reason, where its program or a display is absent. */

const root = resolve(import.meta.dirname, '../..');
const electron = findElectron(root, process.env);

test('electron: the window opens isolated, without Node, on the core of its data folder', async () => {
  test.skip(electron.kind === 'absent', electron.kind === 'absent' ? electron.reason : '');
  test.skip(!hasDisplay(process.platform, process.env), 'There is no display for a window');
  const dataFolder = await mkdtemp(join(tmpdir(), 'switchyard-electron-'));
  const app = await _electron.launch({
    executablePath: electron.kind === 'found' ? electron.path : '',
    args: ['.', '--data', dataFolder],
    cwd: root,
  });
  try {
    const page = await app.firstWindow();
    await expect(page.getByText('Nothing runs.')).toBeVisible();
    expect(page.url()).toMatch(/^app:\/\/switchyard\//);
    expect(await page.evaluate('[typeof require, typeof process, isSecureContext, Object.keys(switchyardDesktop)]')).toEqual([
      'undefined',
      'undefined',
      true,
      ['pathOf'],
    ]);
  } finally {
    await app.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
});
