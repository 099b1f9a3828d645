import type { ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { CallFailed, ConnectionLost } from './call-failed.ts';
import { sendOverSocket } from './socket-request.ts';

/** oRPC's own client over the core's socket, for calls that answer with a stream. Loaded when the first one is made. */
export const createStreamLink = (socketPath: string): ClientLink<Record<never, never>> => {
  // The address only names the call; the socket decides where it goes.
  const link = new RPCLink({
    url: 'http://core/rpc',
    // The request's own signal no longer follows the caller's once the request has been collected as garbage, so that a stream
    // would outlive whoever asked for it.
    fetch: (request, _, { signal }) => fetchOverSocket(socketPath, request, signal),
  });
  return {
    call: async (path, input, options) => {
      try {
        return withOurErrors((await link.call(path, input, options)) as AsyncIterable<unknown>);
      } catch (error) {
        throw ourError(error);
      }
    },
  };
};

async function* withOurErrors(events: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* events;
  } catch (error) {
    throw ourError(error);
  }
}

/** oRPC's errors are told by their shape; all others stay what they are. */
const ourError = (error: unknown): unknown =>
  error instanceof Error && 'code' in error && 'status' in error && 'defined' in error ? CallFailed.of(error) : error;

const fetchOverSocket = async (socketPath: string, request: Request, signal: AbortSignal | undefined): Promise<Response> => {
  const { pathname: path, search } = new URL(request.url);
  const { method } = request;
  const headers = Object.fromEntries(request.headers);
  const answer = await sendOverSocket(socketPath, {
    method,
    path: path + search,
    headers,
    body: await request.text(),
    ...(signal && { signal }),
  });
  return new Response(bodyOf(answer), {
    status: answer.statusCode ?? 500,
    headers: { 'content-type': answer.headers['content-type'] ?? '' },
  });
};

/** The body as a web stream; a connection that breaks off in the middle says so in our own words. */
const bodyOf = (answer: IncomingMessage): ReadableStream<Uint8Array> => {
  const chunks = Readable.toWeb(answer).getReader() as ReadableStreamDefaultReader<Uint8Array>;
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await chunks.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        throw new ConnectionLost(error);
      }
    },
    cancel: (reason) => chunks.cancel(reason),
  });
};
