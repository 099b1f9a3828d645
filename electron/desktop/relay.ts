import type { RawData, WebSocket } from 'ws';
import type { CallPort } from '../core/serve-port.ts';

/** A page that sends faster than the core reads is cut off, in bytes; credit keeps the other direction small. */
const mostWaitingBytes = 16 * 1024 * 1024;

/** Carries the frames of a page's port to the core's socket and back, until one of them closes. Returns what ends it. */
export const relay = (port: CallPort, socket: WebSocket): (() => void) => {
  const waiting: (string | Uint8Array)[] = [];

  const end = (): void => {
    port.close();
    socket.close();
  };
  const send = (frame: unknown): void => {
    if (typeof frame !== 'string' && !(frame instanceof Uint8Array)) return end();
    if (socket.bufferedAmount > mostWaitingBytes) return end();
    if (socket.readyState === socket.CONNECTING) waiting.push(frame);
    else if (socket.readyState === socket.OPEN) socket.send(frame);
  };

  socket.on('open', () => {
    for (const frame of waiting.splice(0)) socket.send(frame);
  });
  socket.on('message', (data, isBinary) => port.postMessage(isBinary ? bytesOf(data) : textOf(data)));
  socket.on('close', end);
  // Every error of a socket is followed by its closing.
  socket.on('error', () => {});
  port.on('message', send);
  port.on('close', end);
  port.start();
  return end;
};

const bytesOf = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data));
  return new Uint8Array(
    data instanceof ArrayBuffer ? data : data.buffer,
    data instanceof ArrayBuffer ? 0 : data.byteOffset,
    data.byteLength,
  );
};

const textOf = (data: RawData): string => Buffer.from(bytesOf(data)).toString('utf8');
