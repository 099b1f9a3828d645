import { constants } from 'node:os';
import type { Progress } from '../../../../../shared/model/job.ts';
import type { WorkerProcess } from '../../../ports.ts';
import type { WorkerRequest } from './protocol.ts';
import { WorkerMessage, type Answer } from './worker-message.ts';
import type { Poolable } from './worker-pool.ts';

/** How the process ended: a signal's name, or an exit code in words. */
export interface Ending {
  readonly signal: string;
}

/** A worker process as the core drives it: one request at a time. */
export interface OnnxWorker extends Poolable {
  readonly process: WorkerProcess;
  readonly ended: Promise<Ending>;
  /** The answer, or how the process ended without one. */
  ask(request: WorkerRequest, onProgress: (progress: Progress) => void): Promise<Settled>;
}

export type Settled = Answer | { kind: 'crashed'; ending: Ending };

/** Resolves when the process listens; rejects with how it ended when it never did. */
export const createOnnxWorker = async (process: WorkerProcess): Promise<OnnxWorker> => {
  const ended = process.exited.then(endingOf);
  const ready = Promise.withResolvers<void>();
  let current: { job: number; onProgress(progress: Progress): void; settle(answer: Settled): void } | undefined;
  let ending: Ending | undefined;
  const settle = (answer: Settled): void => {
    const { settle: answerIt } = current ?? {};
    current = undefined;
    answerIt?.(answer);
  };
  void ended.then((how) => {
    ending = how;
    settle({ kind: 'crashed', ending: how });
  });

  process.onMessage((raw) => {
    const parsed = WorkerMessage.safeParse(raw);
    // What makes no sense comes from a process that a model has taken over.
    if (!parsed.success) return process.kill();
    const message = parsed.data;
    if (message.kind === 'ready') ready.resolve();
    else if (message.job !== current?.job) return;
    else if (message.kind === 'progress') current.onProgress(message.progress);
    else settle(message.answer);
  });

  const ask: OnnxWorker['ask'] = (request, onProgress) =>
    new Promise((resolve) => {
      if (ending) return resolve({ kind: 'crashed', ending });
      // Nothing of a job is tied to the promise of the worker's end, which would keep it for as long as the worker lives.
      current = { job: request.job, onProgress, settle: resolve };
      process.post(request);
    });

  const start = await Promise.race([ready.promise, ended]);
  if (start) throw new Error(`It ended at once (${start.signal}).`);
  return { process, ended, end: () => process.kill(), ask };
};

/** Shells and confinements report a signal as 128 and its number. */
const endingOf = ({ exitCode, signal }: { exitCode: number | null; signal: string | null }): Ending => {
  if (signal !== null) return { signal };
  const name = Object.entries(constants.signals).find(([, number]) => number === (exitCode ?? 0) - 128)?.[0];
  return { signal: name ?? `exit code ${exitCode ?? '?'}` };
};
