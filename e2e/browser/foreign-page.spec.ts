import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { expect, test, type Page } from 'playwright/test';
import { startTestServer, type TestServer } from '../../electron/headless/start-test-server.ts';

/*
 * A page of another user on another loopback port, in a real browser. It is given everything but the browser's help: the
 * random host name of our page, the hash of a result, even the token.
 */

/** The little of a page's world that the attempts touch; this side of the project has no types of the DOM. */
interface PageElement {
  onload: (() => void) | null;
  onerror: (() => void) | null;
  append(...children: PageElement[]): void;
  submit(): void;
}
declare const document: {
  readonly body: PageElement;
  createElement(name: string): PageElement;
  addEventListener(type: 'securitypolicyviolation', listener: () => void): void;
};
declare const window: { victim?: { readonly closed: boolean }; open(address: string): { readonly closed: boolean } };

let server: TestServer;
let foreign: Server;
let foreignAddress: string;
let picture: string;

test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({ ...launchOptions, args: [...(launchOptions.args ?? []), '--host-resolver-rules=MAP rebind.example 127.0.0.1'] }),
});

test.beforeEach(async () => {
  server = await startTestServer();
  picture = server.addArtifact(
    'image/png',
    Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  );
  foreign = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>foreign</title>'),
  );
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  foreignAddress = `http://evil.localhost:${(foreign.address() as AddressInfo).port}/`;
});

test.afterEach(async () => {
  foreign.closeAllConnections();
  foreign.close();
  await server.close();
});

/** Everything a page can try against an address; each answers what it learned. */
const tryEverything = (page: Page, host: string, token: string, hash: string): Promise<Record<string, string>> =>
  page.evaluate(
    async ([target, secret, artifact]) => {
      const address = `http://${target}`;
      const jobs = JSON.stringify({ jobs: [{ runtime: 'command', command: ['true'], folder: '/' }] });
      const told = async (ask: () => Promise<Response>): Promise<string> => {
        try {
          const reply = await ask();
          return `${reply.type} ${reply.status} ${(await reply.text()).length > 0 ? 'text' : 'nothing'}`;
        } catch {
          return 'error';
        }
      };
      const loaded = (element: PageElement): Promise<string> =>
        new Promise((resolve) => {
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('error');
          document.body.append(element);
        });
      const websocket = (protocols: string[]): Promise<string> =>
        new Promise((resolve) => {
          const socket = new WebSocket(`ws://${target}/rpc`, protocols);
          socket.onopen = () => resolve('open');
          socket.onerror = () => resolve('error');
        });
      const submitForm = (): Promise<string> =>
        new Promise((resolve) => {
          const frame = Object.assign(document.createElement('iframe'), { name: 'target' });
          const form = Object.assign(document.createElement('form'), {
            method: 'POST',
            action: `${address}/api/v1/jobs`,
            enctype: 'text/plain',
            target: 'target',
          });
          // As text/plain the name and the value are joined by "=", which makes this whole JSON.
          const [before = '', after = ''] = jobs.replace('"true"', '"a=b"').split('=');
          form.append(Object.assign(document.createElement('input'), { name: before, value: after }));
          document.body.append(frame, form);
          frame.onload = () => resolve('sent');
          document.addEventListener('securitypolicyviolation', () => resolve('blocked'));
          form.submit();
        });
      const bearer = { authorization: `Bearer ${secret}` };
      const json = { 'content-type': 'application/json' };
      return {
        read: await told(() => fetch(`${address}/api/v1/status`)),
        readWithToken: await told(() => fetch(`${address}/api/v1/status`, { headers: bearer })),
        readBlindly: await told(() => fetch(`${address}/api/v1/status`, { mode: 'no-cors', credentials: 'include' })),
        page: await told(() => fetch(`${address}/`, { mode: 'no-cors' })),
        postBlindly: await told(() => fetch(`${address}/api/v1/jobs`, { method: 'POST', mode: 'no-cors', body: jobs })),
        postWithToken: await told(() => fetch(`${address}/api/v1/jobs`, { method: 'POST', headers: { ...bearer, ...json }, body: jobs })),
        upload: await told(() => fetch(`${address}/api/v1/files?name=a`, { method: 'PUT', headers: bearer, body: 'x' })),
        exchange: await told(() => fetch(`${address}/exchange`, { method: 'POST', mode: 'no-cors', body: '{"code":"0"}' })),
        websocket: await websocket(['orpc']),
        websocketWithToken: await websocket(['orpc', `token.${secret}`]),
        image: await loaded(
          Object.assign(document.createElement('img'), { src: `${address}/api/v1/artifacts/${artifact}?type=image/png` }),
        ),
        script: await loaded(Object.assign(document.createElement('script'), { src: `${address}/assets/page.js` })),
        scriptRan: String('isPageLoaded' in window),
        form: await submitForm(),
      };
    },
    [host, token, hash] as const,
  );

test('our own page may do all of it, so the attempts themselves are sound', async ({ page }) => {
  const { redirectFile } = await server.entrance.handlers.open(undefined, { signal: AbortSignal.timeout(60_000) });
  // As a browser is opened: with the file, never with the address.
  await page.goto(pathToFileURL(redirectFile).href);
  await page.waitForURL(/#code=[0-9a-f]{64}$/);
  const code = new URL(page.url()).hash.slice('#code='.length);
  const token = await page.evaluate(async (given) => {
    const reply = await fetch('/exchange', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: given }),
    });
    return ((await reply.json()) as { token: string }).token;
  }, code);
  expect(token).toBe(server.pageToken);

  const learned = await tryEverything(page, server.pageHost, token, picture);
  expect(learned).toMatchObject({
    read: 'basic 401 text',
    readWithToken: 'basic 200 text',
    postWithToken: 'basic 201 text',
    upload: 'basic 200 text',
    websocketWithToken: 'open',
    script: 'loaded',
    scriptRan: 'true',
    // Our page sends no forms, so nothing that gets into it can.
    form: 'blocked',
  });
  expect(server.jobs).toHaveLength(1);
});

for (const name of ['its host name', '127.0.0.1', 'localhost']) {
  test(`a page on another loopback port learns and does nothing at ${name}, even with the token`, async ({ page }) => {
    const host = name === 'its host name' ? server.pageHost : `${name}:${server.server.port}`;
    await page.goto(foreignAddress);
    expect(await tryEverything(page, host, server.token, picture)).toEqual({
      read: 'error',
      readWithToken: 'error',
      readBlindly: 'error',
      page: 'error',
      postBlindly: 'error',
      postWithToken: 'error',
      upload: 'error',
      exchange: 'error',
      websocket: 'error',
      websocketWithToken: 'error',
      image: 'error',
      script: 'error',
      scriptRan: 'false',
      form: 'sent',
    });
    expect(server.jobs).toEqual([]);
    expect(server.bugs).toEqual([]);
  });
}

test('a foreign page can neither frame our page nor hold on to its window', async ({ page, context }) => {
  await page.goto(foreignAddress);
  await page.evaluate((address) => {
    document.body.append(Object.assign(document.createElement('iframe'), { src: address }));
  }, `http://${server.pageHost}/`);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain('chrome-error://chromewebdata/');

  const opening = context.waitForEvent('page');
  await page.evaluate((address) => void (window.victim = window.open(address)), `http://${server.pageHost}/`);
  await (await opening).waitForFunction(() => 'isPageLoaded' in window);
  expect(await page.evaluate(() => window.victim?.closed)).toBe(true);
});

test('a name that is pointed at this machine afterwards reaches nothing', async ({ page }) => {
  const reply = await page.goto(`http://rebind.example:${server.server.port}/`);
  expect(reply?.status()).toBe(403);
  const learned = await tryEverything(page, `rebind.example:${server.server.port}`, server.token, picture);
  expect(learned).toMatchObject({
    readWithToken: 'basic 403 text',
    postWithToken: 'basic 403 text',
    websocketWithToken: 'error',
    script: 'error',
  });
  expect(server.jobs).toEqual([]);
});
