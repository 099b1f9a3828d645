import { StandardRPCHandler } from '@orpc/server/standard';
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import { decodeRequestMessage, encodeResponseMessage, experimental_ServerPeerWithoutCodec as ServerPeer } from '@orpc/standard-server-peer';
import type { CallRouter, Connection } from './dispatch.ts';
import { createCredits } from './lib/credit.ts';

/** What Electron's MessagePortMain and Node's MessagePort have in common. */
export interface CallPort {
  postMessage(frame: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** Serves the contract on a message port until it closes; garbage closes it. Call what it returns when the page behind it has gone. */
export const servePort = (port: CallPort, servePeer: PeerServer): (() => void) => {
  const close = (): void => {
    peer.close();
    port.close();
  };
  const peer = servePeer({ send: (frame) => port.postMessage(frame), onGarbage: close });
  port.on('message', (message) => peer.message(frameOf(message)));
  port.on('close', peer.close);
  port.start();
  return close;
};

/** Electron hands over an event that holds the frame, Node the frame itself. */
const frameOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && !(message instanceof Uint8Array) && 'data' in message ? message.data : message;

interface PeerOptions {
  /** What it returns is awaited, so a send that resolves late slows the streams of this connection; one that fails ends them. */
  send(frame: string | Uint8Array): void | Promise<void>;
  /** Called once, for a frame that no client of ours sends: the connection should be closed. */
  onGarbage(): void;
}

/** The host's side of one connection of frames. */
export interface Peer {
  message(frame: unknown): void;
  /** Aborts every call of the connection. */
  close(): void;
}

export type PeerServer = (options: PeerOptions) => Peer;

/** Serves connections that carry frames, ports and websockets alike; credit is kept for each connection. */
export const createPeerServer = (router: CallRouter, onBug: (error: unknown) => void): PeerServer => {
  const calls = new StandardRPCHandler<Connection>(router, {});

  return ({ send, onGarbage }) => {
    let isClosed = false;
    const deliver = async (frame: string | Uint8Array): Promise<void> => {
      try {
        await send(frame);
      } catch {
        // The other side has gone; its streams must end before its close is even noticed.
        close();
      }
    };
    const peer = new ServerPeer(async ([id, type, payload]) => {
      const frame = await encodeResponseMessage(id, type, payload);
      if (!isClosed) await deliver(typeof frame === 'string' || frame instanceof Uint8Array ? frame : new Uint8Array(frame));
    });
    const answer = createServerPeerHandleRequestFn(calls, { context: { credits: createCredits() } });
    const close = (): void => {
      isClosed = true;
      peer.close({ abort: true });
    };

    const serve = async (frame: unknown): Promise<void> => {
      const request = await decoded(frame);
      if (isClosed) return;
      if (!request) {
        close();
        return onGarbage();
      }
      try {
        await peer.message(request, answer);
      } catch (error) {
        // Calls answer their own errors; what comes here is an answer that could not be sent.
        if (!isClosed) onBug(error);
      }
    };
    return { message: (frame) => void serve(frame), close };
  };
};

type Request = Awaited<ReturnType<typeof decodeRequestMessage>>;

/** oRPC 1.16.1 leaves a frame it cannot read as an unhandled rejection, which ends a Node process; here it is undefined. */
const decoded = async (frame: unknown): Promise<Request | undefined> => {
  if (typeof frame !== 'string' && !(frame instanceof Uint8Array)) return undefined;
  try {
    const request = await decodeRequestMessage(frame as Parameters<typeof decodeRequestMessage>[0]);
    const [id] = request as readonly unknown[];
    return typeof id === 'string' && id.length <= 64 ? request : undefined;
  } catch {
    return undefined;
  }
};
