import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import sharp from 'sharp';
import { dragFiles } from '../fixtures/drag-files.ts';
import { chromiumArguments, findChromium } from '../fixtures/find-chromium.ts';
import { repository } from '../switchyard.ts';
import { devicePictures } from './device-screenshots.ts';
import { schedulerPictures } from './scheduler-screenshots.ts';
import { goTo, shoot, shootPlaces, themes, withCore, type ShownCore } from './screenshot-core.ts';
import { endedWork, presentWork } from './screenshot-work.ts';

/*
 * npm run screenshots [-- FOLDER] [--settle SECONDS] [--part jobs|devices|scheduler] [--readme]: pictures of every page of the real product, with
 * a core of its own and work that really runs, then of the pages of devices on this machine and on one with many. --settle lets the
 * graphs fill first; --readme writes the picture that README.md shows.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { settle: { type: 'string', default: '20' }, part: { type: 'string' }, readme: { type: 'boolean', default: false } },
});
const target = resolve(positionals[0] ?? join(repository, 'test-results/screenshots'));

const sizes = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
] as const;
const usualSize = sizes[1];
const pages = { overview: '/', queue: '/queue', devices: '/devices', run: '/run' };
const panels = {
  text: '/queue/1/result',
  speech: '/queue/2/result',
  digit: '/queue/3/result',
  letters: '/queue/4/result',
  table: '/queue/6/result',
  tensors: '/queue/7/result',
  'ran-on': '/queue/1/ranOn',
  record: '/queue/1/record',
  failed: '/queue/8/why',
  'failed-log': '/queue/8/log',
  'out-of-time': '/queue/9/why',
  running: '/queue/10/log',
  waiting: '/queue/13/why',
};

const main = async (): Promise<void> => {
  const browser = await chromium.launch({ ...findChromium(), args: chromiumArguments });
  await mkdir(target, { recursive: true });
  try {
    if (isWanted('jobs')) await withCore(browser, { viewport: usualSize }, everything);
    if (isWanted('devices')) await devicePictures(browser, target, Number(values.settle));
    if (isWanted('scheduler')) await schedulerPictures(browser, target);
  } finally {
    await browser.close();
  }
  process.stdout.write(`${target}\n`);
};

const isWanted = (part: string): boolean => (values.part ?? part) === part;

const everything = async ({ page, rest, folder }: ShownCore): Promise<void> => {
  await shootPlaces(page, target, { state: 'empty', places: pages, sizes, pauseMs: 0 });
  await endedWork(rest, folder);
  await presentWork(rest, folder);
  await delay(Number(values.settle) * 1000);
  if (values.readme) await readmePicture(page);
  await shootPlaces(page, target, { state: 'full', places: pages, sizes, pauseMs: 0 });
  await everyPanel(page);
  await moments(page);
};

const everyPanel = async (page: Page): Promise<void> => {
  for (const [name, place] of Object.entries(panels)) {
    await goTo(page, place);
    await page.getByRole('tabpanel').waitFor();
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(usualSize);
      await shoot(page, target, `job-${name}-${colorScheme}-${usualSize.width}x${usualSize.height}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(sizes[0]);
    await shoot(page, target, `job-${name}-light-${sizes[0].width}x${sizes[0].height}`);
  }
};

/** What is only there for a moment: menus, selections, a file over the window. */
const moments = async (page: Page): Promise<void> => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(usualSize);
  await goTo(page, '/queue');
  await page.getByRole('checkbox', { name: 'Select scan-archive 1999' }).check();
  await page.getByRole('checkbox', { name: 'Select scan-archive 2001' }).check();
  await shoot(page, target, 'queue-selection');
  await page.keyboard.press('Control+k');
  await shoot(page, target, 'palette');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Theme and language' }).click();
  await shoot(page, target, 'settings');
  await page.getByRole('button', { name: '简体中文' }).click();
  await shoot(page, target, 'queue-chinese');
  await goTo(page, '/');
  await shoot(page, target, 'overview-chinese');
  await page.getByRole('button', { name: 'English' }).click();
  await page.keyboard.press('Escape');
  const files = ['notice.png', 'announcement.wav', 'wines.csv'].map((name) => join(repository, 'resources/samples', name));
  const dragged = await dragFiles(page, files);
  await shoot(page, target, 'drop');
  await dragged.drop();
  await shoot(page, target, 'run-files');
  for (const way of ['Command', 'Container']) {
    await page.getByRole('button', { name: way, exact: true }).click();
    await shoot(page, target, `run-${way.toLowerCase()}`);
  }
};

/** A palette of colours is enough for an interface, and keeps the repository small. */
const readmePicture = async (page: Page): Promise<void> => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(usualSize);
  await goTo(page, panels.text);
  await page.locator('.picture polygon').first().waitFor();
  await delay(1500);
  const picture = await page.screenshot({ animations: 'disabled' });
  await sharp(picture).png({ palette: true, colours: 128, effort: 10 }).toFile(join(repository, 'resources/screenshot.png'));
};

await main();
