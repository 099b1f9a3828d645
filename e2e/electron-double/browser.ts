import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type BrowserContext } from 'playwright';

interface Browser {
  readonly context: BrowserContext;
  /** Where a second client, such as the test, can drive the same pages. */
  readonly debuggingAddress: string;
  readonly profile: string;
}

/** Only what hangs meets it. */
const limitMs = 120_000;

let opened: Promise<Browser> | undefined;

/** The one browser of this process; its pages are the windows. */
export const browser = (): Promise<Browser> => (opened ??= open());

export const closeBrowser = async (): Promise<void> => {
  const { context, profile } = (await opened) ?? {};
  await context?.close();
  // Processes of the browser that outlive it for a moment still write there.
  if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 10 });
};

const open = async (): Promise<Browser> => {
  const profile = await mkdtemp(join(tmpdir(), 'electron-double-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    headless: true,
    viewport: null,
    // Of the build machine: it has no user namespaces for the sandbox and a small /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--remote-debugging-port=0', '--window-size=1280,820'],
  });
  context.setDefaultTimeout(limitMs);
  return { context, profile, debuggingAddress: await debuggingAddress(profile) };
};

const debuggingAddress = async (profile: string): Promise<string> => {
  for (;;) {
    // Chromium writes the file, port first, once it listens.
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port = '', path = ''] = text.split('\n');
    if (port !== '' && path !== '') return `http://127.0.0.1:${port}`;
    await delay(20);
  }
};
