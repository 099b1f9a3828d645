import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { launchDouble, root, startDouble, type Double } from '../electron-double/launch-double.ts';
import type { RecordedMenuItem } from '../electron-double/record.ts';

/* The desktop shell as it was built, in the double of Electron. What the double does not prove stands in its README. */

const node = join(root, 'node_modules/node/bin/node');
let folder: string;
let dataFolder: string;
const started: Double[] = [];

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard desktop '));
  dataFolder = join(folder, 'data 🚂');
});

test.afterEach(async () => {
  for (const double of started.splice(0)) await double.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const launch = async (args: string[] = []): Promise<Double> => {
  const double = await launchDouble({ dataFolder, args });
  started.push(double);
  // A window that is closed before it was shown would be shown after it was closed.
  await expect.poll(async () => (await double.recorded()).windows.map(({ isVisible }) => isVisible)).toEqual([true]);
  return double;
};

const commandLine = (...args: string[]): Promise<{ exitCode: number | null; output: string }> =>
  new Promise((done) => {
    const [verb = '', ...rest] = args;
    const child = spawn(node, [join(root, 'out/main/cli.js'), verb, '--data', dataFolder, ...rest], { cwd: folder });
    let output = '';
    child.stdout.on('data', (part: Buffer) => (output += part.toString('utf8')));
    child.once('exit', (exitCode) => done({ exitCode, output: output.trim() }));
  });

const labels = (items: readonly RecordedMenuItem[] = []): string[] => items.map(({ label }) => label).filter(Boolean);
const tray = async (double: Double): Promise<string[]> => labels((await double.recorded()).tray?.menu);

const queue = async (): Promise<unknown> => JSON.parse((await commandLine('status', '--json')).output) as unknown;

test('double: the page shows the queue and lives under a strict policy', async () => {
  const { page } = await launch();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await expect(page.getByText('Nothing runs.')).toBeVisible();
  const policy = await page.evaluate(() => fetch('/').then((answer) => answer.headers.get('content-security-policy')));
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  const status = await page.evaluate(() => fetch('/assets/..%2f..%2fmain%2fmain.js').then((answer) => answer.status));
  expect(status).toBe(404);
  expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
});

test('double: the page may go nowhere, open nothing and is granted nothing', async () => {
  const double = await launch();
  await double.page.evaluate("location.href = 'https://example.org/'");
  await expect.poll(async () => (await double.recorded()).preventedNavigations).toEqual(['https://example.org/']);
  await double.page.evaluate("void window.open('https://example.org/')");
  await expect.poll(async () => (await double.recorded()).deniedWindows.length).toBe(1);
  expect((await double.recorded()).openedOutside).toEqual([]);
  for (const permission of ['media', 'geolocation', 'notifications', 'usb']) {
    expect(await double.wish({ do: 'ask-permission', permission })).toBe(false);
  }
});

test('double: the command line reaches the core of the window; tray and notices tell what happened', async () => {
  const double = await launch();
  await double.wish({ do: 'blur-window' });
  expect(await commandLine('add', '--name', 'short-work', '--wait', '--', 'true')).toEqual({ exitCode: 0, output: '1' });
  expect((await commandLine('add', '--name', 'wrong-work', '--wait', '--', 'sh', '-c', 'exit 3')).exitCode).toBe(3);
  await expect.poll(() => tray(double)).toContain('Retry wrong-work');
  await expect
    .poll(async () => (await double.recorded()).notifications.map(({ title }) => title).sort())
    .toEqual(['short-work is done', 'wrong-work failed']);
  await double.wish({ do: 'click-notification', index: 1 });
  await expect(double.page).toHaveURL(/#\/queue\/\d+$/);
  expect((await double.recorded()).windows.map(({ isFocused }) => isFocused)).toEqual([true]);
});

test('double: while the window is looked at nothing is announced', async () => {
  const double = await launch();
  await double.wish({ do: 'click-tray' });
  await commandLine('add', '--name', 'first', '--wait', '--', 'true');
  await double.wish({ do: 'blur-window' });
  await commandLine('add', '--name', 'second', '--wait', '--', 'true');
  await expect.poll(async () => (await double.recorded()).notifications.map(({ title }) => title)).toEqual(['second is done']);
});

test('double: the queue is paused and resumed from the tray, and the page says so', async () => {
  const double = await launch();
  await expect.poll(() => tray(double)).toContain('Pause queue');
  await double.wish({ do: 'choose-in-tray', labels: ['Pause queue'] });
  await expect.poll(() => tray(double)).toContain('Resume queue');
  await expect(double.page.getByRole('button', { name: 'Resume queue' }).first()).toBeVisible();
  await double.wish({ do: 'choose-in-tray', labels: ['Resume queue'] });
  await expect.poll(() => tray(double)).toContain('Pause queue');
});

test('double: closing hides into the tray; a second instance shows the window and hands its files over', async () => {
  const double = await launch();
  await double.wish({ do: 'close-window' });
  expect((await double.recorded()).windows.map(({ isVisible }) => isVisible)).toEqual([false]);
  const file = join(folder, 'a b & c 🚂.png');
  await copyFile(join(root, 'resources/samples/digit.png'), file);
  const second = startDouble({ dataFolder, args: [file] });
  expect(await second.exited).toEqual({ exitCode: 0, signal: null });
  await expect.poll(async () => (await double.recorded()).windows.map(({ isVisible }) => isVisible)).toEqual([true]);
  const offered = double.page.getByRole('listitem').filter({ hasText: 'a b & c 🚂.png' });
  await expect(offered).toHaveCount(1);
  expect(new URL(double.page.url()).hash).toBe('#/run');
  // The same file once more, from another page, is offered once more and not twice.
  await double.page.getByRole('link', { name: 'Devices' }).click();
  const third = startDouble({ dataFolder, args: [file] });
  expect(await third.exited).toEqual({ exitCode: 0, signal: null });
  await expect(offered).toHaveCount(1);
  await double.page.getByRole('radio', { name: /Read a digit/ }).click();
  await double.page.getByRole('button', { name: 'Read a digit: 1 file' }).click();
  await expect(double.page.getByRole('list', { name: 'a b & c 🚂.png' })).toContainText('4');
});

test('double: place, theme and what closing means are kept from one start to the next', async () => {
  const first = await launch();
  await first.wish({ do: 'move-window', bounds: { x: 70, y: 60, width: 1000, height: 700 } });
  await first.wish({ do: 'choose-in-tray', labels: ['Appearance', 'Dark'] });
  await first.wish({ do: 'choose-in-tray', labels: ['Keep running when the window closes'] });
  await first.close();
  const second = await launch();
  const { themeSource, windows } = await second.recorded();
  expect([themeSource, windows.length]).toEqual(['dark', 1]);
  expect(await second.page.evaluate('[innerWidth, innerHeight]')).toEqual([1000, 700]);
  await second.wish({ do: 'close-window' });
  expect(await second.exited).toEqual({ exitCode: 0, signal: null });
});

test('double: quitting while a job runs asks once; the answer is heeded', async () => {
  const double = await launch();
  await commandLine('add', '--name', 'long-work', '--', 'sleep', '600');
  await expect.poll(() => tray(double)).toContain('Quit, 1 job running…');
  await double.wish({ do: 'choose-in-tray', labels: ['Quit, 1 job running…'] });
  expect((await double.recorded()).dialogs).toEqual([
    {
      kind: 'message',
      title: 'Quit Switchyard',
      message: '1 job is still running.',
      buttons: ['Keep running in the background', 'Pause the queue and quit', 'Stop and quit'],
    },
  ]);
  await double.wish({ do: 'answer-dialog', response: 0 });
  await expect.poll(async () => (await double.recorded()).windows.map(({ isVisible }) => isVisible)).toEqual([false]);
  await commandLine('cancel', '1');
  await expect.poll(() => tray(double)).toContain('Quit');
  await double.wish({ do: 'choose-in-tray', labels: ['Quit'] });
  expect(await double.exited).toEqual({ exitCode: 0, signal: null });
});

test('double: a queue that is paused by quitting starts nothing next time; what runs goes on without the window', async () => {
  const double = await launch();
  const cores = String(availableParallelism());
  await commandLine('add', '--name', 'long-work', '--cwd', folder, '--', 'sh', '-c', 'echo $$ > pid; exec sleep 600');
  await commandLine('add', '--name', 'needs-all-cores', '--cpus', cores, '--', 'true');
  const pidFile = join(folder, 'pid');
  await expect.poll(() => readFile(pidFile, 'utf8').catch(() => '')).toMatch(/^\d+\n$/);
  await expect.poll(() => tray(double)).toContain('Quit, 1 job running…');
  await double.wish({ do: 'choose-in-tray', labels: ['Quit, 1 job running…'] });
  await double.wish({ do: 'answer-dialog', response: 1 });
  expect(await double.exited).toEqual({ exitCode: 0, signal: null });
  const work = Number(await readFile(pidFile, 'utf8'));
  expect(await readFile(`/proc/${work}/cmdline`, 'utf8')).toBe('sleep\0' + '600\0');

  const next = await launch();
  await expect.poll(() => tray(next)).toContain('Resume queue');
  expect(await queue()).toMatchObject({ isPaused: true, counts: { running: 1, pending: 1 } });
  await commandLine('cancel', '1');
  await expect.poll(queue).toMatchObject({ isPaused: true, counts: { running: 0, pending: 1, cancelled: 1 } });
  await next.wish({ do: 'choose-in-tray', labels: ['Resume queue'] });
  expect((await commandLine('wait', '2')).exitCode).toBe(0);
});

test('double: a headless core hands its folder over to the window', async () => {
  expect((await commandLine('add', '--wait', '--', 'true')).exitCode).toBe(0);
  const before = JSON.parse((await commandLine('status', '--json')).output) as { shell: string };
  expect(before.shell).toBe('headless');
  await launch();
  const after = JSON.parse((await commandLine('status', '--json')).output) as { shell: string; counts: { succeeded: number } };
  expect([after.shell, after.counts.succeeded]).toEqual(['desktop', 1]);
});

test('double: an application runs in a utility process and shows its result in the window', async () => {
  const { page } = await launch();
  const answer = await commandLine('app', 'digits', join(root, 'resources/samples/digit.png'));
  expect(answer.exitCode).toBe(0);
  const detail = JSON.parse((await commandLine('status', '--json')).output) as { counts: { succeeded: number } };
  expect(detail.counts.succeeded).toBe(1);
  await page.goto(`${new URL(page.url()).origin}/#/queue/1`);
  await expect(page.getByRole('list', { name: 'digit.png' })).toContainText('4');
  await expect(page.getByRole('complementary', { name: 'Job 1' })).toContainText('Done at');
});

test('double: switchyard shutdown ends the window too', async () => {
  const double = await launch();
  expect((await commandLine('shutdown')).exitCode).toBe(0);
  expect(await double.exited).toEqual({ exitCode: 0, signal: null });
});
