import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEntrance, type Entrance } from './entrance.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { refusalIn, sendTo } from './test-client.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-entrance-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

const opened = async (entrance: Entrance): Promise<{ address: string; code: string; redirectFile: string }> => {
  const { address, redirectFile } = await entrance.handlers.open(undefined, { signal: AbortSignal.timeout(60_000) });
  return { address, redirectFile, code: /#code=([0-9a-f]{64})$/.exec(address)?.[1] ?? '' };
};

/** An entrance whose server listens. */
const listening = async (port = 4000): Promise<{ entrance: Entrance; token: string; pageToken: string; pageHost: string }> => {
  const entrance = createEntrance({ dataFolder: folder });
  await entrance.listening(port);
  const door = entrance.door();
  if (!door) throw new Error('the entrance has no door');
  return { entrance, token: door.token, pageToken: door.pageToken, pageHost: door.pageHost };
};

describe('the token', () => {
  test('is made once, for the owner alone, and not before this core has the data folder', async () => {
    createEntrance({ dataFolder: folder });
    expect(await readdir(folder)).toEqual([]);
    const { token } = await listening();
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
    expect((await listening()).token).toBe(token);
    expect((await readdir(folder)).toSorted()).toEqual(['run', 'token']);
  });

  test('is made again when the file is damaged or others could read it', async () => {
    const { token } = await listening();
    await chmod(join(folder, 'token'), 0o644);
    const second = (await listening()).token;
    expect(second).not.toBe(token);
    await writeFile(join(folder, 'token'), 'short');
    const third = (await listening()).token;
    expect(third).toMatch(/^[0-9a-f]{64}$/);
    expect(third).not.toBe(second);
    expect((await stat(join(folder, 'token'))).mode & 0o777).toBe(0o600);
  });
});

describe('a one-time address', () => {
  test('is told only while the server listens', async () => {
    const entrance = createEntrance({ dataFolder: folder });
    await expect(opened(entrance)).rejects.toThrow('The window in a browser is not available in this shell.');
    await entrance.listening(4000);
    expect((await opened(entrance)).address).toMatch(/^http:\/\/[0-9a-f]{32}\.localhost:4000\/#code=[0-9a-f]{64}$/);
  });

  test('has a host name of its own for every core', async () => {
    expect((await listening()).pageHost).not.toBe((await listening()).pageHost);
  });

  test('lies in a file of the owner that leads to it without a script and goes when it is used', async () => {
    const { entrance, token, pageToken } = await listening();
    const { address, code, redirectFile } = await opened(entrance);
    expect((await stat(redirectFile)).mode & 0o777).toBe(0o600);
    const page = await readFile(redirectFile, 'utf8');
    expect(page).toContain(`content="0; url=${address}"`);
    expect(page).not.toContain('<script');
    expect(page).not.toContain(token);
    expect(page).not.toContain(pageToken);

    expect(await entrance.exchange(code)).toBe(pageToken);
    expect(await readdir(join(folder, 'run'))).toEqual([]);
    expect(await entrance.exchange(code)).toBeUndefined();
  });

  test('is worth nothing after 60 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { entrance, pageToken } = await listening();
    const [early, late] = [await opened(entrance), await opened(entrance)];
    vi.advanceTimersByTime(59_999);
    expect(await entrance.exchange(early.code)).toBe(pageToken);
    vi.advanceTimersByTime(1);
    expect(await entrance.exchange(late.code)).toBeUndefined();
    vi.useRealTimers();
    await expect.poll(() => readdir(join(folder, 'run'))).toEqual([]);
  });

  test('leaves no file behind, neither when the core closes nor when one was killed', async () => {
    await opened((await listening()).entrance);
    const { entrance } = await listening(4001);
    expect(await readdir(join(folder, 'run'))).toEqual([]);
    const { code } = await opened(entrance);
    await entrance.close();
    expect(await readdir(join(folder, 'run'))).toEqual([]);
    expect(await entrance.exchange(code)).toBeUndefined();
  });
});

describe('the exchange over HTTP', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
  });
  afterEach(() => server.close());

  const exchange = (body: unknown, headers: Record<string, string> = {}) =>
    sendTo(server, {
      method: 'POST',
      path: '/exchange',
      headers: { origin: `http://${server.pageHost}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  test('gives the token for a code once', async () => {
    const { code } = await opened(server.entrance);
    const first = await exchange({ code });
    expect([first.status, JSON.parse(first.text)]).toEqual([200, { token: server.pageToken }]);
    expect(first.headers['cache-control']).toBe('no-store');
    const second = await exchange({ code });
    expect([second.status, refusalIn(second).code]).toEqual([403, 'code-used']);
  });

  test.each([[{}], [{ code: '' }], [{ code: ['a'] }], [null], ['text'], [{ code: 'x'.repeat(5000) }]])('refuses %j', async (body) => {
    await opened(server.entrance);
    expect((await exchange(body)).status).toBe(403);
  });

  test('is refused to other origins and hosts, and the code stays good', async () => {
    const { code } = await opened(server.entrance);
    expect((await exchange({ code }, { origin: 'http://evil.localhost:1' })).status).toBe(403);
    expect((await exchange({ code }, { host: `127.0.0.1:${server.server.port}` })).status).toBe(403);
    expect((await sendTo(server, { path: `/exchange?code=${code}` })).status).toBe(403);
    expect((await exchange({ code })).status).toBe(200);
  });
});
