import type { Status } from '../../../../shared/contract/app.ts';
import type { JobFilter, JobPage } from '../../../../shared/contract/jobs.ts';
import { failedKinds } from '../../../../shared/model/ended-kinds.ts';
import { isEnded, type JobDetail, type JobRow, type JobState } from '../../../../shared/model/job.ts';
import type { Prediction, PredictionQuality } from '../../../../shared/model/prediction.ts';
import type { JobResult } from '../../../../shared/model/application.ts';
import type { Write } from '../../infrastructure/storage/journal-writes.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { createEmitter } from '../../lib/emitter.ts';
import { latest } from '../../lib/latest.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Scheduler } from '../../scheduler-port.ts';
import { createDividedLine } from './division/divided-line.ts';
import { partView } from './division/part-entry.ts';
import { splitOf } from './division/parts-of.ts';
import { backendOf, entryOf, hasStarted, leadOf, resultOf, rowOf, taskOfEntry, type JobEntry } from './job-entry.ts';
import { createArrays, memberOf, type Arrays } from './arrays.ts';
import type { EndedCounts } from './ended-counts.ts';
import { createFolding, type Folding } from './folding.ts';
import { createMemoryHolders, withHolders, type MemoryHolder } from './memory-holders.ts';

export interface PageQuery {
  readonly filter: JobFilter;
  readonly search: string;
  readonly offset: number;
  readonly limit: number;
  /** The number of an array. */
  readonly array?: number;
  readonly fold: boolean;
}

/** All jobs as they can be looked at: unfinished ones in memory, ended ones in the journal. */
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
  readonly arrays: Arrays;
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
  row(entry: JobEntry): JobRow;
  detail(id: number): Promise<JobDetail>;
  page(query: PageQuery): Promise<JobPage>;
  watchPage(query: PageQuery, signal: AbortSignal): AsyncGenerator<JobPage, void, void>;
  watchOne(id: number, signal: AbortSignal): AsyncGenerator<JobDetail, void, void>;
  onChange(listener: () => void): () => void;
}

interface TableOptions {
  readonly reader: Reader;
  readonly scheduler: Scheduler;
  readonly now: () => number;
  /** How long a job should run, from what is known now. */
  readonly predict: (job: JobEntry) => Prediction | undefined;
  /** How good such predictions have been. */
  readonly qualityOf: (job: JobEntry) => PredictionQuality | undefined;
  /** What a device is called. */
  readonly nameOf: (device: string) => string;
  readonly highestRevision: number;
  /** Of the jobs in the journal that have ended. */
  readonly endedCounts: EndedCounts;
}

/** How often a watched view is sent at most. */
const viewIntervalMs = 100;

export const createJobTable = (options: TableOptions): JobTable => {
  const { reader, scheduler, endedCounts } = options;
  const arrays = createArrays({ table: { entry: (id) => entries.get(id) }, reader });
  const entries = new Map<number, JobEntry>();
  const waiters = new Map<number, Set<() => void>>();
  const anyChange = createEmitter<number | undefined>();
  /** Jobs that hold a grant, in the order of their start. */
  const started = new Set<JobEntry>();
  const holders = new Set<JobEntry>();
  /** Jobs that have ended, whose end is not on the disk yet; on a full disk that takes until there is space. */
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

  const row = (entry: JobEntry, foreign: readonly MemoryHolder[] = []): JobRow =>
    rowOf(entry, entry.parts && hasStarted(entry.state) ? undefined : withHolders(scheduler.explain(taskOfEntry(leadOf(entry))), foreign));

  const memoryHolders = createMemoryHolders({
    ours: () => [process.pid, ...[...started].flatMap(({ active }) => active?.rootProcesses ?? [])],
    now: options.now,
  });

  /** Looked for only where some of these jobs wait for memory that other programs hold. */
  const foreignFor = async (shown: readonly JobEntry[]): Promise<readonly MemoryHolder[]> =>
    shown.some((entry) => scheduler.explain(taskOfEntry(leadOf(entry)))?.reason.code === 'memory-foreign') ? memoryHolders() : [];

  // ── Pages ──

  /** The jobs of an array, whatever has become of them. */
  const arrayPage = async (id: number, { offset, limit }: PageQuery): Promise<JobPage> => {
    const ids = (await arrays.idsOf(id)) ?? [];
    const rows = await Promise.all(
      ids.slice(offset, offset + limit).map(async (one) => {
        const active = entries.get(one);
        const record = active ? undefined : await reader.job(one);
        return active ? row(active) : record && rowOf(entryOf(record));
      }),
    );
    return { total: ids.length, offset, rows: rows.filter((found) => found !== undefined) };
  };

  /** A job of an array as the row that stands for all of it. */
  const withCounts = async (found: JobRow): Promise<JobRow> =>
    found.array ? { ...found, array: { ...found.array, counts: await arrays.countsOf(found.array) } } : found;

  const page = async (query: PageQuery): Promise<JobPage> => {
    if (query.array !== undefined) return arrayPage(query.array, query);
    const { active, sections, folding } = activeIn(query);
    const shown = active.slice(query.offset, query.limit);
    const foreign = await foreignFor(shown);
    const fromMemory = shown.map((entry) => row(entry, foreign));
    const ended = endedIn(query, folding);
    const total = active.size + ((await ended?.total()) ?? 0);
    const missing = query.limit - fromMemory.length;
    const records = missing > 0 ? await ended?.records(Math.max(0, query.offset - active.size), missing) : undefined;
    const fromDisk = (records ?? []).filter(({ id }) => !entries.has(id)).map((record) => rowOf(entryOf(record)));
    const [before, after] = await Promise.all([
      folding ? Promise.all(fromMemory.map(withCounts)) : fromMemory,
      ended?.isFolded ? Promise.all(fromDisk.map(withCounts)) : fromDisk,
    ]);
    return { total, offset: query.offset, rows: [...before, ...after], sections };
  };

  /** The ended jobs of a query in the journal; undefined for none. Who looks for one kind of end looks for jobs, not for arrays. */
  const endedIn = ({ filter, search }: PageQuery, folding: Folding | undefined) => {
    const kinds = endedKindsOf(filter);
    if (!kinds) return undefined;
    if (folding && filter === 'all') {
      const except = [...folding.shown];
      return {
        isFolded: true,
        total: () => (search === '' ? endedCounts.rows(folding.shown) : reader.endedFoldedCount(search, except)),
        records: (offset: number, limit: number) => reader.endedFolded(search, except, offset, limit),
      };
    }
    const wanted = kinds.length === 0 ? [...endedCounts.kinds] : kinds;
    const count = (): number => wanted.reduce((sum, kind) => sum + endedCounts.of(kind), 0);
    return {
      isFolded: false,
      total: () => (search === '' ? count() : reader.endedCount(kinds, search)),
      records: (offset: number, limit: number) => reader.ended(kinds, search, offset, limit),
    };
  };

  /** Jobs of a query that are not in the journal as ended, in the order of the list: running, waiting, held, just ended. */
  const activeIn = (query: PageQuery): { active: Part; sections: NonNullable<JobPage['sections']>; folding: Folding | undefined } => {
    const text = query.search.toLowerCase();
    const folding = query.fold ? createFolding() : undefined;
    const all = activeParts(query.filter);
    // Only where there is an array is the whole line looked at.
    const isWhole = text === '' && (!folding || arrayed.size === 0);
    const shown = isWhole ? all : all.map((part) => only(part, (entry) => matches(entry, text) && folding?.isShown(entry) !== false));
    const sizeOf = (name: Part['name']): number => shown.find((part) => part.name === name)?.size ?? 0;
    return { active: joined(shown), sections: { running: sizeOf('running'), pending: sizeOf('pending'), held: sizeOf('held') }, folding };
  };

  const activeParts = (filter: JobFilter): Part[] => {
    const running: Part = { name: 'running', size: started.size, slice: (offset, limit) => [...started].slice(offset, offset + limit) };
    const waiting: Part = { name: 'pending', size: pendingCount(), slice: (offset, limit) => ofTasks(dividedLine().slice(offset, limit)) };
    const held: Part = { name: 'held', size: scheduler.counts.held, slice: (offset, limit) => ofTasks(scheduler.held(offset, limit)) };
    const unwritten: Part = { size: ending.size, slice: (offset, limit) => [...ending].slice(offset, offset + limit) };
    if (filter === 'all') return [running, waiting, held, unwritten];
    if (filter === 'running') return [running];
    if (filter === 'pending') return [waiting];
    return filter === 'held' ? [held] : [];
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

  const partsIn = ({ parts, state }: JobEntry): JobDetail['parts'] =>
    isEnded(state) ? undefined : parts?.map((entry) => partView(entry, options.nameOf, scheduler.explain(taskOfEntry(entry))?.reason));

  // ── One job ──

  const detail = async (id: number): Promise<JobDetail> => {
    const active = entries.get(id);
    const foreign = await foreignFor(active ? [active] : []);
    const [record, events, artifacts] = await Promise.all([reader.job(id), reader.events(id), reader.artifacts(id)]);
    const entry = entries.get(id) ?? (record && entryOf(record));
    if (!entry) throw new Refusal({ code: 'job-unknown', values: { id } });
    const prediction = predictionOf(entry);
    const predictionQuality = prediction && options.qualityOf(entry);
    const parts = partsIn(entry);
    const result = record && isEnded(entry.state) ? resultOf(record) : undefined;
    return {
      ...row(entry, foreign),
      spec: entry.spec,
      demand: entry.demand,
      ...(prediction && { prediction }),
      ...(predictionQuality && { predictionQuality }),
      ...(parts && { parts }),
      events: events.map((event) => ({ ...event, state: JSON.parse(event.state) as JobState })), // written by transition below
      artifacts: artifacts.map(({ name, sha256, bytes, media_type }) => ({ name, sha256, bytes, mediaType: media_type })),
      ...(result && { result }),
      ...(entry.active?.usedBytes !== undefined && { memoryBytes: entry.active.usedBytes }),
    };
  };

  const predictionOf = (entry: JobEntry): Prediction | undefined => {
    if ('predicted' in entry.state && entry.state.predicted) return entry.state.predicted;
    return isEnded(entry.state) ? undefined : options.predict(entry);
  };

  const subscribeTo = (id: number) => (wake: () => void) =>
    anyChange.subscribe((changed) => {
      if (changed === undefined || changed === id) wake();
    });

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
    arrays,
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
      if ('reason' in entry.state && entry.state.kind !== 'cancelled') latestFailure = row(entry);
      const set = waiters.get(entry.id);
      waiters.delete(entry.id);
      for (const done of set ?? []) done();
      anyChange.emit(undefined);
    },
    changed: (id) => anyChange.emit(id),
    whenEnded,
    row: (entry) => row(entry),
    detail,
    page,
    watchPage: (query, signal) =>
      latest({ subscribe: (wake) => anyChange.subscribe(wake), produce: () => page(query), intervalMs: viewIntervalMs, signal }),
    watchOne: (id, signal) => latest({ subscribe: subscribeTo(id), produce: () => detail(id), intervalMs: viewIntervalMs, signal }),
    onChange: (listener) => anyChange.subscribe(listener),
  };
};

interface Part {
  readonly name?: 'running' | 'pending' | 'held';
  readonly size: number;
  slice(offset: number, limit: number): JobEntry[];
}

const only = (part: Part, isShown: (entry: JobEntry) => boolean): Part => {
  const found = part.slice(0, part.size).filter(isShown);
  return { ...part, size: found.length, slice: (offset, limit) => found.slice(offset, offset + limit) };
};

const joined = (parts: readonly Part[]): Part => ({
  size: parts.reduce((sum, part) => sum + part.size, 0),
  slice(offset, limit) {
    const found: JobEntry[] = [];
    let skip = offset;
    for (const part of parts) {
      if (found.length >= limit) break;
      if (skip < part.size) found.push(...part.slice(skip, limit - found.length));
      skip = Math.max(0, skip - part.size);
    }
    return found;
  },
});

const matches = (entry: JobEntry, text: string): boolean =>
  entry.name.toLowerCase().includes(text) ||
  entry.spec.group.toLowerCase().includes(text) ||
  [entry.id, memberOf(entry.spec)?.id].some((id) => String(id) === text);

/** Kinds of ended jobs that a filter shows: undefined for none, empty for all. */
const endedKindsOf = (filter: JobFilter): readonly string[] | undefined => {
  switch (filter) {
    case 'all':
      return [];
    case 'succeeded':
    case 'cancelled':
      return [filter];
    case 'failed':
      return failedKinds;
    default:
      return undefined;
  }
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
