import type { MessagePortMain } from 'electron';
import type { CallPort } from '../core/serve-port.ts';

/** Electron's port as the core knows ports: a message is the frame itself, not an event around it. */
export const callPortOf = (port: MessagePortMain): CallPort => ({
  postMessage: (frame) => port.postMessage(frame),
  on: (event: 'message' | 'close', listener: (message?: unknown) => void) =>
    event === 'close' ? port.on('close', () => listener()) : port.on('message', ({ data }) => listener(data)),
  start: () => port.start(),
  close: () => port.close(),
});
