import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchDouble, startDouble, type Double } from './launch-double.ts';

const mainFile = join(import.meta.dirname, 'trial/main.mjs');
let folder: string;
let double: Double;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'double test '));
  double = await launchDouble({ dataFolder: folder, mainFile });
  await until('window.port !== undefined');
});

afterAll(async () => {
  await double?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Waits until an expression is true in the page. Playwright's own waitForFunction makes code from text, which the policy forbids. */
const until = (expression: string): Promise<boolean> =>
  vi.waitUntil(async () => (await double.page.evaluate(expression)) === true, { timeout: 60_000 });

/** Posts an expression's value from the page and answers what main sends back. */
const answerTo = async (expression: string): Promise<unknown> => {
  await double.page.evaluate(`window.got.length = 0, window.port.postMessage(${expression})`);
  await until('window.got.length > 0');
  return double.page.evaluate('window.got[0]');
};

const shown = async (): Promise<string[]> => (await double.recorded()).notifications.map(({ title }) => title);

describe('message ports of the double', () => {
  test('typed arrays, undefined, bigint, dates and maps arrive in main and come back', async () => {
    const value =
      "{ bytes: new Uint8Array([1, 255]), nothing: undefined, big: 2n ** 70n, at: new Date(5), map: new Map([['a', [undefined]]]) }";
    await answerTo(value);
    const facts = `(({ echo, isBytes }) => [isBytes, [...echo.bytes], 'nothing' in echo, String(echo.big), echo.at.getTime(), echo.map.get('a').length])(window.got[0])`;
    expect(await double.page.evaluate(facts)).toEqual([true, [1, 255], true, '1180591620717411303424', 5, 1]);
  });

  test('what cannot be cloned fails, and so does a buffer in a transfer list', async () => {
    const [uncloneable, buffer] = (await answerTo("'errors'")) as [string, string];
    expect(uncloneable).toContain('could not be cloned');
    expect(buffer).toBe('TypeError: Port at index 0 is not a valid port');
  });

  test('a function does not leave the page either', async () => {
    await expect(double.page.evaluate('window.port.postMessage(() => 1)')).rejects.toThrow('could not be cloned');
  });

  test('messages keep their order', async () => {
    await double.page.evaluate('(window.got.length = 0, Array.from({ length: 200 }, (_, n) => window.port.postMessage(n)).length)');
    await until('window.got.length === 200');
    expect(await double.page.evaluate('window.got.every(({ echo }, n) => echo === n)')).toBe(true);
  });

  test('a utility process answers in structured clone', async () => {
    await answerTo("'worker'");
    expect(await double.page.evaluate('[String(window.got[0].worker), window.got[0].list[0]]')).toEqual(['2', 0.5]);
  });
});

describe('the page in the double', () => {
  test("it lives under the policy of the app's own handler and is a secure context", async () => {
    expect(await double.page.evaluate('isSecureContext')).toBe(true);
    const injected = `(() => { const s = document.createElement('script'); s.textContent = 'window.isOpen = true'; document.head.append(s); return window.isOpen === true; })()`;
    expect(await double.page.evaluate(injected)).toBe(false);
  });

  test('the handler sees the address of the app and the headers of the request', async () => {
    const asked = `fetch('/asked', { headers: { range: 'bytes=0-1' } }).then((answer) => answer.json())`;
    expect(await double.page.evaluate(asked)).toEqual({ url: 'trial://app/asked', range: 'bytes=0-1' });
  });

  test('it has what the preload exposed, frozen, and no way to the preload itself', async () => {
    expect(await double.page.evaluate('[Object.isFrozen(window.trial), typeof window.require, typeof window.process]')).toEqual([
      true,
      'undefined',
      'undefined',
    ]);
  });

  test('files that were chosen or dropped have paths, and one that a script made has none', async () => {
    const paths = [join(folder, 'a b 🚂.txt'), join(folder, 'c.txt')] as const;
    for (const path of paths) await writeFile(path, 'x');
    await double.page.setInputFiles('input', [...paths]);
    await until('window.log.length === 2');
    await double.drop([paths[1]], { x: 50, y: 100 });
    await until('window.log.length === 3');
    expect(await double.page.evaluate('window.log.splice(0)')).toEqual([...paths, paths[1]]);
    expect(await double.page.evaluate("window.trial.pathOf(new File(['x'], 'made.txt'))")).toBe('');
  });

  test('a navigation that the app prevents leaves the page where it is, and a new window is denied', async () => {
    await double.page.evaluate("location.href = 'https://example.org/away'");
    await expect.poll(async () => (await double.recorded()).preventedNavigations).toEqual(['https://example.org/away']);
    // While the browser gives the navigation up the page has no title for a moment.
    await expect.poll(() => double.page.title()).toBe('Trial');
    await double.page.evaluate("void window.open('trial-elsewhere')");
    await expect.poll(async () => (await double.recorded()).deniedWindows.length).toBe(1);
  });

  test('permissions go through the handlers of the app', async () => {
    expect(await double.wish({ do: 'ask-permission', permission: 'media' })).toBe(false);
    expect(await double.wish({ do: 'ask-permission', permission: 'notifications' })).toBe(true);
  });
});

describe('the desktop of the double', () => {
  test('what is in the tray can be looked at and clicked, unless it is off', async () => {
    expect((await double.recorded()).windows.map(({ isVisible }) => isVisible)).toEqual([false]);
    expect(await double.wish({ do: 'choose-in-tray', labels: ['Show'] })).toBe(true);
    expect(await double.wish({ do: 'choose-in-tray', labels: ['More', 'Off'] })).toBe(false);
    expect((await double.recorded()).windows.map(({ isVisible }) => isVisible)).toEqual([true]);
  });

  test('a second instance ends by itself and tells the first', async () => {
    const second = startDouble({ dataFolder: folder, mainFile });
    expect(await second.exited).toEqual({ exitCode: 0, signal: null });
    expect((await double.recorded()).notifications).toContainEqual({ title: 'second', body: '{"files":["given"]}' });
  });

  test('a port closes when the other end does: by main, by the page, and by loading the page again', async () => {
    await double.page.evaluate("window.port.postMessage('close')");
    await until("window.log.at(-1) === 'closed'");
    await double.page.reload();
    await until('window.port !== undefined');
    const before = (await shown()).length;
    await double.page.evaluate('window.port.close()');
    await expect.poll(shown).toHaveLength(before + 1);
    await double.page.reload();
    await until('window.port !== undefined');
    await double.page.reload();
    await expect.poll(shown).toHaveLength(before + 2);
  });
});
