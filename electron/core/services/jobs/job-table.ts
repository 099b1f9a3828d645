import type { Status } from '../../../../shared/contract/app.ts';
import { failedKinds } from '../../../../shared/model/ended-kinds.ts';
import { isEnded, type JobRow, type JobState } from '../../../../shared/model/job.ts';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import { createEmitter } from '../../lib/emitter.ts';
import type { Scheduler } from '../../scheduler-port.ts';
import { createDividedLine } from './division/divided-line.ts';
import { splitOf } from './division/parts-of.ts';
import { backendOf, hasStarted, rowOf, type JobEntry } from './job-entry.ts';
import { memberOf } from './arrays.ts';
import type { EndedCounts } from './ended-counts.ts';

/** The unfinished jobs, which are all in memory, and how many of the journal have ended. */
export interface JobTable {
  readonly activeCount: number;
  readonly counts: Status['counts'];
  /** The latest failure since the core started. */
  readonly latestFailure: JobRow | undefined;
  nextRevision(): number;
  entry(id: number): JobEntry | undefined;
  entries(): Iterable<JobEntry>;
  /** Jobs with an attempt that runs, in the order of their start. */
  started(): Iterable<JobEntry>;
  /** Jobs in line, and held ones; a divided job is one of them until it runs. */
  waiting(offset: number, limit: number): JobEntry[];
  held(offset: number, limit: number): JobEntry[];
  /** Jobs that have ended, whose end is not on the disk yet; on a full disk that takes until there is space. */
  ending(): Iterable<JobEntry>;
  /** Whether any of them is of an array. */
  readonly hasArrays: boolean;
  /** What holds a grant: these jobs, of divided ones their parts. */
  holders(): Iterable<JobEntry>;
  holdersOf(id: number): JobEntry[];
  /** What a task of the scheduler is: a job or a part of one. */
  entryOfTask(task: string): JobEntry | undefined;
  jobOfTask(task: string): JobEntry | undefined;
  hasWaitingFor(backend: string): boolean;
  /** Memory that running jobs hold or may still take. */
  grantedBytes(): number;
  /** Memory of a device beside the processor that running jobs were granted. */
  grantedOn(device: string): number;
  add(entry: JobEntry): void;
  /** Ended jobs that are about to leave the journal: from now on nobody brings them back. Answers the function that takes it back. */
  leaving(ids: readonly number[]): () => void;
  isLeaving(id: number): boolean;
  /** They have left the journal. */
  removed(jobs: readonly { readonly id: number; readonly kind: string; readonly array_id: number | null }[]): void;
  /** Puts an ended job back among the unfinished. */
  revive(entry: JobEntry): void;
  /** Changes the state in memory; the rows it answers make it durable. */
  transition(entry: JobEntry, state: JobState, result?: JobResult): Write[];
  /** The end is in the journal: who waits for it is told and the job leaves the memory. */
  ended(entry: JobEntry): void;
  changed(id?: number): void;
  whenEnded(id: number, signal: AbortSignal): Promise<void>;
  /** Told which job has changed; without a number, that any may have. */
  onChange(listener: (id: number | undefined) => void): () => void;
}

interface TableOptions {
  readonly scheduler: Scheduler;
  readonly now: () => number;
  readonly highestRevision: number;
  /** Of the jobs in the journal that have ended. */
  readonly endedCounts: EndedCounts;
}

export const createJobTable = (options: TableOptions): JobTable => {
  const { scheduler, endedCounts } = options;
  const entries = new Map<number, JobEntry>();
  const waiters = new Map<number, Set<() => void>>();
  const anyChange = createEmitter<number | undefined>();
  /** Jobs that hold a grant, in the order of their start. */
  const started = new Set<JobEntry>();
  const holders = new Set<JobEntry>();
  const ending = new Set<JobEntry>();
  const divided = new Set<JobEntry>();
  /** Unfinished jobs of arrays. */
  const arrayed = new Set<JobEntry>();
  /** Jobs that were removed in this core's life, or are about to be. */
  const left = new Set<number>();
  let revision = options.highestRevision;
  let latestFailure: JobRow | undefined;

  const track = (entry: JobEntry): void => {
    if (hasStarted(entry.state) && !entry.parts) holders.add(entry);
    else holders.delete(entry);
    if (entry.part) return;
    if (hasStarted(entry.state)) started.add(entry);
    else started.delete(entry);
    if (isEnded(entry.state)) ending.add(entry);
    else ending.delete(entry);
  };

  const enter = (entry: JobEntry): void => {
    entries.set(entry.id, entry);
    if (splitOf(entry.spec)) divided.add(entry);
    if (memberOf(entry.spec)) arrayed.add(entry);
  };

  /** Waiting tasks as jobs: of a divided job one stands for all its parts, and none once it runs. */
  const dividedLine = () => createDividedLine(scheduler.waiting, started, divided);
  const pendingCount = (): number => scheduler.counts.waiting - (divided.size === 0 ? 0 : dividedLine().hidden);

  const entryOfTask = (task: string): JobEntry | undefined => {
    const [id, part] = task.split('.');
    const entry = entries.get(Number(id));
    return part === undefined ? entry : entry?.parts?.[Number(part) - 1];
  };

  const jobOfTask = (task: string): JobEntry | undefined => {
    const entry = entryOfTask(task);
    return entry?.part?.job ?? entry;
  };

  const ofTasks = (tasks: readonly string[]): JobEntry[] => tasks.flatMap((task) => jobOfTask(task) ?? []);

  const whenEnded = (id: number, signal: AbortSignal): Promise<void> => {
    if (!entries.has(id)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        waiters.get(id)?.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const set = waiters.get(id) ?? new Set();
      waiters.set(id, set.add(done));
      signal.addEventListener('abort', done);
    });
  };

  return {
    get activeCount() {
      return entries.size;
    },
    get counts() {
      const { held } = scheduler.counts;
      const count = (kind: string): number => endedCounts.of(kind) + [...ending].filter(({ state }) => state.kind === kind).length;
      const failed = failedKinds.reduce((sum, kind) => sum + count(kind), 0);
      return { running: started.size, pending: pendingCount(), held, succeeded: count('succeeded'), failed, cancelled: count('cancelled') };
    },
    get latestFailure() {
      return latestFailure;
    },
    nextRevision: () => (revision += 1),
    entry: (id) => entries.get(id),
    entries: () => entries.values(),
    started: () => started.values(),
    waiting: (offset, limit) => ofTasks(dividedLine().slice(offset, limit)),
    held: (offset, limit) => ofTasks(scheduler.held(offset, limit)),
    ending: () => ending.values(),
    get hasArrays() {
      return arrayed.size > 0;
    },
    holders: () => holders.values(),
    holdersOf: (id) => [...holders].filter((entry) => entry.id === id),
    entryOfTask,
    jobOfTask,
    hasWaitingFor: (backend) => [...entries.values()].some((entry) => backendOf(entry.spec) === backend),
    grantedBytes() {
      let sum = 0;
      for (const { demand, active } of holders) sum += Math.max(demand.memoryBytes, active?.usedBytes ?? 0);
      return sum;
    },
    grantedOn(device) {
      let sum = 0;
      for (const { state } of holders) {
        const accelerators = ('placement' in state && state.placement.accelerators) || [];
        for (const granted of accelerators) if (granted.device === device) sum += granted.memoryBytes ?? 0;
      }
      return sum;
    },
    add(entry) {
      enter(entry);
      track(entry);
      anyChange.emit(undefined);
    },
    leaving(ids) {
      for (const id of ids) left.add(id);
      return () => {
        for (const id of ids) left.delete(id);
      };
    },
    isLeaving: (id) => left.has(id),
    removed(jobs) {
      for (const { id, kind, array_id } of jobs) {
        endedCounts.remove(kind, array_id ?? undefined);
        if (latestFailure?.id === id) latestFailure = undefined;
      }
      anyChange.emit(undefined);
    },
    revive(entry) {
      endedCounts.remove(entry.state.kind, memberOf(entry.spec)?.id);
      if (latestFailure?.id === entry.id) latestFailure = undefined;
      enter(entry);
    },
    transition(entry, state, result) {
      if (entry.part) {
        entry.state = state;
        track(entry);
        anyChange.emit(entry.id);
        return [];
      }
      revision += 1;
      entry.state = entry.preemptions ? { ...state, preemptions: entry.preemptions } : state;
      entry.revision = revision;
      track(entry);
      anyChange.emit(entry.id);
      return stateRows(entry, result, options.now());
    },
    ended(entry) {
      // Retried in the meantime: it is an unfinished job again.
      if (!isEnded(entry.state)) return;
      ending.delete(entry);
      entries.delete(entry.id);
      divided.delete(entry);
      arrayed.delete(entry);
      endedCounts.add(entry.state.kind, memberOf(entry.spec)?.id);
      if ('reason' in entry.state && entry.state.kind !== 'cancelled') latestFailure = rowOf(entry);
      const set = waiters.get(entry.id);
      waiters.delete(entry.id);
      for (const done of set ?? []) done();
      anyChange.emit(undefined);
    },
    changed: (id) => anyChange.emit(id),
    whenEnded,
    onChange: anyChange.subscribe,
  };
};

const stateRows = (entry: JobEntry, result: JobResult | undefined, at: number): Write[] => {
  const { id, state, revision } = entry;
  const text = JSON.stringify(state);
  const hasEnded = isEnded(state);
  return [
    [
      'setState',
      {
        id,
        kind: state.kind,
        isActive: hasEnded ? 0 : 1,
        endedAt: hasEnded ? state.endedAt : null,
        enqueuedAt: entry.enqueuedAt,
        attempts: entry.attempts,
        revision,
        state: text,
        result: result ? JSON.stringify(result) : null,
      },
    ],
    ['insertEvent', { revision, job: id, at, state: text }],
  ];
};
