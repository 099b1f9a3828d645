import { Readable } from 'node:stream';
import type { RefusalReason } from '../../shared/model/reason.ts';
import { refusalBody } from './lib/refusal-body.ts';

/** Where results are read. */
export interface ArtifactSource {
  open(sha256: string): Promise<OpenArtifact | undefined>;
}

export interface OpenArtifact {
  readonly bytes: number;
  readonly mediaType: string;
  /** The bytes from `start` to `end`, both included; all of them without a range. */
  read(range?: ByteRange): Readable;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export const artifactsPath = '/api/v1/artifacts/';

// What a browser may show; anything else is a download, because a result may hold what a stranger wrote.
const shown = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'audio/wav', 'text/plain']);

/** Answers GET and HEAD for results under their hash, with ranges; the same for a browser over HTTP and for the desktop under app://. */
export const createArtifactHandler =
  (source: ArtifactSource) =>
  async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const hash = url.pathname.slice(artifactsPath.length);
    const artifact = /^[0-9a-f]{64}$/.test(hash) ? await source.open(hash) : undefined;
    if (!artifact) return refused({ code: 'artifact-unknown', values: { hash: hash.slice(0, 64) } });

    const etag = `"${hash}"`;
    const headers = headersOf(url.searchParams, artifact, etag);
    if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers });

    const wanted = rangeOf(request.headers, artifact.bytes, etag);
    if (wanted === 'unsatisfiable') {
      headers.set('content-range', `bytes */${artifact.bytes}`);
      return new Response(null, { status: 416, headers });
    }
    headers.set('content-length', String(wanted ? wanted.end - wanted.start + 1 : artifact.bytes));
    if (wanted) headers.set('content-range', `bytes ${wanted.start}-${wanted.end}/${artifact.bytes}`);
    const body = request.method === 'HEAD' || artifact.bytes === 0 ? null : Readable.toWeb(artifact.read(wanted));
    // Node's stream is the web's; the two declarations do not know of each other.
    return new Response(body as ConstructorParameters<typeof Response>[0], { status: wanted ? 206 : 200, headers });
  };

const headersOf = (query: URLSearchParams, artifact: OpenArtifact, etag: string): Headers => {
  const type = query.get('type') ?? artifact.mediaType;
  const isShown = shown.has(type);
  return new Headers({
    'content-type': !isShown ? 'application/octet-stream' : type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
    'content-disposition': `${isShown ? 'inline' : 'attachment'}${fileNamed(query.get('name') ?? '')}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'accept-ranges': 'bytes',
    // The hash is the content, so it never changes; private because only the owner may read it.
    'cache-control': 'private, max-age=31536000, immutable',
    etag,
  });
};

/** The last part of the name, in the form of RFC 5987 that takes every character. */
const fileNamed = (name: string): string => {
  const last = name.split(/[/\\]/).at(-1)?.slice(0, 200) ?? '';
  if (last === '' || !last.isWellFormed()) return '';
  const escaped = encodeURIComponent(last).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `; filename*=UTF-8''${escaped}`;
};

/** One range as RFC 9110 has it; several ranges, or what is not a range, are answered with the whole. */
const rangeOf = (headers: Headers, bytes: number, etag: string): ByteRange | 'unsatisfiable' | undefined => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '');
  const condition = headers.get('if-range');
  if (!match || (condition !== null && condition !== etag)) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return undefined;
  if (from === '') return Number(to) === 0 || bytes === 0 ? 'unsatisfiable' : { start: Math.max(0, bytes - Number(to)), end: bytes - 1 };
  const start = Number(from);
  if (to !== '' && Number(to) < start) return undefined;
  if (start >= bytes) return 'unsatisfiable';
  return { start, end: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) };
};

const refused = (reason: RefusalReason): Response =>
  Response.json(refusalBody(404, reason), { status: 404, headers: { 'x-content-type-options': 'nosniff' } });
