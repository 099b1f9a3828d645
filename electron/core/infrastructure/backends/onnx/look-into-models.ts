import type { Operations } from '../../../../../shared/model/job.ts';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { TaskRun } from '../../../ports.ts';
import type { Settled } from './onnx-worker.ts';
import { prepareInspection, prepareWork, type Work } from './prepare-work.ts';
import type { WorkerRequest } from './protocol.ts';
import { clearSeat, type Seat } from './seat.ts';
import type { ModelDescription } from './worker-message.ts';
import { createPool, type SetTimer } from './worker-pool.ts';

export type Inspection = { kind: 'inspected'; model: ModelDescription } | { kind: 'refused'; reason: FailReason };

/** What is asked of models beside the jobs that run them, in a worker of its own. */
export interface LookInto {
  inspect(file: { path: string; name: string }): Promise<Inspection>;
  weigh(asked: Pick<TaskRun, 'spec' | 'resolve'>, signal: AbortSignal): Promise<Operations | undefined>;
  close(): Promise<void>;
}

const idleMs = 30_000;
const inspectLimitMs = 60_000;

interface LookIntoOptions {
  open(work: Work): Promise<Seat>;
  readonly setTimer: SetTimer;
  nextJob(): number;
}

export const createLookInto = ({ open, setTimer, nextJob }: LookIntoOptions): LookInto => {
  const workers = createPool<Seat>({ maximum: 1, idleMs, setTimer });

  /** What takes longer than the signal allows is ended with its worker. */
  const ask = async (work: Work, request: (seat: Seat) => Promise<WorkerRequest>, signal: AbortSignal): Promise<Settled> => {
    const seat = await workers.acquire(work.key, () => open(work), signal);
    const stop = (): void => seat.end();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      const answer = await seat.worker.ask(await request(seat), () => undefined);
      if (answer.kind !== 'crashed') await clearSeat(seat);
      return answer;
    } finally {
      signal.removeEventListener('abort', stop);
      workers.release(seat);
    }
  };

  return {
    async inspect(file) {
      const signal = AbortSignal.timeout(inspectLimitMs);
      const work = await prepareInspection(file);
      const answer = await ask(work, (seat) => work.request(seat, nextJob(), '', 'cpu'), signal);
      if (answer.kind === 'inspected') return answer;
      if (answer.kind === 'failed') return { kind: 'refused', reason: answer.reason };
      const detail = signal.aborted ? 'Opening it takes longer than a minute.' : 'Opening it needs more memory than there is.';
      if (answer.kind === 'crashed' && !signal.aborted) {
        return { kind: 'refused', reason: { code: 'worker-crashed', values: { signal: answer.ending.signal } } };
      }
      return { kind: 'refused', reason: { code: 'model-unsupported', values: { model: file.name, detail } } };
    },
    async weigh(asked, signal) {
      const work = await prepareWork(asked, '');
      const { weigh } = work;
      if (!weigh) return undefined;
      const answer = await ask(work, (seat) => weigh(seat, nextJob()), signal);
      return answer.kind === 'weighed' ? answer.operations : undefined;
    },
    close: () => workers.close(),
  };
};
