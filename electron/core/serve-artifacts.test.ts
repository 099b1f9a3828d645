import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createArtifactHandler } from './serve-artifacts.ts';

const content = Buffer.from('0123456789');
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const hash = hashOf(content);
const empty = hashOf(Buffer.alloc(0));

const handle = createArtifactHandler({
  open: async (sha256) => {
    const found = sha256 === hash ? content : sha256 === empty ? Buffer.alloc(0) : undefined;
    return (
      found && {
        bytes: found.length,
        mediaType: 'image/png',
        read: (range) => Readable.from([range ? found.subarray(range.start, range.end + 1) : found]),
      }
    );
  },
});

const get = (query = '', headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  handle(new Request(`http://host/api/v1/artifacts/${hash}${query}`, { headers, method }));

describe('a result is read', () => {
  test('whole', async () => {
    const reply = await get();
    expect([reply.status, await reply.text()]).toEqual([200, '0123456789']);
    expect(Object.fromEntries(reply.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': 'inline',
      'content-length': '10',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-type': 'image/png',
      'cross-origin-resource-policy': 'same-origin',
      etag: `"${hash}"`,
      'x-content-type-options': 'nosniff',
    });
  });

  test.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=99999999999999999999-', 416, '', 'bytes */10'],
    ['bytes=5-2', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['bytes=-', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('with the range %s: %i', async (range, status, text, contentRange) => {
    const reply = await get('', { range });
    expect([reply.status, await reply.text(), reply.headers.get('content-range')]).toEqual([status, text, contentRange]);
  });

  test('by its head alone', async () => {
    const reply = await get('', {}, 'HEAD');
    expect([reply.status, reply.headers.get('content-length'), await reply.text()]).toEqual([200, '10', '']);
  });

  test('not again when the reader has it', async () => {
    expect((await get('', { 'if-none-match': `W/"x", "${hash}"` })).status).toBe(304);
    expect((await get('', { range: 'bytes=0-0', 'if-range': '"other"' })).status).toBe(200);
    expect((await get('', { range: 'bytes=0-0', 'if-range': `"${hash}"` })).status).toBe(206);
  });

  test('when it is empty', async () => {
    const whole = await handle(new Request(`http://host/api/v1/artifacts/${empty}`));
    expect([whole.status, await whole.text()]).toEqual([200, '']);
    expect((await handle(new Request(`http://host/api/v1/artifacts/${empty}`, { headers: { range: 'bytes=0-' } }))).status).toBe(416);
  });
});

describe('what a browser may do with it', () => {
  test.each([
    ['image/jpeg', 'image/jpeg', 'inline'],
    ['audio/wav', 'audio/wav', 'inline'],
    ['text/plain', 'text/plain; charset=utf-8', 'inline'],
    ['text/html', 'application/octet-stream', 'attachment'],
    ['image/svg+xml', 'application/octet-stream', 'attachment'],
    ['application/pdf', 'application/octet-stream', 'attachment'],
    ['text/plain; x', 'application/octet-stream', 'attachment'],
  ])('%s is sent as %s, %s', async (type, sent, disposition) => {
    const reply = await get(`?type=${encodeURIComponent(type)}`);
    expect([reply.headers.get('content-type'), reply.headers.get('content-disposition')]).toEqual([sent, disposition]);
  });

  test.each([
    ['a b.npy', "; filename*=UTF-8''a%20b.npy"],
    ['图片 📷.npy', "; filename*=UTF-8''%E5%9B%BE%E7%89%87%20%F0%9F%93%B7.npy"],
    ['../../etc/passwd', "; filename*=UTF-8''passwd"],
    ['C:\\a\\b.txt', "; filename*=UTF-8''b.txt"],
    ['x"\r\nset-cookie: a', "; filename*=UTF-8''x%22%0D%0Aset-cookie%3A%20a"],
    ["it's(1)*.txt", "; filename*=UTF-8''it%27s%281%29%2a.txt"],
    ['folder/', ''],
  ])('%j is saved under a harmless name', async (name, expected) => {
    const reply = await get(`?type=x/y&name=${encodeURIComponent(name)}`);
    expect(reply.headers.get('content-disposition')).toBe(`attachment${expected}`);
  });
});

test.each(['', '00', `${hash}/x`, hash.toUpperCase(), '..%2f..%2ftoken', 'f'.repeat(64)])('there is no result %j', async (name) => {
  const reply = await handle(new Request(`http://host/api/v1/artifacts/${name}`));
  expect([reply.status, (await reply.json()) as unknown]).toMatchObject([
    404,
    { code: 'NOT_FOUND', data: { reason: { code: 'artifact-unknown' } } },
  ]);
});
