import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createPeerServer } from '../core/serve-port.ts';
import { createCallRoutes, metricsPath, pathOf, type CallParts } from './call-routes.ts';
import type { Entrance } from './entrance.ts';
import { gateRefusal, type Asked, type GateRefusal } from './gate.ts';
import { createListener, type Listener } from './listener.ts';
import { createPageFiles } from './page-files.ts';
import { readBody } from './read-body.ts';
import { refuseUnread, refuseUpgrade, sendJson, setCommonHeaders } from './replies.ts';
import { createWebsockets } from './websockets.ts';

export interface ServingPage {
  readonly port: number;
  /** Clients that are being answered or hold a websocket. */
  connections(): number;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly entrance: Entrance;
  /** The built page. */
  readonly rendererFolder: string;
  readonly pingMs?: number;
}

const graceMs = 500;

/** Serves the page, its websocket and REST on a loopback port, every request through the gate. */
export const servePage = async (parts: CallParts, { entrance, rendererFolder, pingMs }: PageOptions): Promise<ServingPage> => {
  const routes = createCallRoutes(parts, { withRpc: false });
  const pageFiles = createPageFiles(rendererFolder);
  const websockets = createWebsockets({
    servePeer: createPeerServer(parts.router, parts.onBug),
    ...(pingMs === undefined ? {} : { pingMs }),
  });

  const refusal = (request: IncomingMessage): GateRefusal | undefined => {
    const door = entrance.door();
    // Only who guesses the port arrives before the door is known.
    return door ? gateRefusal(request.headers, askedOf(request), door) : { status: 403, reason: { code: 'host-foreign', values: {} } };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    setCommonHeaders(response);
    const refused = refusal(request);
    if (refused) return refuseUnread(request, response, refused.status, refused.reason);
    if (pathOf(request) === exchangePath) return exchange(request, response, entrance);
    if (askedOf(request) === 'call' ? await routes(request, response) : pageFiles(request, response, entrance.door()?.pageHost ?? ''))
      return;
    refuseUnread(request, response, 404, { code: 'address-unknown', values: {} });
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refused = refusal(request);
    if (refused) refuseUpgrade(socket, refused.status, refused.status === 401 ? 'Unauthorized' : 'Forbidden', refused.reason);
    else if (pathOf(request) !== '/rpc') refuseUpgrade(socket, 404, 'Not Found', { code: 'address-unknown', values: {} });
    else websockets.accept(request, socket, head);
  };

  const listeners = await listenOnLoopback(() => createListener({ handle, upgrade, connectionLimit: 256 }));
  const port = listeners[0].port();
  await entrance.listening(port);
  return {
    port,
    connections: () => listeners.reduce((sum, listener) => sum + listener.count(), websockets.count()),
    close: async () => void (await Promise.all([...listeners.map((listener) => listener.close(graceMs)), websockets.close(graceMs)])),
  };
};

const exchangePath = '/exchange';

/** Whatever is not plainly a file of the page needs the token. */
const askedOf = (request: IncomingMessage): Asked => {
  const path = pathOf(request);
  if (path === exchangePath) return 'exchange';
  if (path === metricsPath) return 'call';
  return path === '/rpc' || path.startsWith('/rpc/') || path === '/api' || path.startsWith('/api/') ? 'call' : 'page';
};

const exchange = async (request: IncomingMessage, response: ServerResponse, entrance: Entrance): Promise<void> => {
  const body = request.method === 'POST' ? await readBody(request, 1024) : undefined;
  const code = body?.kind === 'json' ? (body.value as { code?: unknown }).code : undefined;
  const token = typeof code === 'string' ? await entrance.exchange(code) : undefined;
  if (token === undefined) return refuseUnread(request, response, 403, { code: 'code-used', values: {} });
  sendJson(response, 200, { token });
};

type Listeners = readonly [Listener, ...Listener[]];

/**
 * Takes the same port on both loopback addresses: a browser may try either for a name under localhost, and on one that
 * we left free another user could answer in our place.
 */
const listenOnLoopback = async (create: () => Listener): Promise<Listeners> => {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const first = create();
    await first.listen({ port: 0, host: '127.0.0.1' });
    const second = create();
    try {
      await second.listen({ port: first.port(), host: '::1' });
      return [first, second];
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A machine without IPv6 has one loopback address only.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return [first];
      await first.close(0);
      if (code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('no port is free on both loopback addresses');
};
