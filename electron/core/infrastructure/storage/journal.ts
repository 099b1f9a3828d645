import { Worker } from 'node:worker_threads';
import type { Lifetime } from '../../lib/lifetime.ts';
import { Refusal } from '../../lib/refusal.ts';
import { packWrites, type Write } from './journal-writes.ts';

/** The durable record of everything. A promise it answers resolves when the rows are on the disk. */
export interface Journal {
  /** For what a person asks: when the disk will not take it, it is refused and nothing has changed. */
  append(writes: readonly Write[]): Promise<void>;
  /** For what has happened: kept and written again until the disk takes it; later rows wait behind it. */
  record(writes: readonly Write[]): Promise<void>;
  /** Whether something that happened could not be written yet. */
  readonly isStuck: boolean;
  /** Resolves when the core closes while the disk takes nothing. What waits then is never answered; the next core finds it out again. */
  readonly givenUp: Promise<void>;
}

interface Entry {
  readonly writes: readonly Write[];
  readonly mayBeRefused: boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** How long a failing disk is left alone before the next try. */
const retryMs = 1000;
/** Rows in one commit at most, so that a first waiter is not kept by a flood behind it. */
const rowsPerCommit = 4000;

/** Group commit: while one batch is being written the next gathers, so that many waiters share one sync of the disk. */
export const createJournal = (options: { file: string; threadEntry: string; lifetime: Lifetime }): Journal => {
  const thread = new Worker(options.threadEntry, { workerData: { file: options.file } });
  let waiting: Entry[] = [];
  let inFlight: Entry[] | undefined;
  let isScheduled = false;
  let isStuck = false;
  let onIdle: (() => void) | undefined;
  const givenUp = Promise.withResolvers<void>();
  const { signal } = options.lifetime;
  const giveUpIfStuck = (): void => void (isStuck && signal.aborted && givenUp.resolve());
  signal.addEventListener('abort', giveUpIfStuck, { once: true });

  const enqueue = (writes: readonly Write[], mayBeRefused: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ writes, mayBeRefused, resolve, reject });
      schedule();
    });

  /** Sends at the end of this turn of the loop, so that everything asked for in one turn is one commit. */
  const schedule = (): void => {
    if (isScheduled || inFlight || isStuck) return;
    isScheduled = true;
    setImmediate(send);
  };

  const send = (): void => {
    isScheduled = false;
    if (inFlight || waiting.length === 0) return;
    inFlight = takeBatch();
    thread.postMessage(packWrites(inFlight.flatMap((entry) => entry.writes)));
  };

  const takeBatch = (): Entry[] => {
    let rows = 0;
    const count = waiting.findIndex((entry) => (rows += entry.writes.length) > rowsPerCommit);
    return waiting.splice(0, count === -1 ? waiting.length : Math.max(1, count));
  };

  const answered = (error: string | null): void => {
    const batch = inFlight ?? [];
    inFlight = undefined;
    if (error === null) for (const entry of batch) entry.resolve();
    else failed(batch, error);
    if (waiting.length > 0) schedule();
    else if (!inFlight) onIdle?.();
  };

  const failed = (batch: readonly Entry[], error: string): void => {
    for (const entry of batch) if (entry.mayBeRefused) entry.reject(refusalOf(error, options.file));
    const kept = batch.filter((entry) => !entry.mayBeRefused);
    if (kept.length === 0) return;
    waiting = [...kept, ...waiting];
    isStuck = true;
    // A core that closes on a full disk does not wait for space.
    onIdle?.();
    giveUpIfStuck();
    setTimeout(() => {
      isStuck = false;
      schedule();
    }, retryMs);
  };

  thread.on('message', answered);
  thread.on('error', (error) => {
    // Without its writer the core could promise nothing; ending is the only honest thing, and a restart finds every commit.
    throw new Error('the journal thread failed', { cause: error });
  });

  options.lifetime.add(async () => {
    if (!isStuck && (inFlight || waiting.length > 0)) await new Promise<void>((resolve) => (onIdle = resolve));
    const exited = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close');
    await exited;
  });

  return {
    append: (writes) => enqueue(writes, true),
    record: (writes) => enqueue(writes, false),
    get isStuck() {
      return isStuck;
    },
    givenUp: givenUp.promise,
  };
};

const refusalOf = (error: string, file: string): Error => {
  if (/full|disk I\/O/i.test(error)) return new Refusal({ code: 'disk-full', values: { path: file } });
  if (/readonly|unable to open/i.test(error)) return new Refusal({ code: 'not-writable', values: { path: file } });
  return new Error(`the journal refused a row: ${error}`);
};
