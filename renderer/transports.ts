import type { Artifact } from '../shared/model/artifact.ts';
import type { FileRef } from '../shared/model/job.ts';
import type { Files, Problem } from './connection.ts';
import { RefusedFileError } from './connection.ts';

/** One way to the core for as long as it lasts. */
export interface Line {
  carrier: { kind: 'socket'; socket: WebSocket } | { kind: 'port'; port: MessagePort };
  /** When the core was heard last, in milliseconds since 1970. */
  heardAt: () => number;
  lost: Promise<void>;
  close: () => void;
}

export interface Transport extends Files {
  /** A core that ends and starts again is not found by this transport; only a core that lives on is. */
  readonly restartMovesCore?: boolean;
  open: () => Promise<Line>;
}

/** The page may not speak to this core: it has no token, or the core does not know the one it has. */
export class LockedError extends Error {}

/** What the preload hands to the page on the desktop. */
interface Desktop {
  pathOf: (file: File) => string;
}

declare global {
  interface Window {
    switchyardDesktop?: Desktop;
  }
}

/** The way this page has: the port of the desktop, or the socket of the core that served it. */
export const chooseTransport = (page: Window): Transport =>
  page.switchyardDesktop ? createDesktopTransport(page, page.switchyardDesktop) : createBrowserTransport(page);

const createDesktopTransport = (page: Window, desktop: Desktop): Transport => {
  let next = Promise.withResolvers<MessagePort>();
  let current: Line | undefined;
  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    const [port] = event.ports;
    if (event.source !== page || !port || !isPortMessage(event.data)) return;
    // A port to another core takes the place of the one in use, which may never say that it closed.
    next.resolve(port);
    current?.close();
  });
  // The preload keeps the port until it is asked for, because a message to a page that does not listen yet is lost.
  page.postMessage({ type: 'switchyard-port-wanted' }, page.location.origin);
  return {
    open: async () => {
      const port = await next.promise;
      next = Promise.withResolvers();
      current = portLine(port);
      return current;
    },
    refer: (file) => Promise.resolve({ path: desktop.pathOf(file) }),
    addressOf: (artifact) => Promise.resolve({ address: artifactPath(artifact), release: () => {} }),
    bytesOf: async (artifact, signal) => (await readArtifact(artifact, { signal })).arrayBuffer(),
  };
};

const isPortMessage = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'type' in data && data.type === 'switchyard-port';

const portLine = (port: MessagePort): Line => {
  let heardAt = Date.now();
  const lost = Promise.withResolvers<void>();
  port.addEventListener('message', () => (heardAt = Date.now()));
  port.addEventListener('close', () => lost.resolve());
  port.start();
  const close = () => {
    port.close();
    lost.resolve();
  };
  return { carrier: { kind: 'port', port }, heardAt: () => heardAt, lost: lost.promise, close };
};

const tokenKey = 'switchyard-token';

const createBrowserTransport = (page: Window): Transport => {
  let token = page.sessionStorage.getItem(tokenKey) ?? undefined;
  const code = takeCode(page);
  const bearer = () => ({ authorization: `Bearer ${token ?? ''}` });

  const authorise = async (): Promise<string> => {
    const fresh = code.take();
    if (fresh) {
      token = await exchange(page, fresh).catch((error: unknown) => {
        // An address that was used before still opens the page that used it.
        if (token) return token;
        throw error;
      });
      page.sessionStorage.setItem(tokenKey, token);
    }
    if (!token) throw new LockedError();
    return token;
  };
  return {
    restartMovesCore: true,
    open: async () => socketLine(page, await authorise(), bearer()),
    refer: (file) => upload(file, bearer()),
    addressOf: async (artifact, signal) => {
      const answer = await readArtifact(artifact, { headers: bearer(), ...(signal ? { signal } : {}) });
      const address = URL.createObjectURL(await answer.blob());
      return { address, release: () => URL.revokeObjectURL(address) };
    },
    bytesOf: async (artifact, signal) => (await readArtifact(artifact, { headers: bearer(), signal })).arrayBuffer(),
  };
};

/** Reads the one-time code of `/#code=…` and takes it out of the address, so that it is not kept, shared or tried again. */
const takeCode = (page: Window): { take: () => string | undefined } => {
  let code = /^#code=([^&]+)/.exec(page.location.hash)?.[1];
  if (code) page.history.replaceState(null, '', `${page.location.pathname}#/`);
  return {
    take: () => {
      const taken = code;
      code = undefined;
      return taken;
    },
  };
};

const exchange = async (page: Window, code: string): Promise<string> => {
  const answer = await page.fetch('/exchange', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  if (!answer.ok) throw new LockedError();
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') return body.token;
  throw new LockedError();
};

const socketLine = async (page: Window, token: string, headers: Record<string, string>): Promise<Line> => {
  const scheme = page.location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${page.location.host}/rpc`, ['orpc', `token.${token}`]);
  let heardAt = Date.now();
  const lost = Promise.withResolvers<void>();
  socket.addEventListener('message', () => (heardAt = Date.now()));
  socket.addEventListener('close', () => lost.resolve());
  const opened = Promise.withResolvers<void>();
  socket.addEventListener('open', () => opened.resolve(), { once: true });
  socket.addEventListener('error', () => opened.reject(new Error('The socket could not be opened.')), { once: true });
  try {
    await opened.promise;
  } catch (cause) {
    // A browser hides why an upgrade was refused; a plain request shows whether the token is the reason.
    const status = await page.fetch('/api/v1/status', { headers }).then((answer) => answer.status);
    throw status === 401 ? new LockedError() : new Error('The core cannot be reached.', { cause });
  }
  return { carrier: { kind: 'socket', socket }, heardAt: () => heardAt, lost: lost.promise, close: () => socket.close() };
};

const upload = async (file: File, headers: Record<string, string>): Promise<FileRef> => {
  const answer = await fetch(`/api/v1/files?name=${encodeURIComponent(file.name)}`, { method: 'PUT', headers, body: file });
  if (!answer.ok) throw new RefusedFileError(await refusalOf(answer));
  const body: unknown = await answer.json();
  if (typeof body === 'object' && body !== null && 'fileId' in body && typeof body.fileId === 'string') {
    return { fileId: body.fileId, name: file.name };
  }
  throw new Error('The core answered an upload without a file id.');
};

const readArtifact = async (artifact: Pick<Artifact, 'sha256' | 'name'>, how: RequestInit): Promise<Response> => {
  const answer = await fetch(artifactPath(artifact), how);
  if (!answer.ok) throw new RefusedFileError(await refusalOf(answer));
  return answer;
};

const refusalOf = async (answer: Response): Promise<Problem> => {
  const body: unknown = await answer.json().catch(() => undefined);
  const data: unknown = typeof body === 'object' && body !== null && 'data' in body ? body.data : body;
  if (typeof data === 'object' && data !== null && 'reason' in data) {
    // The core made the reason from the same closed union that the sentences are written for.
    return { kind: 'refused', reason: data.reason as Extract<Problem, { kind: 'refused' }>['reason'] };
  }
  return { kind: 'unexpected', detail: `${answer.status} ${answer.statusText}` };
};

const artifactPath = (artifact: Pick<Artifact, 'sha256' | 'name'>): string =>
  `/api/v1/artifacts/${artifact.sha256}?name=${encodeURIComponent(artifact.name)}`;
