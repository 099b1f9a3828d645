import type { ArrayState } from '../../../../shared/contract/jobs.ts';
import { isEnded, type JobSpec, type SubmittedJob } from '../../../../shared/model/job.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { entryOf, type JobEntry } from './job-entry.ts';

type Arrayed = Extract<SubmittedJob, { array?: unknown }>;

/** Jobs that were submitted as one and differ in an index. Their numbers follow that of the array, which is a number of its own. */
export interface Arrays {
  /** The numbers of an array's jobs; undefined for what is no array. */
  idsOf(id: number): Promise<number[] | undefined>;
  stateOf(id: number): Promise<ArrayState | undefined>;
  /** How many of its jobs are in which kind of state. */
  countsOf(array: Members): Promise<Record<string, number>>;
}

interface ArrayOptions {
  /** Unfinished jobs. */
  readonly table: { entry(id: number): JobEntry | undefined };
  readonly reader: Reader;
}

export const createArrays = ({ table, reader }: ArrayOptions): Arrays => {
  const anyOf = async (id: number): Promise<JobEntry | undefined> => {
    if (table.entry(id)) return undefined;
    const first = table.entry(id + 1);
    if (memberOf(first?.spec)?.id === id) return first;
    // The first may have been removed.
    const record = await reader.memberOfArray(id);
    return record && entryOf(record);
  };

  const inMemory = (array: Members): JobEntry[] => numbersIn(array).flatMap((one) => table.entry(one) ?? []);

  const look = async (array: Members): Promise<Pick<ArrayState, 'counts' | 'open'>> => {
    // The journal may know of their end before the table does, or after it.
    const unwritten = inMemory(array).filter(({ state }) => isEnded(state));
    const ended = await reader.countsOfArray(
      array.id,
      unwritten.map(({ id }) => id),
    );
    const unfinished = inMemory(array).filter(({ state }) => !isEnded(state));
    const counts: Record<string, number> = {};
    const count = (kind: string, by: number): void => void (counts[kind] = (counts[kind] ?? 0) + by);
    for (const row of ended) count(row.kind, row.count);
    for (const { state } of [...unwritten, ...unfinished]) count(state.kind, 1);
    return { counts, open: unfinished.length };
  };

  return {
    countsOf: async (array) => (await look(array)).counts,
    async idsOf(id) {
      const member = memberOf((await anyOf(id))?.spec);
      return member && numbersIn(member);
    },
    async stateOf(id) {
      const first = await anyOf(id);
      const member = memberOf(first?.spec);
      if (!first || !member) return undefined;
      const { atMost, size, gang } = member;
      const kind = { ...(atMost !== undefined && { atMost }), ...(gang && { gang }) };
      return { id, name: first.name.replace(/ \[\d+\]$/, ''), size, ...kind, ...(await look(member)) };
    },
  };
};

interface Members {
  /** Of the array. */
  readonly id: number;
  readonly size: number;
}

/** The numbers of an array's jobs, which follow its own. */
export const numbersIn = ({ id, size }: Members): number[] => Array.from({ length: size }, (_, place) => id + 1 + place);

export const memberOf = (spec: JobSpec | undefined) => (spec && 'member' in spec ? spec.member : undefined);

/** How many jobs it is submitted as. */
export const sizeOf = (job: SubmittedJob): number => ('array' in job && job.array ? indicesOf(job.array).length : 1);

const indicesOf = ({ from, to, step }: NonNullable<Arrayed['array']>): number[] => {
  const indices: number[] = [];
  for (let index = from; index <= to; index += step) indices.push(index);
  return indices;
};

/** What was submitted, as the one job that it is, or as any of its array before it has an index. */
export const plainSpec = (job: SubmittedJob): JobSpec => {
  if (!('array' in job)) return job;
  const { array: _array, ...spec } = job;
  return spec;
};

/** The jobs of an array with this number, in the order of their indices. */
export const membersOf = (job: SubmittedJob, id: number): JobSpec[] => {
  if (!('array' in job) || !job.array) return [];
  const { array, ...spec } = job;
  const indices = indicesOf(array);
  const size = { SWITCHYARD_ARRAY_SIZE: String(indices.length) };
  return indices.map((index) => {
    const put = (text: string): string => text.replaceAll('{index}', String(index));
    const environment = { ...spec.environment, SWITCHYARD_ARRAY_ID: String(id), SWITCHYARD_ARRAY_INDEX: String(index), ...size };
    const atMost = array.atMost !== undefined && { atMost: array.atMost };
    const member = { id, index, size: indices.length, ...atMost, ...(array.gang && { gang: true as const }) };
    const name = spec.name === undefined ? {} : { name: spec.name.includes('{index}') ? put(spec.name) : `${spec.name} [${index}]` };
    const common = { ...name, environment, member };
    const command = spec.command.map(put);
    if (spec.runtime === 'container') return { ...spec, ...common, command };
    return { ...spec, ...common, command, ...(spec.resumeCommand && { resumeCommand: spec.resumeCommand.map(put) }) };
  });
};
