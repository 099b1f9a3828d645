import type { IncomingMessage } from 'node:http';

export type Body =
  { kind: 'json'; value: unknown } | { kind: 'too-large' } | { kind: 'not-json' } | { kind: 'malformed' } | { kind: 'gone' };

/** Reads the body of a call, of at most `limitBytes`, whether or not its length was told. No body counts as an empty object. */
export const readBody = async (request: IncomingMessage, limitBytes: number): Promise<Body> => {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Not left by `break`, which would destroy the request before it can be answered.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limitBytes) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'gone' };
  }
  if (bytes === 0) return { kind: 'json', value: {} };
  if (!isJson(request.headers['content-type'])) return { kind: 'not-json' };
  return parsed(Buffer.concat(chunks));
};

// A form or a plain text, which a foreign page could send without asking, is not a call.
const isJson = (type: string | undefined): boolean => /^application\/json\s*(;|$)/i.test(type ?? '');

const parsed = (bytes: Buffer): Body => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return { kind: 'json', value: value ?? {} };
  } catch {
    return { kind: 'malformed' };
  }
};
