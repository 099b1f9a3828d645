import { isEnded, type JobSpec } from '../../../../shared/model/job.ts';
import type { FailReason } from '../../../../shared/model/reason.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Dependency } from '../../scheduler-port.ts';
import { taskOf, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';

/** The jobs that a job names, by what they have to come to. */
export type Named = Pick<JobSpec, 'after' | 'afterAny' | 'afterNotOk'>;

/** Why a job will never run. */
export type NeverReason = Extract<FailReason, { code: 'dependency-failed' | 'not-needed' }>;

/** How those stand that a job waits for. */
type Standing = { kind: 'open'; unmet: readonly Dependency[] } | { kind: 'never'; reason: NeverReason } | { kind: 'unknown'; id: number };

/** What jobs wait for. A job can only name jobs that are there already, so that none can wait for itself in a circle. */
export interface Dependencies {
  /** Refuses what names a job that is not there, or that can never succeed as things stand. */
  refuseHopeless(spec: Named): Promise<void>;
  /**
   * What it says holds until the next await: unfinished jobs tell the scheduler of their end, so a caller that goes on at once
   * misses none.
   */
  standingOf(spec: Named): Promise<Standing>;
  /** Jobs that unfinished ones name, each with one of those. */
  needed(): Map<number, JobEntry>;
  /** Waiting jobs that name this one. */
  waitingFor(id: number): JobEntry[];
}

export const createDependencies = ({ table, reader }: { table: JobTable; reader: Reader }): Dependencies => {
  const standingOf: Dependencies['standingOf'] = async (spec) => {
    if (namesNone(spec)) return free;
    const links = linksOf(spec);
    const records = new Map<number, { kind: string; name: string } | undefined>();
    const unread = (): number[] => links.map(({ id }) => id).filter((id) => !table.entry(id) && !records.has(id));
    for (let ids = unread(); ids.length > 0; ids = unread()) {
      const rows = new Map((await reader.kinds(ids)).map((row) => [row.id, row]));
      for (const id of ids) records.set(id, rows.get(id));
    }
    const looks = links.map((link): Look | number => {
      const entry = table.entry(link.id);
      const record = records.get(link.id);
      if (entry) return { ...link, name: entry.name, came: isEnded(entry.state) ? cameTo(entry.state.kind) : 'open' };
      return record ? { ...link, name: record.name, came: cameTo(record.kind) } : link.id;
    });
    const unknown = looks.find((look) => typeof look === 'number');
    return unknown === undefined ? standing(looks.filter((look) => typeof look !== 'number')) : { kind: 'unknown', id: unknown };
  };

  return {
    standingOf,
    async refuseHopeless(spec) {
      if (namesNone(spec)) return;
      refuseTwice(spec);
      const found = await standingOf(spec);
      if (found.kind === 'unknown') throw new Refusal({ code: 'dependency-unknown', values: { id: found.id } });
      // What is not needed any more is taken and ends at once: whether the other job was faster is not the caller's mistake.
      if (found.kind === 'never' && found.reason.code === 'dependency-failed') throw new Refusal(found.reason);
    },
    needed: () => new Map([...table.entries()].flatMap((entry) => linksOf(entry.spec).map(({ id }) => [id, entry] as const))),
    waitingFor: (id) =>
      [...table.entries()].filter(
        ({ state, spec }) => (state.kind === 'pending' || state.kind === 'held') && linksOf(spec).some((link) => link.id === id),
      ),
  };
};

/** One for all, because most jobs of a long queue wait for none. */
const free: Standing = { kind: 'open', unmet: [] };

/** Whether a job waits for no other. */
export const namesNone = ({ after, afterAny = [], afterNotOk = [] }: Named): boolean =>
  after.length + afterAny.length + afterNotOk.length === 0;

interface Link {
  readonly id: number;
  readonly when?: NonNullable<Dependency['when']>;
}

/** A link with what has become of the other job. */
type Look = Link & { readonly name: string; readonly came: 'open' | 'succeeded' | 'failed' };

const cameTo = (kind: string): Look['came'] => (kind === 'succeeded' ? 'succeeded' : 'failed');

const linksOf = ({ after, afterAny = [], afterNotOk = [] }: Named): Link[] => [
  ...after.map((id) => ({ id })),
  ...afterAny.map((id) => ({ id, when: 'ended' as const })),
  ...afterNotOk.map((id) => ({ id, when: 'failed' as const })),
];

const refuseTwice = (spec: Named): void => {
  const ways = new Map<number, Link['when']>();
  for (const { id, when } of linksOf(spec)) {
    if (ways.has(id) && ways.get(id) !== when) throw new Refusal({ code: 'dependency-twice', values: { id } });
    ways.set(id, when);
  }
};

/** Pure. */
const standing = (looks: readonly Look[]): Standing => {
  const failed = looks.find(({ when, came }) => when === undefined && came === 'failed');
  if (failed) return { kind: 'never', reason: { code: 'dependency-failed', values: { job: jobOf(failed) } } };
  const alarms = looks.filter(({ when }) => when === 'failed');
  const [first] = alarms;
  if (first && alarms.every(({ came }) => came === 'succeeded')) {
    return { kind: 'never', reason: { code: 'not-needed', values: { job: jobOf(first) } } };
  }
  const isRaised = alarms.some(({ came }) => came === 'failed');
  const open = looks.filter(({ when, came }) => came === 'open' && !(isRaised && when === 'failed'));
  return { kind: 'open', unmet: open.map((look) => ({ task: taskOf(look.id), job: jobOf(look), ...(look.when && { when: look.when }) })) };
};

const jobOf = ({ id, name }: Look): { id: number; name: string } => ({ id, name });
