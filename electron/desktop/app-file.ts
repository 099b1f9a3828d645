import { extname, isAbsolute, relative, resolve } from 'node:path';

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** A file of the page: where it lies and what it is. */
export interface AppFile {
  readonly path: string;
  readonly mediaType: string;
}

/**
 * The file behind the path of an address, or undefined when there can be none. A path without an extension is a page of the
 * app, and all pages are index.html. Never names anything outside `folder`.
 */
export const resolveAppFile = (folder: string, pathname: string): AppFile | undefined => {
  const decoded = decodePath(pathname);
  // A backslash separates folders on Windows and a NUL ends a path in the system's own calls.
  if (decoded === undefined || /[\\\0]/.test(decoded)) return undefined;
  const name = extname(decoded) === '' ? 'index.html' : decoded.replace(/^\/+/, '');
  const path = resolve(folder, name);
  const mediaType = mediaTypes[extname(path).toLowerCase()];
  return mediaType !== undefined && isInside(folder, path) ? { path, mediaType } : undefined;
};

const decodePath = (pathname: string): string | undefined => {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
};

const isInside = (folder: string, path: string): boolean => {
  const way = relative(resolve(folder), path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
};
