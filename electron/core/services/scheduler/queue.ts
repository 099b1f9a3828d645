import { createOrderedList } from '../../lib/ordered-list.ts';
import type { Decision, Remembered, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';
import { createDependencies, inputsOf } from './dependencies.ts';
import { longestOf } from './durations.ts';
import type { FairShares } from './fair-shares.ts';
import type { Branch } from './group-tree.ts';
import type { Running } from './ledger.ts';
import type { Policy } from './policy.ts';
import type { OpeningHours } from './opening-hours.ts';
import { createStandings } from './standings.ts';
import type { Place, Waiting } from './waiting.ts';
import { compareTimes, compareWaiting, createWaitingLists, type WaitingLists } from './waiting-lists.ts';

/** Everything that waits: who comes and goes, and where each stands. */
export interface Queue {
  /** Other ones under another policy. */
  readonly lists: WaitingLists;
  get(task: string): Waiting | undefined;
  /** Whose turn comes first now. */
  compare(a: Waiting, b: Waiting): number;
  /** `wasAdmitted`: it was promised to end by its deadline. */
  enter(task: TaskRequest, wasAdmitted?: boolean): void;
  /** One that waits has other values, and waits for what it waited for unless told otherwise; one that does not wait stays away. */
  enterAgain(task: TaskRequest | undefined, after?: TaskRequest['after']): void;
  leave(task: string): void;
  /**
   * What the end of a task means to those that wait for it: some may start now, others never will, and leave. `ran`: what it held until
   * then, where it held anything.
   */
  settle(task: string, succeeded: boolean, ran: Running | undefined): Decision[];
  /** How long one should run, as it is known by now; false where it does not wait. */
  estimate(task: string, known: Estimates): boolean;
  setAvailability(backend: string, unavailable: string | undefined): void;
  /** It is another time; `isSetBack`: an earlier one than it was. */
  timeChanged(isSetBack: boolean): void;
  hoursChanged(): void;
  policyChanged(): void;
  /** Other groups of jobs are listed than before. */
  listedChanged(): void;
  /** Those that wait for a task. */
  waitingFor(task: string): readonly Waiting[];
  requests(): TaskRequest[];
  /** A task with what it still waits for. */
  requestOf(task: string): TaskRequest | undefined;
  /** Why a backend runs nothing, by backend. */
  readonly unavailable: ReadonlyMap<string, string>;
  /** When a task may begin next that waits only for that; infinite where none ever may. */
  readonly nextBegin: number | undefined;
  readonly counts: { readonly waiting: number; readonly held: number };
  snapshot(waitingAtMost: number): Pick<SchedulerSnapshot, 'waiting' | 'unavailable' | 'remembered'>;
}

type Estimates = Pick<TaskRequest, 'estimate' | 'estimateOn'>;

interface QueueOptions {
  readonly policy: () => Policy;
  readonly shares: FairShares;
  readonly now: () => number;
  /** Whether the ready ones of a group of jobs are asked for. */
  readonly isListed: (leaf: Branch) => boolean;
  readonly hours: OpeningHours;
  /** What an earlier scheduler remembered of tasks that will enter. */
  readonly remembered: Readonly<Record<string, Remembered>>;
  /** Told of each task that leaves. */
  readonly left: (task: string) => void;
}

export const createQueue = ({ policy, shares, now, isListed, hours, remembered, left }: QueueOptions): Queue => {
  const tasks = new Map<string, Waiting>();
  const dependencies = createDependencies(tasks);
  const unavailable = new Map<string, string>();
  let lists = createWaitingLists(shares, policy(), isListed);
  /** Those that may start and keep hours: who must wait for the next ones first. */
  const closing = createOrderedList<Waiting>((a, b) => compareTimes(a.closesAt, b.closesAt) || a.task.sequence - b.task.sequence);
  const standings = createStandings({
    policy,
    tasks,
    dependencies,
    change(waiting, how) {
      lists.delete(waiting);
      how();
      lists.add(waiting);
    },
  });

  // ── Entering and leaving ──

  const enter = (task: TaskRequest, wasAdmitted = false): void => {
    const waiting: Waiting = {
      task,
      longestMs: longestOf(task),
      tier: 0,
      rank: 0,
      path: 0,
      place: 'ready',
      leaf: shares.leafOf(task.group),
      unmet: task.after.length === 0 ? nothingUnmet : new Map(task.after.map((one) => [one.task, one])),
      typicalSeconds: shares.typicalSeconds,
      ...(wasAdmitted && { wasAdmitted }),
      ...remembered[task.id],
    };
    dependencies.add(waiting);
    tasks.set(task.id, waiting);
    standings.stand(waiting);
    place(waiting);
    standings.spread(waiting);
  };

  const leave = (id: string): void => {
    const waiting = tasks.get(id);
    if (!waiting) return;
    takeAway(waiting);
    tasks.delete(id);
    left(id);
    dependencies.forget(waiting);
    standings.spread(waiting);
  };

  const enterAgain: Queue['enterAgain'] = (task, after) => {
    const known = task && tasks.get(task.id);
    if (!known) return;
    leave(task.id);
    enter({ ...task, ...inputsOf(known.task), after: after ?? [...known.unmet.values()] });
  };

  const settle: Queue['settle'] = (id, succeeded, ran) => {
    const { met, rejected } = dependencies.settle(id, succeeded, ran);
    for (const { task } of rejected) leave(task);
    for (const waiting of met) if (tasks.get(waiting.task.id) === waiting) move(waiting);
    return rejected;
  };

  // ── Places ──

  const place = (waiting: Waiting): void => {
    waiting.place = placeOf(waiting);
    if (waiting.place !== 'ready' && waiting.lateness) {
      // Only who may start is held against the others.
      delete waiting.lateness;
      standings.stand(waiting);
    }
    if (waiting.place === 'timed') waiting.beginsAt = hours.beginOf(waiting, now());
    else if (waiting.beginsAt !== undefined) delete waiting.beginsAt;
    if (waiting.place === 'ready' && waiting.task.hours !== undefined) {
      waiting.closesAt = hours.lastBegin(waiting, now());
      closing.add(waiting);
    }
    lists.add(waiting);
  };

  const placeOf = (waiting: Waiting): Place => {
    if (waiting.task.isHeld) return 'held';
    if (waiting.unmet.size > 0) return 'blocked';
    if (isAhead(waiting)) return 'timed';
    return unavailable.has(waiting.task.backend) ? 'parked' : 'ready';
  };

  /** Whether the time at which it may begin is still to come. */
  const isAhead = (waiting: Waiting): boolean => hours.beginOf(waiting, now()) > now();

  const takeAway = (waiting: Waiting): void => {
    lists.delete(waiting);
    closing.delete(waiting);
  };

  const move = (waiting: Waiting): void => {
    takeAway(waiting);
    place(waiting);
  };

  const startable = (): Waiting[] => [...lists.of('ready'), ...lists.of('gathered')];

  // ── What changes where they stand ──

  const estimate: Queue['estimate'] = (id, { estimate: known, estimateOn }) => {
    const waiting = tasks.get(id);
    if (!waiting) return false;
    takeAway(waiting);
    const { estimate: _, estimateOn: __, ...task } = waiting.task;
    waiting.task = { ...task, ...(known && { estimate: known }), ...(estimateOn && { estimateOn }) };
    waiting.longestMs = longestOf(waiting.task);
    delete waiting.lateness;
    standings.stand(waiting);
    place(waiting);
    standings.spread(waiting);
    return true;
  };

  const setAvailability: Queue['setAvailability'] = (backend, detail) => {
    if (detail === undefined) unavailable.delete(backend);
    else unavailable.set(backend, detail);
    const from = detail === undefined ? [...lists.of('parked')] : startable();
    for (const waiting of from) if (waiting.task.backend === backend) move(waiting);
  };

  const timeChanged: Queue['timeChanged'] = (isSetBack) => {
    if (isSetBack) {
      for (const waiting of startable()) if (isAhead(waiting)) move(waiting);
      hoursChanged();
    }
    for (let next = closing.first(); next && isAhead(next); next = closing.first()) move(next);
    const timed = lists.of('timed');
    // The time may have passed at which it could begin for the last time in these hours.
    for (let next = timed.first(); next && (next.beginsAt ?? 0) <= now(); next = timed.first()) move(next);
    lists.turned();
  };

  const hoursChanged = (): void => {
    for (const waiting of [...lists.of('timed'), ...closing]) if (waiting.task.hours !== undefined) move(waiting);
  };

  const policyChanged = (): void => {
    lists = createWaitingLists(shares, policy(), isListed);
    for (const waiting of tasks.values()) {
      delete waiting.lateness;
      delete waiting.wasAdmitted;
    }
    standings.standAll(tasks.values());
    for (const waiting of tasks.values()) {
      closing.delete(waiting);
      place(waiting);
    }
  };

  const listedChanged = (): void => {
    lists = createWaitingLists(shares, policy(), isListed);
    for (const waiting of tasks.values()) lists.add(waiting);
  };

  const compare = (a: Waiting, b: Waiting): number =>
    policy().isByGroup ? b.task.boost - a.task.boost || shares.compare(a.leaf, b.leaf) || compareWaiting(a, b) : compareWaiting(a, b);

  return {
    get lists() {
      return lists;
    },
    get: (id) => tasks.get(id),
    compare,
    enter,
    enterAgain,
    leave,
    settle,
    estimate,
    setAvailability,
    timeChanged,
    hoursChanged,
    policyChanged,
    listedChanged,
    waitingFor: dependencies.waitingFor,
    requests: () => [...tasks.values()].map(({ task }) => task),
    requestOf(id) {
      const waiting = tasks.get(id);
      return waiting && stillAsked(waiting);
    },
    unavailable,
    get nextBegin() {
      return lists.of('timed').first()?.beginsAt;
    },
    get counts() {
      const held = lists.of('held').size;
      return { waiting: tasks.size - held, held };
    },
    snapshot(waitingAtMost) {
      const sent = withGangs(lists.slice(0, waitingAtMost));
      return {
        waiting: sent.map(stillAsked),
        unavailable: Object.fromEntries(unavailable),
        remembered: Object.fromEntries(sent.map((one) => [one.task.id, rememberedOf(one)])),
      };
    },
  };
};

/** One for all, because in a long queue most wait for no other; entries only ever leave it. */
const nothingUnmet: Waiting['unmet'] = new Map();

/** With all of those that start together with one of them. */
const withGangs = (some: readonly Waiting[]): Waiting[] => [...new Set(some.flatMap((waiting) => waiting.gang ?? waiting))];

/** With what it still waits for. */
const stillAsked = ({ task, unmet }: Waiting): TaskRequest => ({ ...task, after: [...unmet.values()] });

const rememberedOf = ({ promisedAt, wasAdmitted, typicalSeconds }: Waiting): Remembered => ({
  typicalSeconds,
  ...(promisedAt !== undefined && { promisedAt }),
  ...(wasAdmitted && { wasAdmitted }),
});
