import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page, ViewportSize } from 'playwright';
import { oneTimeAddress } from '../fixtures/one-time-address.ts';
import { openRest, switchyard, type Rest } from '../switchyard.ts';

/** The product with a core of its own, before a person and a program. */
export interface ShownCore {
  readonly page: Page;
  readonly rest: Rest;
  /** For files of the work. */
  readonly folder: string;
}

/** Does something with a core of its own in a window; afterwards nothing of it is left. */
export const withCore = async (
  browser: Browser,
  { viewport, environment = {} }: { viewport: ViewportSize; environment?: Readonly<Record<string, string>> },
  work: (core: ShownCore) => Promise<void>,
): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-screenshots-'));
  const dataFolder = join(folder, 'data');
  const rest = openRest(dataFolder);
  try {
    const context = await browser.newContext({ viewport, locale: 'en-US', colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(await oneTimeAddress(dataFolder, environment));
    await page.locator('footer').getByText('running').waitFor();
    await work({ page, rest, folder });
    await context.close();
  } finally {
    await endWork(rest);
    rest.close();
    await switchyard(['shutdown'], { dataFolder });
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** Commands outlive their core, so what runs or waits is cancelled before the core ends. */
const endWork = async (rest: Rest): Promise<void> => {
  const { rows } = await rest.ask<{ rows: { id: number; state: { kind: string } }[] }>('GET', '/jobs?limit=500');
  const ids = rows.filter(({ state }) => ['pending', 'held', 'starting', 'running'].includes(state.kind)).map(({ id }) => id);
  if (ids.length > 0) await rest.ask('POST', '/jobs/cancel', { ids });
  await Promise.all(ids.map((id) => rest.ask('GET', `/jobs/${id}/wait`)));
};

/** Opens a place in the window, such as `/queue/7/log`, as a link would. */
export const goTo = async (page: Page, place: string): Promise<void> => {
  await page.goto(`${new URL(page.url()).origin}/#${place}`);
  await page.getByRole('main').waitFor();
};

export const themes = ['light', 'dark'] as const;

export interface Places {
  /** What is common to these pictures, such as `full`. */
  readonly state: string;
  readonly places: Readonly<Record<string, string>>;
  readonly sizes: readonly ViewportSize[];
  /** Time for the figures of a page to come: they are measured once a second. */
  readonly pauseMs: number;
}

/** Every place in every size and theme. */
export const shootPlaces = async (page: Page, target: string, { state, places, sizes, pauseMs }: Places): Promise<void> => {
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      for (const [name, place] of Object.entries(places)) {
        await goTo(page, place);
        await delay(pauseMs);
        await shoot(page, target, `${name}-${state}-${colorScheme}-${size.width}x${size.height}`);
      }
    }
  }
};

export const shoot = async (page: Page, target: string, name: string): Promise<void> => {
  await delay(400);
  await page.screenshot({ path: join(target, `${name}.png`), animations: 'disabled' });
};
