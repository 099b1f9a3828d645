import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { PeerServer } from '../core/serve-port.ts';
import { callLimitBytes } from './call-routes.ts';

export interface Websockets {
  /** Takes over a connection that the gate has let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  count(): number;
  /** Says goodbye; who does not answer within the grace is cut off. */
  close(graceMs: number): Promise<void>;
}

export interface WebsocketOptions {
  readonly servePeer: PeerServer;
  /** How often silence is tested; a socket that misses one answer is dropped. */
  readonly pingMs?: number;
}

const protocol = 'orpc';

export const createWebsockets = ({ servePeer, pingMs = 15_000 }: WebsocketOptions): Websockets => {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: callLimitBytes,
    perMessageDeflate: false,
    // Never the subprotocol that carries the token.
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of server.clients) pingOrDrop(socket, silent);
  }, pingMs);
  timer.unref();

  return {
    accept: (request, socket, head) => server.handleUpgrade(request, socket, head, (websocket) => serve(websocket, servePeer, silent)),
    count: () => server.clients.size,
    close: async (graceMs) => {
      clearInterval(timer);
      await Promise.all([...server.clients].map((socket) => closed(socket, graceMs)));
      server.close();
    },
  };
};

const serve = (socket: WebSocket, servePeer: PeerServer, silent: WeakSet<WebSocket>): void => {
  const peer = servePeer({
    // Resolves when the bytes have left this process, so that a stream waits for a slow connection.
    send: (frame) => new Promise((resolve, reject) => socket.send(frame, (error) => (error ? reject(error) : resolve()))),
    onGarbage: () => socket.close(1008, 'malformed frame'),
  });
  // Text comes as bytes from ws; oRPC tells calls with files from others by that difference only.
  socket.on('message', (data, isBinary) => peer.message(!isBinary && Buffer.isBuffer(data) ? data.toString() : data));
  socket.on('pong', () => silent.delete(socket));
  socket.on('close', peer.close);
  // For example a frame beyond the limit: ws closes the socket by itself and the caller learns it from the code.
  socket.on('error', () => {});
};

const pingOrDrop = (socket: WebSocket, silent: WeakSet<WebSocket>): void => {
  if (silent.has(socket)) return socket.terminate();
  silent.add(socket);
  socket.ping();
};

const closed = (socket: WebSocket, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), graceMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001, 'the core is closing');
  });
