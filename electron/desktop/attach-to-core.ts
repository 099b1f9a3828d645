import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import WebSocket from 'ws';
import { isOwnSocket } from '../core/infrastructure/storage/socket-path.ts';
import type { CallPort } from '../core/serve-port.ts';
import type { JoinedCore } from './joined-core.ts';
import { relay } from './relay.ts';

/** Joins the core that listens on a socket, or answers undefined when none does. */
export const attachToCore = async (socketPath: string): Promise<JoinedCore | undefined> => {
  if (!isOwnSocket(socketPath)) return undefined;
  const socket = openSocket(socketPath);
  if (!(await isOpened(socket))) return undefined;
  return {
    isOwn: false,
    // ws speaks the browser's WebSocket interface in everything that the link uses.
    client: createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })),
    servePage: (port: CallPort) => relay(port, openSocket(socketPath)),
    readArtifact: (request) => readThrough(socketPath, request),
    ended: new Promise((resolve) => socket.once('close', () => resolve())),
    close: () => closed(socket),
  };
};

/**
 * The connection is made by hand because an address of the form ws+unix: cannot hold a path with a colon or a space.
 * The folder of the socket is 0700, so whoever reaches it needs no token.
 */
const openSocket = (socketPath: string): WebSocket =>
  new WebSocket('ws://localhost/rpc', 'orpc', { createConnection: () => connect(socketPath), perMessageDeflate: false });

const isOpened = (socket: WebSocket): Promise<boolean> =>
  new Promise((resolve) => {
    socket.once('open', () => resolve(true));
    // An error before the opening means that nobody listens; one after it is followed by 'close', which is all that matters.
    socket.on('error', () => resolve(false));
  });

const closed = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) return resolve();
    socket.once('close', () => resolve());
    socket.close();
  });

const forwardedHeaders = ['range', 'if-range', 'if-none-match'];

const readThrough = (socketPath: string, request: Request): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  const headers: Record<string, string> = {};
  for (const name of forwardedHeaders) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ socketPath, path: pathname + search, method: request.method, headers, signal: request.signal });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const status = incoming.statusCode ?? 502;
      const answerHeaders = new Headers();
      for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') answerHeaders.set(name, value);
      const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
      // Node's web stream and the DOM's differ in name only.
      const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
      if (!hasBody) incoming.resume();
      resolve(new Response(body, { status, headers: answerHeaders }));
    });
    outgoing.end();
  });
};
