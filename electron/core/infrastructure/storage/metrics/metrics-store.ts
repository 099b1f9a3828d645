import { Worker } from 'node:worker_threads';
import type { Lifetime } from '../../../lib/lifetime.ts';
import type { MetricsKeeper } from './metrics-keeper.ts';
import type { Tick } from './metrics-writer.ts';

/** Measurements over time, kept and read on a thread of their own, which never delays the journal. */
export interface MetricsStore {
  /** Kept in a few seconds, or not at all when the disk does not take it. */
  add(tick: Tick): void;
  series(...query: Parameters<MetricsKeeper['series']>): Promise<ReturnType<MetricsKeeper['series']>>;
  means(...query: Parameters<MetricsKeeper['means']>): Promise<ReturnType<MetricsKeeper['means']>>;
}

type Question = 'series' | 'means';
export type MetricsRequest =
  | { kind: 'tick'; tick: Tick }
  | { [Name in Question]: { kind: Name; id: number; query: Parameters<MetricsKeeper[Name]>[0] } }[Question]
  | { kind: 'close' };
export type MetricsAnswer = { kind: 'value'; id: number; value: unknown } | { kind: 'warning'; text: string };

interface StoreOptions {
  readonly file: string;
  readonly threadEntry: string;
  readonly lifetime: Lifetime;
  readonly onWarning: (text: string) => void;
}

export const createMetricsStore = ({ file, threadEntry, lifetime, onWarning }: StoreOptions): MetricsStore => {
  const thread = new Worker(threadEntry, { workerData: { file } });
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const exited = new Promise((resolve) => thread.once('exit', resolve));
  let lastId = 0;
  let failure: Error | undefined;

  const post = (request: MetricsRequest): void => {
    if (!failure) thread.postMessage(request);
  };
  const waitFor = (post: (id: number) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      lastId += 1;
      open.set(lastId, { resolve, reject });
      post(lastId);
    });
  const rejectAll = (error: Error): void => {
    for (const waiter of open.values()) waiter.reject(error);
    open.clear();
  };

  thread.on('message', (answer: MetricsAnswer) => {
    if (answer.kind === 'warning') return onWarning(answer.text);
    open.get(answer.id)?.resolve(answer.value);
    open.delete(answer.id);
  });
  thread.on('error', (error) => {
    // The core lives without measurements; its log says why there are none.
    failure = new Error('the metrics thread failed', { cause: error });
    onWarning(`Measurements are no longer kept: ${error instanceof Error ? error.message : String(error)}`);
    rejectAll(failure);
  });
  lifetime.add(async () => {
    post({ kind: 'close' });
    await exited;
    failure ??= new Error('the core is closing');
    rejectAll(failure);
  });

  // What the thread answers to a question is what its keeper answers to it.
  return {
    add: (tick) => post({ kind: 'tick', tick }),
    series: (query) => waitFor((id) => post({ kind: 'series', id, query })) as Promise<ReturnType<MetricsKeeper['series']>>,
    means: (query) => waitFor((id) => post({ kind: 'means', id, query })) as Promise<ReturnType<MetricsKeeper['means']>>,
  };
};
