import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { socketPath } from '../core/infrastructure/storage/socket-path.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { clientOf, openPageSocket, openWebsocket } from './test-client.ts';

let server: TestServer;
const sockets: WebSocket[] = [];
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server.close();
});

const kept = (socket: WebSocket): WebSocket => {
  sockets.push(socket);
  return socket;
};

describe('the websocket', () => {
  const address = (): string => `ws://127.0.0.1:${server.server.port}/rpc`;

  test.each<[string, (given: TestServer) => [string[], Record<string, string>], string]>([
    ['without a token', ({ pageHost }) => [['orpc'], { host: pageHost, origin: `http://${pageHost}` }], '401'],
    ['with a wrong token', ({ pageHost }) => [['orpc', 'token.00'], { host: pageHost, origin: `http://${pageHost}` }], '401'],
    [
      'of a foreign origin',
      ({ pageHost, token }) => [['orpc', `token.${token}`], { host: pageHost, origin: 'http://evil.example' }],
      '403',
    ],
    ['under a foreign host', ({ token }) => [['orpc', `token.${token}`], { host: 'evil.example' }], '403'],
  ])('%s is refused', async (_name, make, status) => {
    const [protocols, headers] = make(server);
    await expect(openWebsocket(address(), protocols, headers)).rejects.toThrow(`refused with ${status}`);
    expect(server.server.connections()).toBe(0);
  });

  test('carries calls and never names the token back', async () => {
    const socket = kept(await openPageSocket(server));
    expect(socket.protocol).toBe('orpc');
    expect(await clientOf(socket).jobs.list({})).toMatchObject({ total: 0 });
    expect(server.server.connections()).toBe(1);
  });

  test('carries calls for a desktop that attaches to the socket of the data folder', async () => {
    const socket = kept(await openWebsocket(`ws+unix://${socketPath(server.dataFolder)}:/rpc`, ['orpc'], {}));
    expect(await clientOf(socket).app.token()).toEqual({ token: server.token, address: `http://127.0.0.1:${server.server.port}` });
  });

  test('never runs ahead of a reader with credit', async () => {
    const socket = kept(await openPageSocket(server));
    const client = clientOf(socket);
    const credit = { id: crypto.randomUUID(), window: 32 };
    const stream = await client.app.notices({ credit });
    for (let taken = 0; taken < 21; taken += 1) await stream.next();
    for (let round = 0; round < 50; round += 1) await client.app.status();
    expect(server.notices.made).toBe(32);
    await client.app.acknowledge({ id: credit.id, count: 16 });
    for (let round = 0; round < 50; round += 1) await client.app.status();
    expect(server.notices.made).toBe(48);
    socket.terminate();
    await expect.poll(() => server.notices.open).toBe(0);
  });

  test('of a reader without credit who does not read stands still', async () => {
    const socket = kept(await openPageSocket(server));
    await clientOf(socket).jobs.submit({ jobs: [{ runtime: 'command', command: ['true'], folder: '/' }] });
    socket.pause();
    socket.send(JSON.stringify({ i: 'x', p: { u: '/jobs/followLog', b: { json: { id: 1 } } } }));
    let before = -1;
    await expect
      .poll(
        () => {
          const isStill = server.logs.made > 0 && server.logs.made === before;
          before = server.logs.made;
          return isStill;
        },
        { interval: 250 },
      )
      .toBe(true);
    expect(server.logs.made).toBeLessThan(4000);
  });

  test.each<[string, string | Buffer]>([
    ['text', 'garbage'],
    ['JSON of another kind', '[]'],
    ['bytes', Buffer.from([255, 0, 1])],
    ['a call without an id', '{"p":{"u":"/app/status"}}'],
  ])('is closed on a frame that is %s, and the others go on', async (_name, frame) => {
    const [bad, good] = [kept(await openPageSocket(server)), kept(await openPageSocket(server))];
    const code = new Promise<number>((resolve) => bad.once('close', resolve));
    bad.send(frame);
    expect(await code).toBe(1008);
    expect(await clientOf(good).jobs.list({})).toMatchObject({ total: 0 });
  });

  test('is closed on a frame beyond 1 MiB', async () => {
    const socket = kept(await openPageSocket(server));
    const code = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send('x'.repeat(1024 * 1024 + 1));
    expect(await code).toBe(1009);
  });
});

test('a websocket that does not answer is dropped, one that does is kept', async () => {
  // Only the questions are ours, so that an answer may take as long as it likes.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const pinging = await startTestServer({ pingMs: 1000 });
  try {
    const [dead, living] = [kept(await openPageSocket(pinging)), kept(await openPageSocket(pinging))];
    const closed = new Promise<void>((resolve) => dead.once('close', resolve));
    // Reads nothing more, so it never sees the question.
    dead.pause();
    const answered = new Promise((resolve) => living.once('ping', resolve));
    vi.advanceTimersByTime(1000);
    await answered;
    // A call comes behind the answer to the question.
    await clientOf(living).jobs.list({});
    vi.advanceTimersByTime(1000);
    await expect.poll(() => pinging.server.connections()).toBe(1);
    dead.resume();
    await closed;
    expect(await clientOf(living).jobs.list({})).toMatchObject({ total: 0 });
  } finally {
    vi.useRealTimers();
    await pinging.close();
  }
});
