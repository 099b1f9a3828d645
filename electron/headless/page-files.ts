import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';

/** Answers with a file of the page, or false when there is none. */
export type PageFiles = (request: IncomingMessage, response: ServerResponse, pageHost: string) => boolean;

/** The built page. It holds no secret, so it needs no token; any other address without an extension is a route of the page. */
export const createPageFiles = (folder: string): PageFiles => {
  const serve = sirv(folder, { single: true, etag: true, setHeaders: (response, path) => setPageHeaders(response, path) });
  return (request, response, pageHost) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    response.setHeader('content-security-policy', pagePolicy(pageHost));
    let isFound = true;
    // sirv calls back at once when it has nothing.
    serve(request, response, () => void (isFound = false));
    return isFound;
  };
};

const setPageHeaders = (response: ServerResponse, path: string): void => {
  // Names of built files hold a hash of their content; the page itself must be asked for each time.
  response.setHeader('cache-control', path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache');
};

/** Only what was built with the page runs in it, and it talks to its own core only. */
const pagePolicy = (pageHost: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src 'self' ws://${pageHost}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
