import { mkdir } from 'node:fs/promises';
import type { RanOn } from '../../../../../shared/model/job.ts';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { Chunk } from '../../../division-port.ts';
import type { Outcome, Sink, TaskRun } from '../../../ports.ts';
import { collectArtifacts } from './job-files.ts';
import { limitMemory } from './memory-limit.ts';
import type { Ending, Settled } from './onnx-worker.ts';
import type { Work } from './prepare-work.ts';
import { unreached, type Place } from './providers/choose-place.ts';
import { providerTypeOf } from './providers/provider-names.ts';
import { appendLastWords, clearSeat, type Seat } from './seat.ts';
import type { Answer } from './worker-message.ts';

export interface SeatRun {
  readonly run: TaskRun;
  readonly work: Work;
  readonly seat: Seat;
  readonly seating: Seating;
  readonly place: Place;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  readonly job: number;
  countMemoryKills(): Promise<number>;
  /** Gives the worker back to the pool; not called after the worker was ended. */
  release(): void;
}

/** How an attempt came to its worker. */
export interface Seating {
  /** The worker has served such a job before. */
  readonly isWarm: boolean;
  /** Until it waited for no other job's worker. */
  readonly queuedSeconds: number;
  /** From then until the worker was there. */
  readonly startUpSeconds: number;
}

/** One attempt on the worker that it was given. */
export const runOnSeat = (seatRun: SeatRun): Promise<Outcome> => holdSeat(seatRun, () => runOnce(seatRun));

/** What ran on a seat came to, and whether the worker can go on. */
export interface Ran {
  readonly outcome: Outcome;
  readonly isSound: boolean;
}

interface RanOnce extends Ran {
  readonly place: Place;
  readonly workSeconds: number;
}

/** Runs on the seat and gives it back, or ends it with the attempt: ending a running model means ending its process. */
export const holdSeat = async (seatRun: SeatRun, run: () => Promise<Ran>): Promise<Outcome> => {
  const { seat, signal } = seatRun;
  const stop = (): void => seat.end();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let isReusable = false;
  try {
    const { outcome, isSound } = await run();
    if (signal.aborted) {
      await seat.ended;
      return { kind: 'stopped' };
    }
    // A worker that waits for the next job keeps what it holds of a device, which by then is granted to nobody.
    const holdsDevice = seatRun.place.accelerator !== undefined;
    isReusable = isSound && !holdsDevice;
    if (holdsDevice) {
      seat.end();
      await seat.ended;
    }
    return outcome;
  } catch (error) {
    if (!signal.aborted) throw error;
    await seat.ended;
    return { kind: 'stopped' };
  } finally {
    signal.removeEventListener('abort', stop);
    if (isReusable) seatRun.release();
    else seat.end();
  }
};

/** Asks the worker for the job, or for a chunk of it. */
export const runOnce = async (seatRun: SeatRun, chunk?: Chunk): Promise<RanOnce> => {
  const { answer, place } = await askInPlace(seatRun, chunk);
  const inPlace = { ...seatRun, place };
  if (seatRun.signal.aborted) return { outcome: { kind: 'stopped' }, place, isSound: false, workSeconds: 0 };
  if (answer.kind === 'crashed') return { outcome: await crashOutcome(inPlace, answer.ending), place, isSound: false, workSeconds: 0 };
  const outcome = await answerOutcome(inPlace, answer);
  await clearSeat(seatRun.seat);
  return { outcome, place, isSound: answer.kind !== 'no-memory', workSeconds: answer.kind === 'ran' ? answer.workSeconds : 0 };
};

/**
 * Asks the worker, and once more on the processor when the provider cannot run the model or gave every node of it to the processor,
 * if the job says that it may fall back.
 */
const askInPlace = async (seatRun: SeatRun, chunk?: Chunk): Promise<{ answer: Settled; place: Place }> => {
  const { run, place, signal } = seatRun;
  const answer = await askSeat(seatRun, place, chunk);
  const problem = providerProblem(answer, place);
  if (problem === undefined || signal.aborted || !place.accelerator) return { answer, place };
  if (!run.spec.resources.mayFallBack) {
    const reason = unreached(place.accelerator, [{ name: 'cpu' }], `${place.provider}: ${problem}`);
    return { answer: { kind: 'failed', reason }, place };
  }
  const onProcessor: Place = { provider: 'cpu', fellBackFrom: place.accelerator.id };
  return { answer: answer.kind === 'ran' ? answer : await askSeat(seatRun, onProcessor, chunk), place: onProcessor };
};

/** Why it cannot be said that the work ran where it was asked for. */
const providerProblem = (answer: Settled, { provider }: Place): string | undefined => {
  if (answer.kind === 'provider-failed') return answer.detail;
  if (answer.kind !== 'ran' || provider === 'cpu' || !answer.nodes) return undefined;
  const isThere = answer.nodes.some((node) => node.provider === providerTypeOf(provider));
  return isThere ? undefined : 'It left every node of the model to the processor.';
};

const askSeat = async ({ run, work, seat, sink, job }: SeatRun, { provider }: Place, chunk?: Chunk): Promise<Settled> => {
  await setLimit(seat, run.memoryLimitBytes);
  const request = await work.request(seat, job, seat.folders ? '/out' : run.folder, provider, chunk);
  sink.running([seat.worker.process.pid]);
  return seat.worker.ask(request, (progress) => sink.progress(progress));
};

export const setLimit = async (seat: Seat, limitBytes: number | undefined): Promise<void> => {
  if (seat.limitBytes === limitBytes) return;
  const isSet = await limitMemory(seat.worker.process.pid, limitBytes ?? 'unlimited');
  seat.limitBytes = isSet ? limitBytes : undefined;
};

const answerOutcome = async (seatRun: SeatRun, answer: Answer): Promise<Outcome> => {
  const { run, seat } = seatRun;
  if (answer.kind === 'failed') return { kind: 'failed', reason: asSeenHere(answer.reason, run.folder), ranOn: ranOn(seatRun) };
  if (answer.kind === 'no-memory') return memoryOutcome(seatRun);
  if (answer.kind !== 'ran') throw new Error(`a job was answered as ${answer.kind}`);
  const hasFiles = answer.artifacts.some((artifact) => 'file' in artifact);
  if (hasFiles && seat.folders) {
    seat.isUsed = true;
    await mkdir(run.folder, { recursive: true, mode: 0o700 });
  }
  const artifacts = await collectArtifacts(answer.artifacts, seat.folders?.outputs ?? run.folder, run.folder);
  const { result, peakMemoryBytes, cpuSeconds, nodes } = answer;
  const measured = { peakMemoryBytes, cpuSeconds, ...startOf(seatRun.seating, answer.startUpSeconds) };
  return { kind: 'succeeded', result, artifacts, ranOn: { ...ranOn(seatRun), ...measured, ...(nodes && { nodes }) } };
};

/** A confined worker knows its folders by other names. */
const asSeenHere = (reason: FailReason, folder: string): FailReason =>
  reason.code === 'disk-full' ? { code: 'disk-full', values: { path: folder } } : reason;

/** How the run began: what it waited for another's worker, and what its own beginning took. */
const startOf = (
  { isWarm, queuedSeconds, startUpSeconds }: Seating,
  inWorkerSeconds: number,
): Pick<RanOn, 'warm' | 'startUpSeconds' | 'queuedSeconds'> => {
  const queued = inMilliseconds(queuedSeconds);
  // A warm worker may still have to open another model of its application.
  const startUp = inMilliseconds(inWorkerSeconds + (isWarm ? 0 : startUpSeconds));
  return { warm: isWarm, ...(startUp > 0 && { startUpSeconds: startUp }), ...(queued > 0 && { queuedSeconds: queued }) };
};

const inMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** V8 does not report that it has no memory left but ends the process, with these words. */
const memoryWords = /out of memory|bad_alloc|allocation failed|failed to allocate/i;

export const crashOutcome = async (seatRun: SeatRun, { signal }: Ending): Promise<Outcome> => {
  const { run, seat } = seatRun;
  const words = await appendLastWords(seat, run.logFile);
  if (run.memoryLimitBytes !== undefined && memoryWords.test(words)) return memoryOutcome(seatRun);
  // Begun again it would take the whole machine's memory again.
  if (signal === 'SIGKILL' && (await seatRun.countMemoryKills()) > seat.memoryKills) return noMemoryLeft(seatRun);
  return { kind: 'failed', reason: { code: 'worker-crashed', values: { signal } }, ranOn: ranOn(seatRun) };
};

export const memoryOutcome = (seatRun: SeatRun): Outcome => {
  const limitBytes = seatRun.run.memoryLimitBytes;
  if (limitBytes === undefined) return noMemoryLeft(seatRun);
  return { kind: 'out-of-memory', reason: { code: 'memory-limit', values: { limitBytes } }, ranOn: ranOn(seatRun) };
};

const noMemoryLeft = (seatRun: SeatRun): Outcome => ({
  kind: 'out-of-memory',
  reason: { code: 'no-memory-left', values: {} },
  ranOn: ranOn(seatRun),
});

/** A session has one thread, however many cores were granted. */
export const ranOn = ({ run: { placement }, seat, place }: SeatRun): RanOn => ({
  device: place.accelerator?.id ?? placement.device,
  deviceName: place.accelerator?.name ?? placement.deviceName,
  provider: providerTypeOf(place.provider),
  ...(place.fellBackFrom !== undefined && { fellBackFrom: place.fellBackFrom }),
  cores: 1,
  confined: seat.folders !== undefined,
});
