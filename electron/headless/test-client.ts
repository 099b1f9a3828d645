import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { WebSocket } from 'ws';
import type { Contract } from '../../shared/contract/index.ts';
import { socketPath } from '../core/infrastructure/storage/socket-path.ts';
import type { TestServer } from './start-test-server.ts';

export type Client = ContractRouterClient<Contract>;

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer | Readable;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
  readonly text: string;
}

/** Plain HTTP, because fetch would not let a test choose Host and Origin. Over the gate the page's own Host is sent unless another is named. */
export const sendTo = (
  server: TestServer,
  { method = 'GET', path, headers = {}, body }: Sent,
  over: 'gate' | 'socket' = 'gate',
): Promise<Received> =>
  new Promise((resolve, reject) => {
    const where = over === 'socket' ? { socketPath: socketPath(server.dataFolder) } : { host: '127.0.0.1', port: server.server.port };
    const all = over === 'socket' ? headers : { host: server.pageHost, ...headers };
    const request = httpRequest({ ...where, method, path, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString() });
      });
    });
    request.on('error', reject);
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
    else body.pipe(request);
  });

/** The code and the sentence of a refusal. */
export const refusalIn = ({ text }: Received): { code: string; sentence: string } => {
  const { data } = JSON.parse(text) as { data: { reason: { code: string }; sentence: string } };
  return { code: data.reason.code, sentence: data.sentence };
};

/** Opens a websocket; rejects with the status when the gate refuses it. */
export const openWebsocket = (address: string, protocols: string[], headers: Record<string, string>): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(address, protocols, { headers });
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => reject(new Error(`refused with ${response.statusCode}`)));
    socket.once('error', reject);
  });

/** The page's own websocket, as a browser opens it. */
export const openPageSocket = (server: TestServer): Promise<WebSocket> =>
  openWebsocket(`ws://127.0.0.1:${server.server.port}/rpc`, ['orpc', `token.${server.token}`], {
    host: server.pageHost,
    origin: `http://${server.pageHost}`,
  });

type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket'];

// The link wants a browser's websocket; that of ws has the same methods.
export const clientOf = (socket: WebSocket): Client => createORPCClient(new RPCLink({ websocket: socket as unknown as LinkSocket }));
