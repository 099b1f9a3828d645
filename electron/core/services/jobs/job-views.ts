import type { JobFilter, JobPage } from '../../../../shared/contract/jobs.ts';
import { failedKinds } from '../../../../shared/model/ended-kinds.ts';
import { isEnded, type JobDetail, type JobRow, type JobState } from '../../../../shared/model/job.ts';
import type { Prediction, PredictionQuality } from '../../../../shared/model/prediction.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { latest } from '../../lib/latest.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Scheduler } from '../../scheduler-port.ts';
import { memberOf, type Arrays } from './arrays.ts';
import { partView } from './division/part-entry.ts';
import type { EndedCounts } from './ended-counts.ts';
import { createFolding, type Folding } from './folding.ts';
import { entryOf, hasStarted, leadOf, resultOf, rowOf, taskOfEntry, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
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

/** Jobs as they are shown: unfinished ones from memory, ended ones from the journal. */
export interface JobViews {
  row(entry: JobEntry): JobRow;
  detail(id: number): Promise<JobDetail>;
  page(query: PageQuery): Promise<JobPage>;
  watchPage(query: PageQuery, signal: AbortSignal): AsyncGenerator<JobPage, void, void>;
  watchOne(id: number, signal: AbortSignal): AsyncGenerator<JobDetail, void, void>;
}

interface ViewOptions {
  readonly table: JobTable;
  readonly arrays: Arrays;
  readonly reader: Reader;
  readonly scheduler: Pick<Scheduler, 'explain'>;
  readonly endedCounts: EndedCounts;
  readonly now: () => number;
  /** How long a job should run, from what is known now. */
  readonly predict: (job: JobEntry) => Prediction | undefined;
  /** How good such predictions have been. */
  readonly qualityOf: (job: JobEntry) => PredictionQuality | undefined;
  /** What a device is called. */
  readonly nameOf: (device: string) => string;
}

/** How often a watched view is sent at most. */
const viewIntervalMs = 100;

export const createJobViews = (options: ViewOptions): JobViews => {
  const { table, arrays, reader, scheduler, endedCounts } = options;

  const row = (entry: JobEntry, foreign: readonly MemoryHolder[] = []): JobRow =>
    rowOf(entry, entry.parts && hasStarted(entry.state) ? undefined : withHolders(scheduler.explain(taskOfEntry(leadOf(entry))), foreign));

  const memoryHolders = createMemoryHolders({
    ours: () => [process.pid, ...[...table.started()].flatMap(({ active }) => active?.rootProcesses ?? [])],
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
        const active = table.entry(one);
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
    // What ended while the journal was read stands in both.
    const isShown = new Set(shown.map(({ id }) => id));
    const fromDisk = (records ?? []).filter(({ id }) => !table.entry(id) && !isShown.has(id)).map((record) => rowOf(entryOf(record)));
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
    const isWhole = text === '' && (!folding || !table.hasArrays);
    const shown = isWhole ? all : all.map((part) => only(part, (entry) => matches(entry, text) && folding?.isShown(entry) !== false));
    const sizeOf = (name: Part['name']): number => shown.find((part) => part.name === name)?.size ?? 0;
    return { active: joined(shown), sections: { running: sizeOf('running'), pending: sizeOf('pending'), held: sizeOf('held') }, folding };
  };

  const activeParts = (filter: JobFilter): Part[] => {
    const running: Part = { name: 'running', ...listed([...table.started()]) };
    const { counts } = table;
    const waiting: Part = { name: 'pending', size: counts.pending, slice: table.waiting };
    const held: Part = { name: 'held', size: counts.held, slice: table.held };
    const unwritten: Part = listed([...table.ending()]);
    if (filter === 'all') return [running, waiting, held, unwritten];
    if (filter === 'running') return [running];
    if (filter === 'pending') return [waiting];
    return filter === 'held' ? [held] : [];
  };

  // ── One job ──

  const detail = async (id: number): Promise<JobDetail> => {
    const active = table.entry(id);
    const foreign = await foreignFor(active ? [active] : []);
    const [record, events, artifacts] = await Promise.all([reader.job(id), reader.events(id), reader.artifacts(id)]);
    const entry = table.entry(id) ?? (record && entryOf(record));
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

  const partsIn = ({ parts, state }: JobEntry): JobDetail['parts'] =>
    isEnded(state) ? undefined : parts?.map((entry) => partView(entry, options.nameOf, scheduler.explain(taskOfEntry(entry))?.reason));

  const predictionOf = (entry: JobEntry): Prediction | undefined => {
    if ('predicted' in entry.state && entry.state.predicted) return entry.state.predicted;
    return isEnded(entry.state) ? undefined : options.predict(entry);
  };

  const subscribeTo = (id: number) => (wake: () => void) =>
    table.onChange((changed) => {
      if (changed === undefined || changed === id) wake();
    });

  return {
    row: (entry) => row(entry),
    detail,
    page,
    watchPage: (query, signal) => latest({ subscribe: table.onChange, produce: () => page(query), intervalMs: viewIntervalMs, signal }),
    watchOne: (id, signal) => latest({ subscribe: subscribeTo(id), produce: () => detail(id), intervalMs: viewIntervalMs, signal }),
  };
};

interface Part {
  readonly name?: 'running' | 'pending' | 'held';
  readonly size: number;
  slice(offset: number, limit: number): JobEntry[];
}

const listed = (entries: readonly JobEntry[]): Part => ({
  size: entries.length,
  slice: (offset, limit) => entries.slice(offset, offset + limit),
});

const only = (part: Part, isShown: (entry: JobEntry) => boolean): Part => ({
  ...part,
  ...listed(part.slice(0, part.size).filter(isShown)),
});

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
