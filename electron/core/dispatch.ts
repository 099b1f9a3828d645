import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract';
import { implement, ORPCError, type Router } from '@orpc/server';
import type { Credit } from '../../shared/contract/base.ts';
import { contract, type Contract } from '../../shared/contract/index.ts';
import { boundedStream } from './lib/bounded-stream.ts';
import type { CreditLine, Credits } from './lib/credit.ts';
import { Refusal } from './lib/refusal.ts';

/** What every handler is told about its call. `signal` aborts when the caller has gone; pass it to every wait. */
export interface CallContext {
  readonly signal: AbortSignal;
}

/** What belongs to one connection. Those that slow the host by themselves (HTTP) have no credits. */
export interface Connection {
  readonly credits?: Credits;
}

// A stream may also be promised, so that it can be refused before it begins.
type Reply<Output> = unknown extends Output
  ? void | Promise<void>
  : Output extends AsyncIterator<infer Event, unknown, void>
    ? AsyncIterable<Event> | Promise<AsyncIterable<Event>>
    : Output | Promise<Output>;

/** A call as a plain function: the input as the contract has parsed it, the output as the contract wants it. */
export type Handler<Procedure> =
  Procedure extends ContractProcedure<infer Input, infer Output, infer _Errors, infer _Meta>
    ? (input: InferSchemaOutput<Input>, context: CallContext) => Reply<InferSchemaInput<Output>>
    : never;

type Area<Name extends keyof Contract> = { readonly [Call in keyof Contract[Name]]: Handler<Contract[Name][Call]> };

/** One function for every call of the contract, but `app.acknowledge`, which belongs to the connection and is answered here. */
export type Handlers = { readonly [Name in Exclude<keyof Contract, 'app'>]: Area<Name> } & {
  readonly app: Omit<Area<'app'>, 'acknowledge'>;
};

export type CallRouter = Router<Contract, Connection>;

/** The contract with its handlers, ready for every transport. What a handler throws beside a Refusal goes to `onBug` and leaves no trace in the reply. */
export const createRouter = (handlers: Handlers, onBug: (error: unknown) => void): CallRouter => {
  const replying = implement(contract)
    .$context<Connection>()
    .use(async ({ next, signal }) => {
      try {
        const result = await next();
        return isStream(result.output) ? { ...result, output: withMappedErrors(result.output, signal, onBug) } : result;
      } catch (error) {
        throw replyOf(error, signal, onBug);
      }
    });
  // Walks the contract, not the handlers, so that nothing beside it is ever served. TypeScript cannot follow Object.entries,
  // which is why the one loop that joins a call to its function speaks of them without their types.
  const implementers = replying as unknown as Record<string, Record<string, Implementer>>;
  const functions = { ...handlers, app: { ...handlers.app, acknowledge } } as unknown as Record<string, Record<string, AnyHandler>>;
  const areas = Object.entries(contract).map(([name, area]) => {
    const calls = Object.keys(area).map((call) => [call, implementers[name]?.[call]?.handler(answering(functions[name]?.[call]))]);
    return [name, Object.fromEntries(calls) as unknown];
  });
  return replying.router(Object.fromEntries(areas) as CallRouter) as CallRouter;
};

type AnyHandler = (input: unknown, context: CallContext & Connection) => unknown;

interface Implementer {
  handler(answer: (call: Call) => Promise<unknown>): unknown;
}

interface Call {
  readonly input: unknown;
  readonly context: Connection;
  readonly signal?: AbortSignal;
}

const acknowledge = (input: { id: string; count: number }, { credits }: Connection): void => credits?.add(input.id, input.count);

/** Gives every call a signal of its own, which also aborts when its stream is closed, and every stream its credit. */
const answering =
  (handler: AnyHandler | undefined) =>
  async ({ input, context, signal }: Call): Promise<unknown> => {
    if (!handler) throw new Error('a call of the contract has no handler');
    const abort = new AbortController();
    // Never removed: the transport makes one signal for each call.
    if (signal?.aborted) abort.abort();
    else signal?.addEventListener('abort', () => abort.abort(), { once: true });
    const output = await handler(input, { signal: abort.signal, ...context });
    return isStream(output) ? boundedStream(output, { abort, credit: openCredit(input, context) }) : output;
  };

const isStream = (output: unknown): output is AsyncIterable<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output;

const openCredit = (input: unknown, { credits }: Connection): CreditLine | undefined => {
  // Every call that answers with a stream was declared with streamInput.
  const { credit } = input as { credit?: Credit };
  if (!credits || !credit) return undefined;
  const line = credits.open(credit.id, credit.window);
  if (!line)
    throw new Refusal({
      code: 'input-invalid',
      values: { detail: `The credit ${credit.id} is used by another stream of this connection.` },
    });
  return line;
};

/** What fails in the middle of a stream is mapped like what fails before it. */
async function* withMappedErrors(
  events: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
  onBug: (error: unknown) => void,
): AsyncGenerator {
  try {
    yield* events;
  } catch (error) {
    throw replyOf(error, signal, onBug);
  }
}

const unknownCodes: ReadonlySet<string> = new Set(['job-unknown', 'attempt-unknown', 'artifact-unknown', 'file-unknown']);

const replyOf = (error: unknown, signal: AbortSignal | undefined, onBug: (error: unknown) => void): ORPCError<string, unknown> => {
  if (error instanceof Refusal) {
    const code = unknownCodes.has(error.reason.code) ? 'NOT_FOUND' : 'REFUSED';
    return new ORPCError(code, {
      status: code === 'NOT_FOUND' ? 404 : 422,
      message: error.message,
      data: { reason: error.reason, sentence: error.message },
    });
  }
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const { issues } = error.data as { issues: readonly Issue[] }; // oRPC's own form of what does not fit a schema
    const sentence = sentenceOfIssues(issues);
    return new ORPCError('BAD_REQUEST', { message: sentence, data: { issues, sentence } });
  }
  // A wait that the caller itself ended is nobody's bug.
  if (!signal?.aborted) onBug(error);
  return new ORPCError('INTERNAL_SERVER_ERROR', {
    message:
      'Switchyard itself failed at this. The log in its data folder (logs/core.log) says how; try again, and report it if it happens again.',
  });
};

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}

/** One sentence for the first of the issues, with the place it is about: `jobs.0.command: Invalid input`. */
const sentenceOfIssues = ([first]: readonly Issue[]): string => {
  const place = first?.path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  return `${place ? `${place}: ` : ''}${first?.message ?? 'The input is not what the call takes'}.`;
};
