import { isEnded, type JobSpec } from '../../../../shared/model/job.ts';
import type { FailReason } from '../../../../shared/model/reason.ts';
import type { Reader } from '../../infrastructure/storage/reader.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { KindRecord } from '../../infrastructure/storage/reader-queries.ts';
import type { Dependency, InputsFrom } from '../../scheduler-port.ts';
import { taskOf, type JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';

/** The jobs that a job names, by what they have to come to. */
export type Named = Pick<JobSpec, 'after' | 'afterAny' | 'afterNotOk'>;

/** Why a job will never run. */
export type NeverReason = Extract<FailReason, { code: 'dependency-failed' | 'not-needed' }>;

/** How those stand that a job waits for; `inputsFrom`: where the last of those ran that have ended. */
export type Standing =
  | { kind: 'open'; unmet: readonly Dependency[]; inputsFrom?: InputsFrom }
  | { kind: 'never'; reason: NeverReason }
  | { kind: 'unknown'; id: number };

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
    const records = new Map<number, KindRecord | undefined>();
    const unread = (): number[] => links.map(({ id }) => id).filter((id) => !table.entry(id) && !records.has(id));
    for (let ids = unread(); ids.length > 0; ids = unread()) {
      const rows = new Map((await reader.kinds(ids)).map((row) => [row.id, row]));
      for (const id of ids) records.set(id, rows.get(id));
    }
    const looks = links.map((link): Look | number => {
      const entry = table.entry(link.id);
      const record = records.get(link.id);
      if (entry) return { ...link, ...lookOf(entry) };
      return record ? { ...link, ...lookOfRecord(record) } : link.id;
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

/** What has become of a job. */
interface Became {
  readonly name: string;
  readonly came: 'open' | 'succeeded' | 'failed';
  /** Later ends have higher ones. */
  readonly revision: number;
  readonly grantedOn?: readonly string[];
}

type Look = Link & Became;

const lookOf = ({ name, state, revision }: JobEntry): Became => {
  if (!isEnded(state)) return { name, came: 'open', revision };
  return { name, came: cameTo(state.kind), revision, ...(state.grantedOn && { grantedOn: state.grantedOn }) };
};

const lookOfRecord = ({ name, kind, revision, granted_on }: KindRecord): Became => ({
  name,
  came: cameTo(kind),
  revision,
  // Written by this module's neighbours as a part of an ended state.
  ...(granted_on !== null && { grantedOn: JSON.parse(granted_on) as string[] }),
});

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
  const unmet = open.map((look) => ({ task: taskOf(look.id), job: jobOf(look), ...(look.when && { when: look.when }) }));
  const from = inputsFrom(looks);
  return { kind: 'open', unmet, ...(from && { inputsFrom: from }) };
};

/** The same that the scheduler says of one whose ends it has seen: after the first failure nobody waits for those others that might fail. */
const inputsFrom = (looks: readonly Look[]): InputsFrom | undefined => {
  const raised = looks.filter(({ when, came }) => when === 'failed' && came === 'failed');
  const raisedAt = Math.min(...raised.map(({ revision }) => revision));
  const [last] = looks
    .filter(({ came, when, revision, grantedOn }) => came !== 'open' && grantedOn && !(when === 'failed' && revision > raisedAt))
    .sort((a, b) => b.revision - a.revision);
  return last?.grantedOn && { job: jobOf(last), devices: last.grantedOn };
};

const jobOf = ({ id, name }: Look): { id: number; name: string } => ({ id, name });
