import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';
import { refusalIn, sendTo } from './test-client.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const bearer = () => ({ authorization: `Bearer ${server.token}` });
const megabyte = Buffer.alloc(1_000_000, 'switchyard ');

/** `count` megabytes that are made while they are read. */
const megabytes = (count: number): Readable =>
  Readable.from(
    (function* () {
      for (let index = 0; index < count; index += 1) yield megabyte;
    })(),
    { objectMode: false },
  );

describe('uploads', () => {
  /** Uploads and answers how much more memory this process, which holds client and server, had at most. */
  const growthBytes = async (count: number, over: 'gate' | 'socket'): Promise<number> => {
    const hash = createHash('sha256');
    for (let index = 0; index < count; index += 1) hash.update(megabyte);
    const before = process.memoryUsage.rss();
    let peak = before;
    const body = megabytes(count);
    body.on('data', () => (peak = Math.max(peak, process.memoryUsage.rss())));
    const reply = await sendTo(server, { method: 'PUT', path: '/api/v1/files?name=a%20%F0%9F%93%B7.png', headers: bearer(), body }, over);
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      200,
      { fileId: expect.stringMatching(/^[0-9a-f]{16}$/), sha256: hash.digest('hex'), bytes: count * 1_000_000 },
    ]);
    return peak - before;
  };

  test.each(['gate', 'socket'] as const)('stream over the %s: ten times the bytes take no more memory', async (over) => {
    // The heap of this process grows and shrinks by itself; what an upload keeps would show in every one of them.
    const growths: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const small = await growthBytes(10, over);
      growths.push((await growthBytes(100, over)) - Math.max(0, small));
    }
    expect(Math.min(...growths)).toBeLessThan(60_000_000);
  });

  test('that promise to be too large are refused before they are sent', async () => {
    const socket = connect(server.server.port, '127.0.0.1');
    const head = [
      'PUT /api/v1/files?name=big HTTP/1.1',
      `Host: ${server.pageHost}`,
      `Authorization: Bearer ${server.token}`,
      'Content-Length: 4000000000',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\nonly the beginning`);
    const reply = await new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    expect(reply).toMatch(/^HTTP\/1.1 422 /);
    expect(reply).toContain('big is 4.0 GB; the most that can be used here is 150 MB.');
    socket.destroy();
  });

  test('that turn out to be too large are refused with a sentence the sender can read', async () => {
    const headers = { ...bearer(), 'transfer-encoding': 'chunked' };
    const reply = await sendTo(server, { method: 'PUT', path: '/api/v1/files?name=big', headers, body: megabytes(180) });
    expect([reply.status, refusalIn(reply).code]).toEqual([422, 'file-too-large']);
  });

  test('need a name and the token', async () => {
    const body = 'x';
    expect((await sendTo(server, { method: 'PUT', path: '/api/v1/files?name=a', body })).status).toBe(401);
    for (const path of ['/api/v1/files', '/api/v1/files?name=', `/api/v1/files?name=${'x'.repeat(256)}`]) {
      const reply = await sendTo(server, { method: 'PUT', path, headers: bearer(), body });
      expect([reply.status, refusalIn(reply).code]).toEqual([422, 'input-invalid']);
    }
  });

  test('that break off are no bug of ours', async () => {
    const socket = connect(server.server.port, '127.0.0.1');
    const head = [
      'PUT /api/v1/files?name=cut HTTP/1.1',
      `Host: ${server.pageHost}`,
      `Authorization: Bearer ${server.token}`,
      'Content-Length: 1000',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\nhalf`);
    await expect.poll(() => server.server.connections()).toBe(1);
    socket.destroy();
    await expect.poll(() => server.server.connections()).toBe(0);
    expect(server.bugs).toEqual([]);
  });
});

describe('results', () => {
  test('are read in ranges by the page and by programs', async () => {
    const hash = server.addArtifact('audio/wav', Buffer.from('RIFF0123'));
    const path = `/api/v1/artifacts/${hash}?name=a.wav`;
    const part = await sendTo(server, { path, headers: { ...bearer(), range: 'bytes=4-5' } });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '01', 'bytes 4-5/8']);
    expect(part.headers['content-security-policy']).toBe("sandbox; default-src 'none'");
    expect((await sendTo(server, { path }, 'socket')).text).toBe('RIFF0123');
    const head = await sendTo(server, { method: 'HEAD', path, headers: bearer() });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '8', '']);
  });

  test('need the token', async () => {
    const hash = server.addArtifact('text/plain', Buffer.from('secret'));
    const reply = await sendTo(server, { path: `/api/v1/artifacts/${hash}` });
    expect(reply.status).toBe(401);
    expect(reply.text).not.toContain('secret');
  });
});

test('a query that is damaged is refused, not fatal', async () => {
  for (const path of [
    '/api/v1/jobs?limit=%',
    '/api/v1/jobs?limit[a][b]=1',
    '/api/v1/jobs/%ff',
    '/api/v1/files?name=%zz',
    '/api/v1/artifacts/%',
  ]) {
    const reply = await sendTo(server, { path, headers: bearer() });
    expect(reply.status).toBeOneOf([200, 400, 404]);
  }
  expect(server.bugs).toEqual([]);
});
