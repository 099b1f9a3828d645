import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { Decision, EndsFor, Grant, Preemptor, ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import type { Asking, Giver, GivingWay, Place, Ranked } from './giving-way.ts';
import type { Need } from './leaving.ts';
import { createBooks, type Books, type Ledger, type Running } from './ledger.ts';

type Preempt = Extract<Decision, { kind: 'preempt' }>;
type Job = TaskRequest['job'];
/** What a task, or each of those that start together, is granted in such books. */
type GrantsIn = (books: Books) => readonly Grant[] | undefined;

interface PreemptionOptions {
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Undefined where the policy preempts nobody. */
  readonly givesWay: () => GivingWay | undefined;
  /** Where a running task would stand in line. */
  standing(task: TaskRequest): Place;
  /** Whether two tasks are ranked with each other. */
  isComparable(a: TaskRequest, b: TaskRequest): boolean;
  /** Whether the policy lets all of these end together. */
  mayEnd(ended: readonly Running[]): boolean;
}

/** Ends what runs and allows it, so that others can start (scheduling rules, 1.11). What is being ended holds its grant until it has ended. */
export interface Preemptions {
  /** A walk along the line begins. */
  begin(): void;
  /** For a task that does not fit, and may in other books: who is ended for it. Nothing when their end does not help or must wait. */
  makeRoom(waiting: Ranked, grantsIn: GrantsIn, needs: () => readonly Need[]): Preempt[];
  /** Something that runs in what is kept for others now. */
  endFor(part: ReservedPart, victim: string): Preempt;
  isEnding(task: string): boolean;
  /** The same of all tasks of a job. */
  isEndingJob(job: number): boolean;
  recover(victim: string, endsFor: EndsFor): void;
  forget(victim: string): void;
  /** What waited waits no longer as it did. */
  left(task: string): void;
  /** Since when it is being ended. */
  endsSince(victim: string): number | undefined;
  /** For whom it is being ended. */
  endsFor(victim: string): EndsFor | undefined;
  /** Why a waiting task waits for what is being ended for it. */
  explainWait(task: string): WaitReason | undefined;
  explainEnd(victim: string): WaitReason | undefined;
  /** When something that may be ended for a waiting task will have run for long enough. */
  readonly wakeAt: number | undefined;
}

export const createPreemptions = (options: PreemptionOptions): Preemptions => {
  const { ledger, now, givesWay } = options;
  /** What is being ended, and for whom. */
  const ending = new Map<string, Preemptor & { readonly since: number }>();
  /** What those are to be granted, by task. */
  const takes = new Map<string, readonly Grant[]>();
  let wakeAt: number | undefined;
  /** What may be ended as this decision sees it, in the order in which it is; worked out anew once something has started. */
  let known: { readonly of: number; readonly givers: readonly Giving[] } | undefined;

  /**
   * The last in line first, then those that have run least: what they did is lost, or costs time to take up again. Whoever is ended
   * stands behind the one that it was ended for, so that no two ever end each other.
   */
  const giversBy = (way: GivingWay): readonly Giving[] => {
    if (known?.of === ledger.endable.size) return known.givers;
    const givers = [...ledger.endable].flatMap((id): Giving[] => {
      const one = ledger.running.get(id);
      const giver = one && way(one, now(), options.standing);
      return giver ? [{ one, giver }] : [];
    });
    givers.sort(
      ({ one: a, giver: left }, { one: b, giver: right }) =>
        right.tier - left.tier || right.rank - left.rank || b.startedAt - a.startedAt || b.task.sequence - a.task.sequence,
    );
    known = { of: ledger.endable.size, givers };
    return givers;
  };

  const victimsFor = (asking: Asking, way: GivingWay): Victim[] => {
    const victims: Victim[] = [];
    for (const { one, giver } of giversBy(way)) {
      if (ending.has(one.task.id) || one.task.boost > asking.task.boost || !options.isComparable(asking.task, one.task)) continue;
      const from = Math.max(giver.from(asking), quantumEnd(one));
      if (from < Infinity) victims.push({ one, giver, from });
    }
    return victims;
  };

  const makeRoom: Preemptions['makeRoom'] = ({ task, tier, rank }, grantsIn, needs) => {
    const way = givesWay();
    if (!way || ledger.endable.size <= ending.size || takes.has(task.id)) return [];
    let found: readonly Need[] | undefined;
    const asking: Asking = { task, tier, rank, needs: () => (found ??= needs()) };
    const victims = victimsFor(asking, way);
    const ripe = victims.filter(({ from }) => from <= now());
    const next = Math.min(...victims.flatMap(({ from }) => (from > now() ? [from] : [])));
    if (ripe.length === 0 && next >= (wakeAt ?? Infinity)) return [];
    // Nobody knows who takes the place of these.
    if ([...ending.values()].some((by) => 'task' in by && !takes.has(by.task))) return [];
    const grantsWithout = (gone: readonly Victim[]): readonly Grant[] | undefined => grantsIn(booksAfter(gone));
    // It may fit into what is left by those that end for others.
    if (ending.size > 0 && grantsWithout([])) return [];
    const enough = enoughOf(ripe, grantsWithout);
    if (enough) return options.mayEnd(enough.victims.map(({ one }) => one)) ? end(asking, enough) : [];
    if (next < (wakeAt ?? Infinity) && grantsWithout(victims)) wakeAt = next;
    return [];
  };

  /** The books once all has ended that is being ended, and these too. */
  const booksAfter = (victims: readonly Victim[]): Books => {
    const gone = new Set([...ending.keys(), ...victims.map(({ one }) => one.task.id)]);
    const books = createBooks();
    for (const [id, { grant }] of ledger.running) if (!gone.has(id)) books.add(grant);
    for (const grant of [...takes.values()].flat()) books.add(grant);
    return books;
  };

  const end = (asking: Asking, { victims, grants }: Enough): Preempt[] => {
    const { id, job } = asking.task;
    takes.set(id, grants);
    return victims.map(({ one, giver }): Preempt => {
      const by = { task: id, job, ...giver.because?.(asking) };
      ending.set(one.task.id, { ...by, since: now() });
      return { kind: 'preempt', task: one.task.id, by };
    });
  };

  const endFor: Preemptions['endFor'] = ({ id, group }, victim) => {
    const by = { reservation: { id, group } };
    ending.set(victim, { ...by, since: now() });
    return { kind: 'preempt', task: victim, by };
  };

  const graceOf = (victim: string): number => ledger.running.get(victim)?.task.preemptible?.graceSeconds ?? 0;

  const explainWait: Preemptions['explainWait'] = (task) => {
    const victims = [...ending].flatMap(([victim, by]) => ('task' in by && by.task === task ? [{ victim, saves: by.saves }] : []));
    const [first] = victims;
    if (!first) return undefined;
    const { saves } = first;
    const jobs = victims.flatMap(({ victim }): Job | Job[] => ledger.running.get(victim)?.task.job ?? []);
    const graceSeconds = Math.max(...victims.map(({ victim }) => graceOf(victim)));
    return { code: 'preempting', values: { jobs, graceSeconds, ...(saves && { saves: saves.job, due: saves.due }) } };
  };

  const explainEnd: Preemptions['explainEnd'] = (victim) => {
    const by = ending.get(victim);
    if (!by) return undefined;
    const graceSeconds = graceOf(victim);
    if ('reservation' in by) return { code: 'ends-for-reservation', values: { ...by.reservation, graceSeconds } };
    const { job, outran, saves } = by;
    const saved = saves && { saves: saves.job, due: saves.due, ...(saves.otherwiseAt !== undefined && { otherwiseAt: saves.otherwiseAt }) };
    return { code: 'being-preempted', values: { by: job, graceSeconds, ...outran, ...saved } };
  };

  const endsFor: Preemptions['endsFor'] = (victim) => {
    const by = ending.get(victim);
    if (!by || 'reservation' in by) return by;
    const grants = takes.get(by.task);
    return { ...by, ...(grants && { takes: grants }) };
  };

  return {
    begin() {
      wakeAt = undefined;
      known = undefined;
    },
    makeRoom,
    endFor,
    isEnding: (task) => ending.has(task),
    isEndingJob: (job) => [...ending.keys()].some((victim) => ledger.running.get(victim)?.task.job.id === job),
    recover(victim, { since = now(), ...endsFor }) {
      if ('reservation' in endsFor) return void ending.set(victim, { ...endsFor, since });
      const { takes: grants, ...by } = endsFor;
      ending.set(victim, { ...by, since });
      if (grants) takes.set(by.task, grants);
    },
    forget(victim) {
      const by = ending.get(victim);
      if (!by) return;
      ending.delete(victim);
      if ('reservation' in by) return;
      if (![...ending.values()].some((other) => 'task' in other && other.task === by.task)) takes.delete(by.task);
    },
    left: (task) => void takes.delete(task),
    endsSince: (victim) => ending.get(victim)?.since,
    endsFor,
    explainWait,
    explainEnd,
    get wakeAt() {
      return wakeAt;
    },
  };
};

interface Giving {
  readonly one: Running;
  readonly giver: Giver;
}

/** What may be ended for a task, and from when on. */
interface Victim extends Giving {
  readonly from: number;
}

/** Who is ended, and what is granted then. */
interface Enough {
  readonly victims: readonly Victim[];
  readonly grants: readonly Grant[];
}

type GrantsWithout = (gone: readonly Victim[]) => readonly Grant[] | undefined;

const quantumEnd = ({ task, startedAt }: Running): number => startedAt + (task.preemptible?.quantumSeconds ?? 0) * 1000;

/** As few as suffice, the first ones first; nothing when all together do not. */
const enoughOf = (victims: readonly Victim[], grantsWithout: GrantsWithout): Enough | undefined => {
  const chosen: Victim[] = [];
  for (const victim of victims) {
    chosen.push(victim);
    const grants = grantsWithout(chosen);
    if (grants) return needed({ victims: chosen, grants }, grantsWithout);
  }
  return undefined;
};

/** Without those whose end is not needed after all, beginning with those that stand first. */
const needed = (enough: Enough, grantsWithout: GrantsWithout): Enough =>
  enough.victims.reduceRight((kept, victim) => {
    const others = kept.victims.filter((one) => one !== victim);
    const grants = grantsWithout(others);
    return grants ? { victims: others, grants } : kept;
  }, enough);
