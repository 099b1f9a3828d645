import { join } from 'node:path';
import type { RanOn } from '../../../../../shared/model/job.ts';
import type { Chunk } from '../../../division-port.ts';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { ChunkSource, Outcome } from '../../../ports.ts';
import { clearSeat } from './seat.ts';
import { crashOutcome, holdSeat, memoryOutcome, ranOn, runOnce, setLimit, type Ran, type SeatRun } from './run-on-seat.ts';
import type { Answer } from './worker-message.ts';

/** One part of a divided job: chunk after chunk on one worker, as long as there are any. */
export const runChunks = (seatRun: SeatRun, chunks: ChunkSource): Promise<Outcome> =>
  holdSeat(seatRun, async () => {
    const problem = await countItems(seatRun, chunks);
    if (problem) return problem;
    let current = seatRun;
    let proof: RanOn = ranOn(seatRun);
    for (let chunk = await chunks.next(); chunk; chunk = await chunks.next()) {
      const startedAt = performance.now();
      const { outcome, place, isSound, workSeconds } = await runOnce(inFolderOf(current, chunk), chunk);
      if (outcome.kind !== 'succeeded' || !outcome.result) return { outcome, isSound };
      const seconds = (performance.now() - startedAt) / 1000;
      // What fell back once need not try again.
      current = { ...current, place };
      proof = together(proof, outcome.ranOn);
      const { result, artifacts } = outcome;
      chunks.done(chunk, { result, artifacts }, { seconds, overheadSeconds: Math.max(0, seconds - workSeconds) });
    }
    return { outcome: { kind: 'succeeded', artifacts: [], ranOn: proof }, isSound: true };
  });

/** The rows of a model's inputs are counted by whoever reads them; files the job itself has counted. */
const countItems = async (seatRun: SeatRun, chunks: ChunkSource): Promise<Ran | undefined> => {
  const { run, work, seat, place, sink, job } = seatRun;
  sink.running([seat.worker.process.pid]);
  if (!work.count) return undefined;
  await setLimit(seat, run.memoryLimitBytes);
  const answer = await seat.worker.ask(await work.count(seat, job, place.provider), () => undefined);
  if (answer.kind === 'crashed') return { outcome: await crashOutcome(seatRun, answer.ending), isSound: false };
  if (answer.kind === 'no-memory') return { outcome: memoryOutcome(seatRun), isSound: false };
  await clearSeat(seat);
  if (answer.kind === 'counted') {
    chunks.counted(answer.rows);
    return undefined;
  }
  return { outcome: { kind: 'failed', reason: reasonIn(answer), ranOn: ranOn(seatRun) }, isSound: true };
};

const reasonIn = (answer: Answer): FailReason => {
  if (answer.kind === 'failed') return answer.reason;
  if (answer.kind === 'provider-failed') return { code: 'run-failed', values: { detail: answer.detail } };
  throw new Error(`the rows of a job were answered as ${answer.kind}`);
};

/** What one chunk leaves must not be in the way of the next. */
const inFolderOf = (seatRun: SeatRun, chunk: Chunk): SeatRun => ({
  ...seatRun,
  run: { ...seatRun.run, folder: join(seatRun.run.folder, String(chunk.id)) },
});

const together = (before: RanOn, now: RanOn): RanOn => ({
  ...before,
  ...now,
  // The first chunk also opens the models.
  ...(before.startUpSeconds !== undefined && { startUpSeconds: Math.max(before.startUpSeconds, now.startUpSeconds ?? 0) }),
  peakMemoryBytes: Math.max(before.peakMemoryBytes ?? 0, now.peakMemoryBytes ?? 0),
  cpuSeconds: (before.cpuSeconds ?? 0) + (now.cpuSeconds ?? 0),
});
