import { rm, stat } from 'node:fs/promises';
import type { FileRef, Progress, RanOn, SplitRequest } from '../../../../../shared/model/job.ts';
import type { Prediction } from '../../../../../shared/model/prediction.ts';
import type { CreateDivider, Divider } from '../../../division-port.ts';
import { createEmitter } from '../../../lib/emitter.ts';
import { fewAtOnce } from '../../../lib/few-at-once.ts';
import type { ChunkSource, Findings, Outcome, TaskRun } from '../../../ports.ts';
import type { BackendAvailability } from '../backend-availability.ts';
import type { Ends } from '../end-attempts.ts';
import type { ExecutorOptions } from '../execution.ts';
import { joinLine, leaveLine } from '../in-line.ts';
import type { JobEntry, PartEntry } from '../job-entry.ts';
import { ranOnOf } from '../ran-on.ts';
import { afterPart } from './after-part.ts';
import { createChunkSource, type SharedWork } from './chunk-source.ts';
import { joinProofs } from './join-proofs.ts';
import { createLearnedSpeeds } from './learned-speeds.ts';
import { createParts } from './part-entry.ts';
import { partsOf, splitOf, type PlannedPart } from './parts-of.ts';

/** Jobs whose items are divided over devices: each part is a task of the scheduler, and all of them do chunks of the same work. */
export interface Divisions {
  /** Gives a job that stands in line its parts, if it is to be divided. */
  open(entry: JobEntry): void;
  /** Of a part that begins: how long it will be until all of the job is done. */
  predict(part: PartEntry): Prediction | undefined;
  /** An attempt of a part begins; the first of them is the beginning of the job. */
  launched(part: PartEntry): void;
  /** Where that attempt has its work from. */
  sourceOf(part: PartEntry, signal: AbortSignal): ChunkSource;
  progressed(part: PartEntry, progress: Progress): void;
  /** What an attempt of a part came to; without `run` it came to nothing. */
  finish(part: PartEntry, attempt: number, outcome: Outcome, run?: TaskRun): void;
}

type DivisionsOptions = ExecutorOptions & {
  readonly availability: BackendAvailability;
  readonly ends: Ends;
  readonly createDivider: CreateDivider;
  /** Begins the job itself; the signal ends it. */
  beginJob(job: JobEntry, part: PartEntry): AbortSignal;
  /** Sees to it that a bug on the way ends the job. */
  follow(job: JobEntry, work: Promise<void>): void;
  /** For what the parts of this attempt of the job leave. */
  folderOf(job: JobEntry): string;
};

/** What a divided job has beside its entry, from the first start of a part to its end. */
interface Live {
  readonly job: JobEntry;
  readonly parts: readonly PartEntry[];
  readonly split: SplitRequest;
  readonly changes: ReturnType<typeof createEmitter<undefined>>;
  divider?: Divider;
  /** By the first item. */
  readonly findings: Map<number, Findings>;
  /** How often a chunk that began with this item did not come to its end. */
  readonly tries: Map<number, number>;
  readonly runs: TaskRun[];
  /** Why the job is to end before its work is done. */
  failure?: { readonly active?: PartEntry['active']; readonly outcome: Outcome };
  isConcluded?: true;
}

export const createDivisions = (options: DivisionsOptions): Divisions => {
  const { table, machine, now, availability, ends } = options;
  const lives = new WeakMap<JobEntry, Live>();
  const speeds = createLearnedSpeeds();
  const nameOf = (id: string): string => machine.devices.find((device) => device.id === id)?.name ?? id;

  const open: Divisions['open'] = (job) => {
    const split = splitOf(job.spec);
    if (!split) return;
    const planned = partsOf(job.spec, machine);
    job.parts = createParts(job, planned.length > 0 ? planned : missing(split));
  };

  /** What it was to run on is gone since it was submitted: it waits for that. */
  const missing = ({ over }: SplitRequest): PlannedPart[] =>
    (over === 'all' ? ['cpu'] : over).map((device) => {
      return { device, kind: machine.devices.find(({ id }) => id === device)?.kind ?? 'cpu', speed: 1 };
    });

  // ── Beginning ──

  const predict: Divisions['predict'] = ({ part: { job } }) => {
    const predicted = options.runTimes.predict(job);
    const left = leftOf(lives.get(job));
    return predicted && { ...predicted, p50Seconds: left * predicted.p50Seconds, p90Seconds: left * predicted.p90Seconds };
  };

  /** The part of the work that nobody has done. */
  const leftOf = (live: Live | undefined): number => (live?.divider?.items ? 1 - live.divider.done / live.divider.items : 1);

  const launched: Divisions['launched'] = (entry) => {
    const { job } = entry.part;
    entry.part.isInLine = false;
    if (job.active) return;
    const live = liveOf(job);
    lives.set(job, live);
    options.beginJob(job, entry).addEventListener('abort', () => settle(live));
    if (job.spec.runtime === 'application') void countFiles(live, job.spec.files);
  };

  const liveOf = (job: JobEntry): Live => {
    const split = splitOf(job.spec);
    if (!split || !job.parts) throw new Error(`job ${job.id} is not divided`);
    const changes = createEmitter<undefined>();
    return { job, parts: job.parts, split, changes, findings: new Map(), tries: new Map(), runs: [] };
  };

  const liveOfPart = ({ part: { job } }: PartEntry): Live => {
    const live = lives.get(job);
    if (!live) throw new Error(`no part of job ${job.id} has begun`);
    return live;
  };

  /** Only a static division looks at sizes. */
  const countFiles = async (live: Live, files: readonly FileRef[]): Promise<void> => {
    const sizeOf = async (file: FileRef): Promise<number> => (await stat(options.files.resolve(file).path)).size;
    // A file that is gone meanwhile is found again by whoever reads it.
    const sizes = live.split.scheme === 'static' ? await fewAtOnce(files, sizeOf).catch(() => undefined) : undefined;
    counted(live, files.length, sizes);
  };

  const counted = (live: Live, items: number, sizes?: readonly number[]): void => {
    if (live.divider) return;
    const { scheme } = live.split;
    live.divider = options.createDivider({ scheme, items, ...speeds.of(live.parts, isReady), ...(sizes && { sizes }) });
    for (const { active, part } of live.parts) if (active) live.divider.joined(part.number - 1);
    changed(live);
  };

  /** Whether a worker on its device has done such work; one that has used a device beside the processor ends with its job. */
  const isReady = (entry: PartEntry): boolean => {
    const coreIds = machine.devices.find(({ id }) => id === entry.part.device)?.coreIds;
    const work = { spec: entry.spec, resolve: options.files.resolve, ...(coreIds && { coreIds: [...coreIds] }) };
    return !entry.demand.device && availability.of(entry).keepsWarm?.(work) === true;
  };

  const sourceOf: Divisions['sourceOf'] = (part, signal) => {
    const live = liveOfPart(part);
    live.divider?.joined(part.part.number - 1);
    const work: SharedWork = {
      get divider() {
        return live.divider;
      },
      counted: (items) => counted(live, items),
      done: (chunk, findings) => void live.findings.set(chunk.first, findings),
      onChange: (listener) => live.changes.subscribe(listener),
      changed: () => changed(live),
    };
    return createChunkSource(part, work, { now, signal });
  };

  const changed = (live: Live): void => {
    tellProgress(live);
    settle(live);
    live.changes.emit(undefined);
  };

  const progressed: Divisions['progressed'] = (entry, { done, total }) => {
    entry.part.chunkDone = (done / total) * (entry.part.chunk?.count ?? 0);
    tellProgress(liveOfPart(entry));
  };

  const tellProgress = ({ job, parts, divider }: Live): void => {
    if (!job.active || !divider || divider.items === 0) return;
    const inHand = parts.reduce((sum, { part }) => sum + (part.chunk ? (part.chunkDone ?? 0) : 0), 0);
    job.active.progress = { done: Math.min(divider.items, divider.done + Math.floor(inHand)), total: divider.items };
    table.changed(job.id);
  };

  // ── Ending ──

  const finish: Divisions['finish'] = (entry, attempt, outcome, run) => {
    if (entry.attempts !== attempt || !entry.active) return;
    const live = liveOfPart(entry);
    const { part, active } = entry;
    if (run) live.runs.push(run);
    const proof = ranOnOf(entry, 'ranOn' in outcome ? outcome.ranOn : undefined, machine);
    if (proof) part.proofs.push(proof);
    const after = afterPart(entry, outcome, { split: live.split, tries: countTry(live, entry, outcome), others: othersOf(live, entry) });
    if (after.kind === 'leave-out' && outcome.kind === 'failed') part.leftOut = outcome.reason;
    if (after.kind === 'end-job') live.failure ??= { ...(active && { active }), outcome };
    live.divider?.left(part.number - 1);
    delete part.chunk;
    if (part.givesWay) part.gaveWayAt = now();
    delete part.givesWay;
    ends.partEnded(entry);
    changed(live);
  };

  /** Of a part without a chunk its own failures are counted, so that one that never gets as far comes to an end too. */
  const countTry = ({ tries }: Live, { part }: PartEntry, outcome: Outcome): number => {
    if (outcome.kind === 'succeeded' || outcome.kind === 'stopped' || outcome.kind === 'detached') return 0;
    part.failures += 1;
    if (!part.chunk) return part.failures;
    const count = (tries.get(part.chunk.first) ?? 0) + 1;
    tries.set(part.chunk.first, count);
    return count;
  };

  const othersOf = ({ parts }: Live, entry: PartEntry): number => parts.filter((one) => one !== entry && !one.part.leftOut).length;

  /** Parts stand in line exactly while there is something for them that nobody has in hand, and the job ends when none has anything. */
  const settle = (live: Live): void => {
    const { job, parts, divider } = live;
    if (live.isConcluded) return;
    const isDone = divider?.done === divider?.items && divider !== undefined;
    const isStopped = job.active?.stop.signal.aborted === true;
    if (isDone || isStopped || live.failure) return end(live, isDone);
    for (const part of parts) standInLine(live, part);
    if (parts.some(({ active, part }) => active || part.isInLine)) return;
    const leftOut = parts.find(({ part }) => part.leftOut)?.part.leftOut;
    live.failure = { outcome: { kind: 'failed', reason: leftOut ?? { code: 'lost', values: { backend: job.spec.runtime } } } };
    end(live, false);
  };

  const standInLine = ({ divider }: Live, entry: PartEntry): void => {
    const { part, active } = entry;
    const isWanted = !active && !part.leftOut && (divider?.hasWorkFor(part.number - 1) ?? true);
    if (isWanted === part.isInLine) return;
    if (isWanted) {
      const estimate = predict(entry);
      entry.estimates = estimate ? { estimate } : {};
      for (const event of joinLine([entry], [])) options.apply(event);
    } else for (const event of leaveLine([entry])) options.apply(event);
  };

  const end = (live: Live, isDone: boolean): void => {
    const { job, parts } = live;
    for (const event of leaveLine(parts)) options.apply(event);
    const running = parts.filter(({ active }) => active);
    // Whoever has nothing in hand ends by itself when all is done, and keeps its worker warm.
    for (const entry of running) if (!isDone || entry.part.chunk) ends.abort(entry, job.active?.stopReason ?? 'cancel');
    if (running.length > 0) return;
    live.isConcluded = true;
    options.follow(job, conclude(live, isDone));
  };

  const conclude = async (live: Live, isDone: boolean): Promise<void> => {
    const { job, parts, failure } = live;
    const backend = availability.of(job);
    if (!isDone && job.active?.stop.signal.reason === 'detach') await ends.requeue(job);
    else {
      const ranOn = joinProofs(parts, nameOf);
      const outcome = isDone ? await join(live, ranOn) : (failure?.outcome ?? { kind: 'stopped' as const });
      // In a static division each device has seen other items, and who had the costly ones would count as slow.
      if (isDone && live.split.scheme !== 'static') speeds.learn(parts);
      await ends.endDivided(job, outcome, { ...(ranOn && { ranOn }), ...(failure?.active && { active: failure.active }) });
    }
    lives.delete(job);
    for (const run of live.runs) await backend.forget(run);
    await rm(options.folderOf(job), { recursive: true, force: true });
  };

  const join = async ({ job, findings }: Live, ranOn: RanOn | undefined): Promise<Outcome> => {
    const inOrder = [...findings].sort(([a], [b]) => a - b).map(([, found]) => found);
    const joined = await availability.of(job).join?.(inOrder, options.folderOf(job));
    if (!joined) throw new Error(`${availability.of(job).name} cannot put the chunks of a job together`);
    if ('reason' in joined) return { kind: 'failed', reason: joined.reason };
    if (!ranOn) throw new Error(`no part of job ${job.id} can prove what it has done`);
    return { kind: 'succeeded', result: joined.result, artifacts: [...joined.artifacts], ranOn };
  };

  return { open, predict, launched, sourceOf, progressed, finish };
};
