import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { resolveAppFile } from './app-file.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { isOwnPage, pageScheme } from './page-address.ts';

const artifacts = '/api/v1/artifacts/';

/** Makes app:// an origin like https: storage, fetch, modules and media work, and it is a secure context. Before the app is ready. */
export const registerAppScheme = (): void => {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: pageScheme, privileges }]);
};

/** Serves the page's files from a folder, and the core's artifacts, under app://switchyard. */
export const serveAppScheme = (rendererFolder: string, readArtifact: (request: Request) => Promise<Response>): void => {
  protocol.handle(pageScheme, async (request) => {
    const { pathname } = new URL(request.url);
    if (!isOwnPage(request.url)) return refuse(404);
    if (pathname.startsWith(artifacts)) return readArtifact(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    return serveFile(rendererFolder, pathname);
  });
};

const serveFile = async (folder: string, pathname: string): Promise<Response> => {
  const file = resolveAppFile(folder, pathname);
  if (!file) return refuse(404);
  try {
    const bytes = await readFile(file.path);
    return new Response(new Uint8Array(bytes), { headers: { ...safeHeaders, 'content-type': file.mediaType } });
  } catch {
    return refuse(404);
  }
};

const safeHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

const refuse = (status: number): Response => new Response(null, { status, headers: safeHeaders });
