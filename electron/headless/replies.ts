import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RefusalReason } from '../../shared/model/reason.ts';
import { refusalBody } from '../core/lib/refusal-body.ts';

/** On every reply: nothing is guessed, kept by others or read by other pages. */
export const setCommonHeaders = (response: ServerResponse): void => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
};

export const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  sendText(response, status, jsonType, JSON.stringify(body));

export const sendRefusal = (response: ServerResponse, status: number, reason: RefusalReason): void =>
  sendText(response, status, jsonType, refusalText(status, reason));

export const sendText = (response: ServerResponse, status: number, mediaType: string, text: string): void => {
  response.writeHead(status, textHeaders(mediaType, text));
  response.end(text);
};

const refusalText = (status: number, reason: RefusalReason): string => JSON.stringify(refusalBody(status, reason));

const jsonType = 'application/json';

const textHeaders = (mediaType: string, text: string) => ({
  'content-type': mediaType,
  'content-length': Buffer.byteLength(text),
  'cache-control': 'no-store',
});

// How long a sender may go on after it has been refused.
const drainMs = 1000;

/**
 * Refuses a request whose body has not been read to its end. The reply is sent whole but not ended before the sender is done:
 * Node closes the connection at the end of such a reply, and a sender that is still writing would see a reset and not the reason.
 */
export const refuseUnread = (request: IncomingMessage, response: ServerResponse, status: number, reason: RefusalReason): void => {
  if (!hasBody(request) || request.readableEnded) return sendRefusal(response, status, reason);
  response.setHeader('connection', 'close');
  response.writeHead(status, textHeaders(jsonType, refusalText(status, reason)));
  response.write(refusalText(status, reason));
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, drainMs);
  request.once('end', end);
  request.once('close', end);
  request.resume();
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Sends a fetch-style reply as it streams. */
export const sendResponse = async (response: ServerResponse, reply: Response): Promise<void> => {
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  if (reply.body === null) {
    response.end();
    return;
  }
  // The two declarations of the web's stream do not know of each other.
  await pipeline(Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]), response);
};

/** Answers an upgrade with an ordinary reply that says why not. */
export const refuseUpgrade = (socket: Duplex, status: number, statusText: string, reason: RefusalReason): void => {
  const body = JSON.stringify(refusalBody(status, reason));
  const headers = [
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${statusText}\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
};
