import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../shared/contract/index.ts';
import { createRouter } from '../core/dispatch.ts';
import type { FileIntake } from '../core/file-intake.ts';
import { socketPath } from '../core/infrastructure/storage/socket-path.ts';
import { createMemoryHandlers } from '../headless/memory-handlers.ts';
import { serveSocket, type ServingSocket } from '../headless/serve-socket.ts';
import { attachToCore } from './attach-to-core.ts';
import type { JoinedCore } from './joined-core.ts';

const hash = 'a'.repeat(64);
const bytes = Buffer.from('0123456789');
let dataFolder: string;
let server: ServingSocket;
let memory: ReturnType<typeof createMemoryHandlers>;
let core: JoinedCore;

beforeEach(async () => {
  // A colon and a space, which an address of the form ws+unix: could not hold.
  dataFolder = await mkdtemp(join(tmpdir(), 'attach to:core '));
  memory = createMemoryHandlers();
  const onBug = (error: unknown): void => expect.fail(String(error));
  const artifacts = {
    open: async (sha256: string) =>
      sha256 === hash
        ? {
            bytes: bytes.length,
            mediaType: 'text/plain',
            read: (range?: { start: number; end: number }) => Readable.from([range ? bytes.subarray(range.start, range.end + 1) : bytes]),
          }
        : undefined,
  };
  const files = {} as FileIntake; // the desktop passes paths and never uploads
  server = await serveSocket({ router: createRouter(memory.handlers, onBug), files, artifacts, onBug }, dataFolder);
  core = (await attachToCore(socketPath(dataFolder)))!;
});

afterEach(async () => {
  await core?.close();
  await server.close();
  await rm(dataFolder, { recursive: true, force: true });
});

/** The page's end of a port that is relayed to the core. */
const openPage = () => {
  const { port1, port2 } = new MessageChannel();
  const end = core.servePage(port1);
  port2.start();
  // The link wants a DOM port; Node's has the same methods.
  const client: Client = createORPCClient(new RPCLink({ port: port2 as unknown as ConstructorParameters<typeof RPCLink>[0]['port'] }));
  const closed = new Promise<void>((resolve) => port2.once('close', () => resolve()));
  return { client, port: port2, closed, end };
};

test('nobody listens: there is no core to join', async () => {
  expect(await attachToCore(join(dataFolder, 'run/nobody.sock'))).toBeUndefined();
});

test('the tray and every page call the same core, each over its own connection', async () => {
  const [first, second] = [openPage(), openPage()];
  await first.client.scheduler.pause();
  expect((await second.client.app.status()).isPaused).toBe(true);
  expect((await core.client.app.status()).isPaused).toBe(true);
  expect([core.isOwn, server.connections()]).toEqual([false, 3]);
});

test('a page that asks before the connection stands is answered all the same', async () => {
  const { client } = openPage();
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.app.status()));
  expect(answers.map(({ shell }) => shell)).toEqual(Array.from({ length: 20 }, () => 'headless'));
});

test('a stream is slowed by its credit and ends in the core when the page has gone', async () => {
  const page = openPage();
  const notices = await page.client.app.notices({ credit: { id: crypto.randomUUID(), window: 8 } });
  const reader = notices[Symbol.asyncIterator]();
  await reader.next();
  expect(memory.notices.made).toBeLessThanOrEqual(9);
  page.port.close();
  await expect.poll(() => memory.notices.open).toBe(0);
});

test('a frame that no page of ours sends closes the port, and the core serves the others', async () => {
  const [bad, good] = [openPage(), openPage()];
  bad.port.postMessage({ not: 'a frame' });
  await bad.closed;
  const garbage = openPage();
  garbage.port.postMessage('garbage');
  await garbage.closed;
  expect((await good.client.app.status()).shell).toBe('headless');
});

test('results are read through the socket, with ranges and with the headers that keep them harmless', async () => {
  const ask = (range?: string): Promise<Response> =>
    core.readArtifact(new Request(`app://switchyard/api/v1/artifacts/${hash}?name=a.txt`, { headers: range ? { range } : {} }));
  const whole = await ask();
  expect([whole.status, await whole.text(), whole.headers.get('x-content-type-options')]).toEqual([200, '0123456789', 'nosniff']);
  expect(whole.headers.get('content-security-policy')).toContain('sandbox');
  const part = await ask('bytes=2-4');
  expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '234', 'bytes 2-4/10']);
  expect((await core.readArtifact(new Request('app://switchyard/api/v1/artifacts/none'))).status).toBe(404);
});

test('that the core has gone is noticed, and its pages are closed', async () => {
  const page = openPage();
  await page.client.app.status();
  await server.close();
  await Promise.all([core.ended, page.closed]);
});
