import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { PlannedRun } from '../../../../shared/model/plan.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import type { ComparedSoFar } from './compare-policies.ts';
import { runListsOf, type Answered, type Asked, type Questions } from './questions.ts';
import { sliceItems, type ForesightAnswer, type ForesightRequest } from './thread-messages.ts';

/** The thread that looks ahead, as the core asks it. */
export interface ForesightThread {
  /** Rejects when the signal aborts; the thread then leaves the question. A comparison tells now and then how far it has come. */
  ask<Kind extends keyof Questions>(
    kind: Kind,
    question: Questions[Kind]['question'],
    signal: AbortSignal,
    tell?: (soFar: ComparedSoFar) => void,
  ): Promise<Questions[Kind]['answer']>;
}

interface Waiter {
  /** By list of the answer. */
  readonly runs: PlannedRun[][];
  readonly tell: ((soFar: ComparedSoFar) => void) | undefined;
  resolve(answered: Answered): void;
  reject(error: Error): void;
}

/** Begins with the first question, and anew after a failure. */
export const createForesightThread = ({ threadEntry, lifetime }: { threadEntry: string; lifetime: Lifetime }): ForesightThread => {
  const open = new Map<number, Waiter>();
  let thread: Worker | undefined;
  let lastId = 0;

  const rejectAll = (error: Error): void => {
    for (const waiter of open.values()) waiter.reject(error);
    open.clear();
  };

  const begin = (): Worker => {
    const begun = new Worker(threadEntry);
    begun.on('message', take);
    begun.on('error', (error) => {
      if (thread === begun) thread = undefined;
      rejectAll(new Error('the foresight thread failed', { cause: error }));
    });
    return begun;
  };

  const take = (answer: ForesightAnswer): void => {
    const waiter = open.get(answer.id);
    // Taken back in the meantime.
    if (!waiter) return;
    if (answer.kind === 'soFar') return waiter.tell?.(answer.soFar);
    if (answer.kind === 'runs') {
      (waiter.runs[answer.place] ??= []).push(...answer.runs);
      return;
    }
    open.delete(answer.id);
    if (answer.kind === 'failed') return waiter.reject(new Error(`the future could not be worked out: ${answer.error}`));
    for (const [place, runs] of runListsOf(answer.answered).entries()) runs.push(...(waiter.runs[place] ?? []));
    waiter.resolve(answer.answered);
  };

  const post = (request: ForesightRequest): void => (thread ??= begin()).postMessage(request);

  const send = async (id: number, asked: Asked): Promise<void> => {
    const { snapshot } = asked.question;
    for (let from = 0; from < snapshot.waiting.length; from += sliceItems) {
      if (from > 0) await nextTurn();
      if (!open.has(id)) return;
      post({ kind: 'waiting', id, tasks: snapshot.waiting.slice(from, from + sliceItems) });
    }
    const question = { ...asked.question, snapshot: { ...snapshot, waiting: [] } };
    post({ kind: 'ask', id, asked: { ...asked, question } as Asked }); // of the same kind
  };

  lifetime.add(async () => {
    rejectAll(new Error('the core is closing'));
    const ending = thread;
    if (!ending) return;
    const exited = new Promise((resolve) => ending.once('exit', resolve));
    post({ kind: 'close' });
    await exited;
  });

  return {
    ask: (kind, question, signal, tell) => {
      if (signal.aborted || lifetime.signal.aborted) return Promise.reject(new Error('nobody waits for the answer'));
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          if (!open.delete(id)) return;
          post({ kind: 'leave', id });
          reject(new Error('nobody waits for the answer'));
        };
        signal.addEventListener('abort', leave, { once: true });
        const settled = (): void => signal.removeEventListener('abort', leave);
        open.set(id, {
          runs: [],
          tell,
          resolve(answered) {
            settled();
            resolve(answered.answer as never); // the thread answers each question with an answer of its kind
          },
          reject(error) {
            settled();
            reject(error);
          },
        });
        void send(id, { kind, question } as Asked); // kind and question are paired in Questions
      });
    },
  };
};
