import { createORPCClient, ORPCError } from '@orpc/client';
import type { ClientContext, ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { createStore } from 'zustand/vanilla';
import type { Client } from '../shared/contract/index.ts';
import type { RefusalReason } from '../shared/model/reason.ts';
import type { Connection, ConnectionState, Problem, Stream } from './connection.ts';
import { RefusedFileError } from './connection.ts';
import type { Line, Transport } from './transports.ts';
import { LockedError } from './transports.ts';

const firstDelayMs = 250;
const longestDelayMs = 8_000;
/** After so long without a word from the core the page asks whether it is still there. */
const silenceMs = 15_000;
const answerMs = 5_000;
const creditWindow = 32;
const acknowledgeEvery = 16;

/** Thrown by calls made while the core is out of reach; they are not kept for later, because the person saw them fail. */
class UnreachableError extends Error {}

/** Keeps one line to the core open, makes a new one when it is lost, and speaks the contract over it. */
export const connect = (transport: Transport): Connection => {
  const state = createStore<ConnectionState>(() => ({ kind: 'connecting' }));
  let current: ClientLink<ClientContext> | undefined;
  const link: ClientLink<ClientContext> = {
    call: async (path, input, options) => {
      if (!current) throw new UnreachableError();
      return current.call(path, input, options);
    },
  };
  const api: Client = createORPCClient(link);

  void keepOpen(transport, state, api, (next) => (current = next));
  return {
    state,
    api,
    openStream: (stream) => readStream(stream, api, state),
    refer: transport.refer,
    addressOf: transport.addressOf,
    bytesOf: transport.bytesOf,
    problemOf,
  };
};

type StateStore = Connection['state'];

const keepOpen = async (
  transport: Transport,
  state: StateStore,
  api: Client,
  use: (link: ClientLink<ClientContext> | undefined) => void,
): Promise<never> => {
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
    try {
      const line = await transport.open();
      use(linkOver(line));
      state.setState({ kind: 'connected' }, true);
      delay = firstDelayMs / 2;
      await watchLine(line, api);
      use(undefined);
    } catch (error) {
      if (error instanceof LockedError) {
        state.setState({ kind: 'locked' }, true);
        return new Promise<never>(() => {});
      }
    }
    const before = state.getState();
    if (before.kind !== 'unreachable')
      state.setState({ kind: 'unreachable', since: Date.now(), isAddressLost: transport.restartMovesCore ?? false }, true);
    await pause(delay);
  }
};

const linkOver = ({ carrier }: Line): ClientLink<ClientContext> =>
  carrier.kind === 'socket' ? new SocketLink({ websocket: carrier.socket }) : new PortLink({ port: carrier.port });

/** Resolves when the line is lost: it closed, or the core did not answer in time after a long silence. */
const watchLine = async (line: Line, api: Client): Promise<void> => {
  const beat = setInterval(() => {
    if (Date.now() - line.heardAt() < silenceMs) return;
    api.app.status(undefined, { signal: AbortSignal.timeout(answerMs) }).catch(() => line.close());
  }, silenceMs / 3);
  await line.lost;
  clearInterval(beat);
};

const readStream = async <Value>(stream: Stream<Value>, api: Client, state: StateStore): Promise<void> => {
  const { signal } = stream;
  while (!signal.aborted) {
    try {
      await connected(state, signal);
      await readOnce(stream, api);
      return;
    } catch (error) {
      if (signal.aborted) return;
      const problem = problemOf(error);
      if (problem.kind === 'refused' || problem.kind === 'invalid') {
        stream.onProblem?.(problem);
        return;
      }
      await pause(firstDelayMs);
    }
  }
};

const readOnce = async <Value>(stream: Stream<Value>, api: Client): Promise<void> => {
  const id = crypto.randomUUID();
  const values = await stream.open({ id, window: creditWindow }, stream.signal);
  if (stream.signal.aborted) return;
  stream.onStart?.();
  let read = 0;
  for await (const value of values) {
    if (stream.signal.aborted) return;
    stream.onValue(value);
    read += 1;
    // Not awaited: a lost acknowledgement means a lost line, which the stream itself notices.
    if (read % acknowledgeEvery === 0) api.app.acknowledge({ id, count: acknowledgeEvery }).catch(() => {});
  }
};

const connected = (state: StateStore, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (state.getState().kind === 'connected') return resolve();
    const settle = (done: () => void) => () => {
      unsubscribe();
      signal.removeEventListener('abort', abort);
      done();
    };
    const unsubscribe = state.subscribe((next) => {
      if (next.kind === 'connected') settle(resolve)();
    });
    const abort = settle(() => reject(new DOMException('Aborted', 'AbortError')));
    signal.addEventListener('abort', abort, { once: true });
  });

/** What a failed call means to the person who made it. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof RefusedFileError) return error.problem;
  if (error instanceof UnreachableError) return { kind: 'unreachable' };
  if (error instanceof DOMException && error.name === 'AbortError') return { kind: 'unreachable' };
  if (!(error instanceof ORPCError)) return { kind: 'unexpected', detail: error instanceof Error ? error.message : String(error) };
  const data: unknown = error.data;
  if (isRefusal(data)) return { kind: 'refused', reason: data.reason };
  if (hasIssues(data)) return { kind: 'invalid', issues: data.issues.map(issueText) };
  return { kind: 'unexpected', detail: error.message };
};

// The core validated both shapes against the contract before it sent them; here they are only told apart.
const isRefusal = (data: unknown): data is { reason: RefusalReason } =>
  typeof data === 'object' &&
  data !== null &&
  'reason' in data &&
  typeof data.reason === 'object' &&
  data.reason !== null &&
  'code' in data.reason;

type Issue = { message: string; path?: unknown };
const hasIssues = (data: unknown): data is { issues: Issue[] } =>
  typeof data === 'object' && data !== null && 'issues' in data && Array.isArray(data.issues);

const issueText = (issue: Issue): string =>
  Array.isArray(issue.path) && issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
