import { chmod, rm } from 'node:fs/promises';
import { makeSocketFolder, socketPath } from '../core/infrastructure/storage/socket-path.ts';
import { createPeerServer } from '../core/serve-port.ts';
import { createCallRoutes, pathOf, type CallParts } from './call-routes.ts';
import { createListener } from './listener.ts';
import { refuseUpgrade, sendRefusal, setCommonHeaders } from './replies.ts';
import { createWebsockets } from './websockets.ts';

export interface ServingSocket {
  /** Clients that are being answered or hold a websocket. */
  connections(): number;
  close(): Promise<void>;
}

const graceMs = 500;

/**
 * Serves the command line, and a desktop that attaches, on the data folder's own socket: REST, RPC over HTTP and a websocket.
 * Only the owner may enter the socket's folder, so no token is asked for. The caller holds the lock of the data folder, so a
 * socket file that is there belongs to nobody.
 */
export const serveSocket = async (parts: CallParts, dataFolder: string): Promise<ServingSocket> => {
  const path = socketPath(dataFolder);
  const routes = createCallRoutes(parts, { withRpc: true });
  const websockets = createWebsockets({ servePeer: createPeerServer(parts.router, parts.onBug) });
  const listener = createListener({
    handle: async (request, response) => {
      setCommonHeaders(response);
      if (!(await routes(request, response))) sendRefusal(response, 404, { code: 'address-unknown', values: {} });
    },
    upgrade: (request, socket, head) => {
      if (pathOf(request) === '/rpc') websockets.accept(request, socket, head);
      else refuseUpgrade(socket, 404, 'Not Found', { code: 'address-unknown', values: {} });
    },
  });

  makeSocketFolder(path);
  if (process.platform !== 'win32') await rm(path, { force: true });
  await listener.listen({ path });
  if (process.platform !== 'win32') await chmod(path, 0o600);

  return {
    connections: () => listener.count() + websockets.count(),
    close: async () => void (await Promise.all([listener.close(graceMs), websockets.close(graceMs)])),
  };
};
