import { Worker } from 'node:worker_threads';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { Queries } from './reader-queries.ts';

type QueryName = keyof Queries;
type Asynchronous<Call> = Call extends (...args: infer Args) => infer Value ? (...args: Args) => Promise<Value> : never;

/** The journal as it stands on the disk, asked without holding up the core's main thread. */
export type Reader = { readonly [Name in QueryName]: Asynchronous<Queries[Name]> } & {
  hashFile(path: string): Promise<{ sha256: string; bytes: number }>;
};

export type ReaderRequest =
  { id: number; name: QueryName; args: unknown[] } | { id: number; name: 'hashFile'; path: string } | { id: number; name: 'close' };
export type ReaderAnswer = { id: number; value: unknown } | { id: number; error: string };

export const createReader = (options: { file: string; threadEntry: string; lifetime: Lifetime }): Reader => {
  const thread = new Worker(options.threadEntry, { workerData: { file: options.file } });
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  // From the beginning, because a thread that failed has ended long before it is closed.
  const exited = new Promise((resolve) => thread.once('exit', resolve));
  let lastId = 0;
  let failure: Error | undefined;

  const ask = (request: { name: QueryName; args: unknown[] } | { name: 'hashFile'; path: string }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      // A thread that has gone would leave the question open for ever.
      if (failure) return reject(failure);
      lastId += 1;
      open.set(lastId, { resolve, reject });
      thread.postMessage({ ...request, id: lastId } satisfies ReaderRequest);
    });

  thread.on('message', (answer: ReaderAnswer) => {
    const waiter = open.get(answer.id);
    open.delete(answer.id);
    if ('error' in answer) waiter?.reject(new Error(`the journal could not be read: ${answer.error}`));
    else waiter?.resolve(answer.value);
  });
  thread.on('error', (error) => {
    failure = new Error('the reader thread failed', { cause: error });
    for (const waiter of open.values()) waiter.reject(failure);
    open.clear();
  });

  options.lifetime.add(async () => {
    thread.postMessage({ id: 0, name: 'close' } satisfies ReaderRequest);
    await exited;
    for (const waiter of open.values()) waiter.reject(new Error('the core is closing'));
  });

  return new Proxy({} as Reader, {
    // Every property of Reader is a call by its name; only hashFile takes a path instead of arguments.
    get: (_, name: QueryName | 'hashFile') =>
      name === 'hashFile' ? (path: string) => ask({ name, path }) : (...args: unknown[]) => ask({ name, args }),
  });
};
