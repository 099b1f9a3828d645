import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface ListenerOptions {
  /** Answers the request; resolves when it has been answered. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Further connections are closed at once, so that a stranger cannot use up the files this process may open. */
  readonly connectionLimit?: number;
}

export interface Listener {
  listen(where: { path: string } | { port: number; host: string }): Promise<void>;
  port(): number;
  /** Requests that are being answered, streams among them. */
  count(): number;
  /** Lets what is being answered end within the grace, then cuts it off. */
  close(graceMs: number): Promise<void>;
}

/** One HTTP server that counts what it does and can be closed in time. */
export const createListener = ({ handle, upgrade, connectionLimit }: ListenerOptions): Listener => {
  let active = 0;
  const server = createServer((request, response) => {
    active += 1;
    response.once('close', () => (active -= 1));
    void handle(request, response);
  });
  server.on('upgrade', upgrade);
  // Uploads may take as long as they need; a head that does not arrive may not.
  server.requestTimeout = 0;
  server.headersTimeout = 10_000;
  if (connectionLimit !== undefined) server.maxConnections = connectionLimit;

  return {
    listen: (where) => listening(server, where),
    port: () => portOf(server),
    count: () => active,
    close: (graceMs) => closed(server, graceMs),
  };
};

const listening = (server: Server, where: { path: string } | { port: number; host: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });

const portOf = (server: Server): number => {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on a port');
  return address.port;
};

const closed = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
