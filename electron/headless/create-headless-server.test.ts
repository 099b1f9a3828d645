import { spawnSync } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { socketPath } from '../core/infrastructure/storage/socket-path.ts';
import { createRouter } from '../core/dispatch.ts';
import { createMemoryHandlers } from './memory-handlers.ts';
import { serveSocket } from './serve-socket.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { clientOf, openPageSocket, refusalIn, sendTo, type Sent } from './test-client.ts';

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
const bearer = () => ({ authorization: `Bearer ${server.token}` });
const json = { 'content-type': 'application/json' };
const command = { runtime: 'command', command: ['true'], folder: '/' };
const submit = (): Sent => ({
  method: 'POST',
  path: '/api/v1/jobs',
  headers: { ...bearer(), ...json },
  body: JSON.stringify({ jobs: [command] }),
});

describe('the gate stands before every request', () => {
  test('the page is served without a token, under its own host only, with a strict policy', async () => {
    const reply = await sendTo(server, { path: '/' });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('<title>Switchyard</title>');
    expect(reply.headers).toMatchObject({
      'content-security-policy': `default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' ws://${server.pageHost}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await sendTo(server, { path: '/queue' })).text).toBe(reply.text);
    expect((await sendTo(server, { path: '/assets/missing.js' })).status).toBe(404);
    expect((await sendTo(server, { path: '/', headers: { host: `127.0.0.1:${server.server.port}` } })).status).toBe(403);
  });

  test.each(['/../token', '/..%2ftoken', '/%2e%2e/token', '//token', '/assets/../../token'])(
    'nothing beside the page is read by %s',
    async (path) => {
      const reply = await sendTo(server, { path });
      expect(reply.text).not.toContain(server.token);
    },
  );

  test.each<[string, number, string, Sent['headers']]>([
    ['no token', 401, 'token-wrong', {}],
    ['a wrong token', 401, 'token-wrong', { authorization: 'Bearer 0000' }],
    ['a foreign host', 403, 'host-foreign', { host: 'evil.example' }],
    ['a foreign origin', 403, 'origin-foreign', { origin: 'http://evil.example' }],
  ])('with %s a call is answered %i and one sentence, and does nothing', async (_name, status, code, headers) => {
    const reply = await sendTo(server, {
      ...submit(),
      headers: { ...submit().headers, authorization: '', ...(status === 403 ? bearer() : {}), ...headers },
    });
    expect(reply.status).toBe(status);
    expect(refusalIn(reply)).toMatchObject({ code, sentence: expect.stringMatching(/^[A-Z].*[.N]$|switchyard open$/) });
    expect(server.jobs).toEqual([]);
  });

  test.each([
    '/metrics',
    '/api/v1/status',
    '/api/v1/openapi.json',
    '/api/v1/artifacts/00',
    '/api',
    '/rpc',
    '/rpc/app/status',
    '/api/../api/v1/status',
  ])('%s tells nothing without the token', async (path) => {
    expect((await sendTo(server, { path })).status).toBe(401);
  });

  test('no reply ever allows another origin', async () => {
    const reply = await sendTo(server, {
      method: 'OPTIONS',
      path: '/api/v1/jobs',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(reply.status).toBe(403);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('RPC over HTTP is for the socket only', async () => {
    expect((await sendTo(server, { path: '/rpc/app/status', method: 'POST', headers: { ...bearer(), ...json }, body: '{}' })).status).toBe(
      404,
    );
    expect((await sendTo(server, { path: '/rpc/app/status', method: 'POST', headers: json, body: '{}' }, 'socket')).status).toBe(200);
  });

  test('an address in the request line does not replace the host', async () => {
    const raw = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(server.server.port, '127.0.0.1', () =>
        socket.write(
          `GET http://${server.pageHost}/api/v1/status HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer ${server.token}\r\nConnection: close\r\n\r\n`,
        ),
      );
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(raw).toMatch(/^HTTP\/1.1 403 /);
  });

  test('the same port is taken on both loopback addresses', async () => {
    const status = await new Promise<number>((resolve) => {
      const socket = connect(server.server.port, '::1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
      socket.on('data', (chunk) => resolve(Number(/ (\d+) /.exec(String(chunk))?.[1])));
      // A machine without IPv6 has nothing to take.
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 0 : 403));
    });
    expect(status).toBe(403);
  });
});

describe('calls over REST', () => {
  test.each(['gate', 'socket'] as const)('are answered over the %s', async (over) => {
    const created = await sendTo(server, submit(), over);
    expect([created.status, JSON.parse(created.text)]).toEqual([201, { ids: [1] }]);
    const listed = await sendTo(server, { path: '/api/v1/jobs?filter=pending&limit=5', headers: bearer() }, over);
    expect(JSON.parse(listed.text)).toMatchObject({ total: 1, rows: [{ id: 1, state: { kind: 'pending' } }] });
    const unknown = await sendTo(server, { path: '/api/v1/jobs/2', headers: bearer() }, over);
    expect([unknown.status, refusalIn(unknown).code]).toEqual([404, 'job-unknown']);
  });

  test('with wrong input say where and what', async () => {
    const reply = await sendTo(server, { ...submit(), body: '{"jobs":[]}' });
    expect([reply.status, JSON.parse(reply.text)]).toMatchObject([
      400,
      {
        defined: true,
        code: 'BAD_REQUEST',
        message: 'jobs: Too small: expected array to have >=1 items.',
        data: {
          issues: [{ path: ['jobs'] }],
          sentence: 'jobs: Too small: expected array to have >=1 items.',
        },
      },
    ]);
  });

  test.each([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a stream of events', { 'content-type': 'text/event-stream' }],
    ['no kind at all', {}],
  ])('as %s are refused', async (_name, type) => {
    const reply = await sendTo(server, { ...submit(), headers: { ...bearer(), ...type } });
    expect([reply.status, refusalIn(reply).code]).toEqual([415, 'body-not-json']);
    expect(server.jobs).toEqual([]);
  });

  test('that are not JSON, or nested without end, are refused and leave the server well', async () => {
    expect((await sendTo(server, { ...submit(), body: '{"jobs":' })).status).toBe(400);
    expect((await sendTo(server, { ...submit(), body: '['.repeat(400_000) + ']'.repeat(400_000) })).status).toBe(400);
    expect((await sendTo(server, submit())).status).toBe(201);
    expect(server.bugs).toEqual([]);
  });

  test('beyond 1 MiB are refused with a sentence, also when their length is not told', async () => {
    const body = JSON.stringify({ jobs: [{ ...command, name: 'x'.repeat(1024 * 1024) }] });
    const told = await sendTo(server, { ...submit(), body, headers: { ...submit().headers, 'content-length': body.length } });
    const chunked = await sendTo(server, { ...submit(), body, headers: { ...submit().headers, 'transfer-encoding': 'chunked' } });
    for (const reply of [told, chunked]) {
      expect(reply.status).toBe(413);
      expect(refusalIn(reply)).toEqual({
        code: 'body-too-large',
        sentence: 'The request is larger than 1 MB, the most that a call takes. Send files with PUT /api/v1/files.',
      });
    }
    expect(server.jobs).toEqual([]);
  });

  test.each(['gate', 'socket'] as const)('of dangerous names reach nothing over the %s', async (over) => {
    for (const path of ['/api/v1/__proto__', '/api/v1/jobs/__proto__', '/api/v1/constructor/prototype', '/api/v1/app/status']) {
      expect((await sendTo(server, { path, headers: bearer() }, over)).status).toBeOneOf([400, 404]);
    }
    const pollution = { __proto__: undefined, json: {}, meta: [[1, '__proto__', 'polluted']] };
    await sendTo(server, { method: 'POST', path: '/rpc/app/status', headers: json, body: JSON.stringify(pollution) }, 'socket');
    await sendTo(server, { ...submit(), body: '{"__proto__":{"polluted":1},"jobs":[{"__proto__":{"polluted":1}}]}' }, over);
    expect({}).not.toHaveProperty('polluted');
    expect(server.jobs).toEqual([]);
  });
});

describe('streams as server-sent events', () => {
  test('end in the host when the reader goes, and never run far ahead of one who does not read', async () => {
    await sendTo(server, submit());
    const socket = connect(socketPath(server.dataFolder), () => socket.write('GET /api/v1/jobs/1/log/follow HTTP/1.1\r\nHost: x\r\n\r\n'));
    // Reads nothing, so the connection fills and the source stands still: two looks in a row show the same count.
    socket.pause();
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
    expect(server.server.connections()).toBe(1);
    socket.destroy();
    await expect.poll(() => server.logs.open).toBe(0);
    await expect.poll(() => server.server.connections()).toBe(0);
  });

  test('are refused with a status before they begin', async () => {
    const reply = await sendTo(server, { path: '/api/v1/jobs/7/watch', headers: bearer() });
    expect([reply.status, refusalIn(reply).code]).toEqual([404, 'job-unknown']);
  });
});

test('closing waits for no open socket, stream or half request', async () => {
  const other = await startTestServer();
  const socket = kept(await openPageSocket(other));
  const stream = await clientOf(socket).app.notices({ credit: { id: crypto.randomUUID(), window: 1 } });
  await stream.next();
  socket.pause();
  const half = connect(other.server.port, '127.0.0.1', () =>
    half.write('POST /api/v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n'),
  );
  const follower = connect(socketPath(other.dataFolder), () => follower.write('GET /api/v1/notices HTTP/1.1\r\nHost: x\r\n\r\n'));
  for (const client of [half, follower]) client.on('error', () => {});
  await expect.poll(() => other.notices.open).toBe(2);
  // None of the clients ever ends by itself, so that a close which waits for one hangs.
  await other.close();
  await expect.poll(() => other.notices.open).toBe(0);
  half.destroy();
  follower.destroy();
});

test("the socket is its owner's alone, and the file that a killed core left is replaced", async () => {
  const path = socketPath(server.dataFolder);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  await server.server.close();
  // What kill -9 leaves behind: a socket file that nobody listens on.
  const left = spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  expect(left.signal).toBe('SIGKILL');
  expect((await stat(path)).isSocket()).toBe(true);

  const core = createMemoryHandlers();
  const onBug = (error: unknown): never => {
    throw error;
  };
  const router = createRouter(core.handlers, onBug);
  const none = { open: async () => undefined };
  const files = { receive: () => Promise.reject(new Error('nothing is uploaded here')) };
  const again = await serveSocket({ router, files, artifacts: none, onBug }, server.dataFolder);
  expect((await sendTo(server, { path: '/api/v1/status' }, 'socket')).status).toBe(200);
  await again.close();
  await expect(stat(path)).rejects.toThrow('ENOENT');
});

test.skipIf(process.getuid?.() !== 0)(
  'another user of the machine reads neither token nor address and does not reach the socket',
  async () => {
    const { redirectFile } = await server.entrance.handlers.open(undefined, { signal: AbortSignal.timeout(60_000) });
    // Even in a data folder that was opened to everybody.
    for (const folder of [server.folder, server.dataFolder]) await chmod(folder, 0o755);
    const attempt = `
    const { readFileSync } = require('fs');
    const read = (path) => { try { return readFileSync(path, 'utf8'); } catch (error) { return error.code; } };
    const [token, redirect, socket] = process.argv.slice(1);
    require('net').connect(socket).on('connect', () => done('connected')).on('error', (error) => done(error.code));
    const done = (reached) => console.log(JSON.stringify([read(token), read(redirect), reached]));`;
    const files = [join(server.dataFolder, 'token'), redirectFile, socketPath(server.dataFolder)];
    const { stdout } = spawnSync(process.execPath, ['-e', attempt, ...files], { uid: 65534, gid: 65534, cwd: '/', encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(['EACCES', 'EACCES', 'EACCES']);
  },
);
