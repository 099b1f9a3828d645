import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import type { Answered, Wish, Wished } from './control.ts';
import type { Recorded } from './record.ts';

interface LaunchOptions {
  readonly dataFolder: string;
  /** Files and switches given on the command line. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The built main file; the product's own unless said otherwise. */
  readonly mainFile?: string;
}

/** The app running in the double, and a person's hands and eyes for it. */
export interface Double {
  /** The first window's page. */
  readonly page: Page;
  readonly processId: number;
  /** What the app has given to the desktop so far. */
  recorded(): Promise<Recorded>;
  /** Does something at the desktop; answers what came of it. */
  wish(wish: Wish): Promise<unknown>;
  /** Drops files from the desktop on a point of the window. */
  drop(paths: readonly string[], at: { x: number; y: number }): Promise<void>;
  readonly exited: Promise<{ exitCode: number | null; signal: string | null }>;
  /** What the app has printed so far. */
  output(): string;
  /** Quits as a person would, stopping what runs; kills the app when it has not ended after 15 s. */
  close(): Promise<void>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
}

export const root = resolve(import.meta.dirname, '../..');

/** Only what hangs meets it. */
const limitMs = 120_000;

/** Starts the app in the double and waits for its window's page. */
export const launchDouble = async (options: LaunchOptions): Promise<Double> => {
  const app = startDouble(options);
  try {
    const address = (await app.wish({ do: 'address' })) as string;
    const browser = await chromium.connectOverCDP(address, { isLocal: true, timeout: limitMs });
    const page = await firstPage(browser, app);
    page.setDefaultTimeout(limitMs);
    return { ...app, page, drop: (paths, at) => drop(page, paths, at), close: () => close(app, browser), kill: () => kill(app) };
  } catch (error) {
    app.child.kill('SIGKILL');
    throw new Error(`The double did not show a window. It printed:\n${app.output()}`, { cause: error });
  }
};

export interface Started extends Pick<Double, 'processId' | 'recorded' | 'wish' | 'exited' | 'output'> {
  readonly child: ChildProcess;
}

/** Starts the app in the double without waiting for a window, for instances that end by themselves. */
export const startDouble = ({
  dataFolder,
  args = [],
  environment = {},
  mainFile = join(root, 'out/main/main.js'),
}: LaunchOptions): Started => {
  const register = join(import.meta.dirname, 'register.ts');
  const node = join(root, 'node_modules/node/bin/node');
  const child = spawn(node, ['--import', register, mainFile, '--data', dataFolder, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, LANGUAGE: 'en_US', ORT_DISABLE_TELEMETRY: '1', ...environment },
  });
  let output = '';
  child.stdout?.on('data', (part: Buffer) => (output += part.toString('utf8')));
  child.stderr?.on('data', (part: Buffer) => (output += part.toString('utf8')));
  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((done) => {
    child.once('exit', (exitCode, signal) => done({ exitCode, signal }));
  });

  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  child.on('message', ({ id, answer }: Answered) => {
    waiting.get(id)?.resolve(answer);
    waiting.delete(id);
  });
  void exited.then(() => waiting.forEach(({ reject }) => reject(new Error(`The double has ended. It printed:\n${output}`))));
  let count = 0;
  const wish = (wanted: Wish): Promise<unknown> =>
    new Promise((done, reject) => {
      count += 1;
      waiting.set(count, { resolve: done, reject });
      child.send({ id: count, wish: wanted } satisfies Wished, (error) => error && reject(error));
    });
  return {
    child,
    processId: child.pid ?? 0,
    wish,
    recorded: () => wish({ do: 'recorded' }) as Promise<Recorded>,
    exited,
    output: () => output,
  };
};

/** The page of the window once the app has loaded it. */
const firstPage = async (browser: Browser, app: Started): Promise<Page> => {
  const [context] = browser.contexts();
  if (!context) throw new Error('the double has no browser context');
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  const ended = app.exited.then(() => Promise.reject(new Error('The double has ended.')));
  await Promise.race([page.waitForURL((address) => address.protocol !== 'about:', { timeout: limitMs }), ended]);
  return page;
};

const drop = async (page: Page, paths: readonly string[], { x, y }: { x: number; y: number }): Promise<void> => {
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await cdp.send('Input.dispatchDragEvent', { type, x, y, data });
  await cdp.detach();
};

const patienceMs = 60_000;

const close = async (app: Started, browser: Browser): Promise<void> => {
  const timer = setTimeout(() => app.child.kill('SIGKILL'), patienceMs);
  try {
    await app.wish({ do: 'quit' });
    // A question whether to keep running in the background is answered by stopping, the last of its buttons.
    const { dialogs } = await app.recorded();
    await app.wish({ do: 'answer-dialog', response: (dialogs.at(-1)?.buttons.length ?? 0) - 1 });
    await app.exited;
  } catch {
    // It ended before it could answer, which is what was wanted.
    await app.exited;
  } finally {
    clearTimeout(timer);
    await browser.close().catch(() => {});
  }
};

const kill = async (app: Started): Promise<void> => {
  app.child.kill('SIGKILL');
  await app.exited;
};
