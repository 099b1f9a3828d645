import type { ContractRouterClient } from '@orpc/contract';
import type { IncomingMessage } from 'node:http';
import type { Contract } from '../../shared/contract/index.ts';
import { CallFailed, isConnectionLost } from './call-failed.ts';
import { CommandFailure, exitCodes, noCore } from './failure.ts';
import { readText, sendOverSocket } from './socket-request.ts';

type Client = ContractRouterClient<Contract>;

/** The core as the command line sees it: every call of the contract, and the bytes of results. */
export interface Core {
  readonly client: Client;
  /** The bytes of an artifact; the caller reads or destroys the answer. */
  openArtifact(sha256: string): Promise<IncomingMessage>;
}

/*
 * oRPC's own client needs Request, Response and FormData, which take Node 25 ms and more to load: most of what a short command
 * may cost. A plain call is one JSON document each way, so it is made here; only streams load the real client.
 */
export const createCoreClient = (socketPath: string): Core => ({
  // The proxy answers every path of the contract; the type says which there are.
  client: callable([], (path, input, options) =>
    streams.has(path.join('.')) ? stream(socketPath, path, input, options) : call(socketPath, path, input, options),
  ) as Client,
  openArtifact: async (sha256) => {
    const answer = await sendOverSocket(socketPath, { method: 'GET', path: `/api/v1/artifacts/${sha256}` });
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    throw new CommandFailure(exitCodes.failed, { kind: 'reason', reason: { code: 'artifact-unknown', values: { hash: sha256 } } });
  },
});

/** What a failed call means for the person at the keyboard; undefined for what is a bug of ours. */
export const failureOfCall = (error: unknown): CommandFailure | undefined => {
  if (error instanceof CommandFailure) return error;
  if (isConnectionLost(error)) return noCore('core-lost');
  if (!(error instanceof CallFailed)) return undefined;
  if (error.refusal) return new CommandFailure(exitCodes.wrongUsage, { kind: 'reason', ...error.refusal });
  const exitCode = error.code === 'BAD_REQUEST' ? exitCodes.wrongUsage : exitCodes.failed;
  return new CommandFailure(exitCode, { kind: 'text', key: 'core-says', values: { detail: error.message } });
};

/** The calls of this program that answer with a stream. */
const streams: ReadonlySet<string> = new Set(['jobs.watchOne', 'jobs.followLog', 'devices.watch', 'scheduler.watchWhatIf']);

interface CallOptions {
  readonly signal?: AbortSignal;
}

type Caller = (path: readonly string[], input: unknown, options: CallOptions) => Promise<unknown>;

/** `jobs.get` becomes a function that calls with the path it was reached by. */
const callable = (path: readonly string[], caller: Caller): unknown =>
  new Proxy(() => undefined, {
    // What is awaited is asked for `then`; a path is no promise.
    get: (_, name) => (typeof name === 'string' && name !== 'then' ? callable([...path, name], caller) : undefined),
    apply: (_, _this, [input, options = {}]: [unknown, CallOptions?]) => caller(path, input, options),
  });

const call = async (socketPath: string, path: readonly string[], input: unknown, { signal }: CallOptions): Promise<unknown> => {
  const answer = await sendOverSocket(socketPath, {
    method: 'POST',
    path: `/rpc/${path.join('/')}`,
    body: JSON.stringify({ json: input }),
    ...(signal ? { signal } : {}),
  });
  const text = await readText(answer);
  // oRPC's protocol: `meta` would tell of dates, bigints and the like, which the contract does not have.
  const { json } = (text === '' ? {} : JSON.parse(text)) as { json?: unknown };
  if ((answer.statusCode ?? 500) >= 400) throw CallFailed.of(json ?? JSON.parse(text));
  return json;
};

const stream = async (socketPath: string, path: readonly string[], input: unknown, options: CallOptions): Promise<unknown> => {
  const { createStreamLink } = await import('./stream-link.ts');
  return createStreamLink(socketPath).call(path, input, { context: {}, ...options });
};
