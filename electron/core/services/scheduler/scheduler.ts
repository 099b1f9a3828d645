import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type {
  Candidate,
  Capacity,
  Decision,
  Grant,
  GroupSettings,
  GroupUse,
  Remembered,
  ReservedPart,
  Scheduler,
  SchedulerEvent,
  TaskRequest,
} from '../../scheduler-port.ts';
import type { Grants } from './allocation.ts';
import { createDeadlines } from './deadlines.ts';
import { createDependencies } from './dependencies.ts';
import { longestOf } from './durations.ts';
import { createFairShares } from './fair-shares.ts';
import { noKeeps, type Keeps } from './keeps.ts';
import { createLedger } from './ledger.ts';
import { countOf, grantedTo } from './line.ts';
import { createMachine } from './machine.ts';
import { createInTheWay } from './in-the-way.ts';
import { createReservedParts } from './reserved-parts.ts';
import { startReserved } from './start-reserved.ts';
import { startWhatFits } from './pass.ts';
import { policies, type Standing } from './policy.ts';
import { createPreemptions } from './preemption.ts';
import type { Place, Waiting } from './waiting.ts';
import { compareWaiting, createWaitingLists } from './waiting-lists.ts';
import { createSuspensions } from './suspensions.ts';
import { createStandings } from './standings.ts';
import { createTogether } from './together.ts';
import { whyItWaits } from './waiting-reasons.ts';

type Estimates = Pick<TaskRequest, 'estimate' | 'estimateOn'>;

interface Initial {
  readonly policy: PolicyName;
  readonly isPaused: boolean;
  readonly capacity: Capacity;
  /** What was set for groups. */
  readonly groups?: Readonly<Record<string, GroupSettings>>;
  /** What groups used under an earlier core. */
  readonly use?: GroupUse;
  /** What is kept for groups. */
  readonly reserved?: readonly ReservedPart[];
  /** What an earlier scheduler remembered of tasks that will be submitted. */
  readonly remembered?: Readonly<Record<string, Remembered>>;
}

export const createScheduler = (initial: Initial): Scheduler => {
  const tasks = new Map<string, Waiting>();
  const ledger = createLedger();
  const dependencies = createDependencies(tasks);
  const together = createTogether();
  const suspensions = createSuspensions({
    ledger,
    index: () => machine.index,
    isPaused: () => isPaused,
    now: () => time,
    setCores({ task, grant, startedAt }, cores, stoodStillMs) {
      ledger.setCores(task.id, cores, startedAt + stoodStillMs);
      shares.regrant(task.id, { ...grant, cores });
    },
  });
  /** Where a running task would stand in line. */
  const standing = (task: TaskRequest): Standing =>
    policy.stand(task, {
      dependents: dependencies.waitingFor(task.id),
      typicalSeconds: shares.typicalSeconds,
      isLate: startedLate.has(task.id),
    });
  const preemptions = createPreemptions({
    ledger,
    now: () => time,
    givesWay: () => policy.givesWay,
    standing,
    isComparable: (a, b) => !policy.isByGroup || a.group === b.group,
    mayEnd: (ended) => !policy.admits || deadlines.staysInTime(ended),
  });
  const unavailable = new Map<string, string>();
  /** What runs and was late when it started, so that it was promised nothing. */
  const startedLate = new Set<string>();
  let policy = policies[initial.policy];
  const machine = createMachine(initial.capacity, ledger);
  let isPaused = initial.isPaused;
  let time = -Infinity;
  const deadlines = createDeadlines({
    lists: () => lists,
    machine,
    ledger,
    now: () => time,
    typicalSeconds: () => shares.typicalSeconds,
    standing,
    endsSince: preemptions.endsSince,
  });
  const shares = createFairShares(initial.capacity, { settings: initial.groups ?? {}, ...(initial.use && { use: initial.use }) });
  const ofMachine = { ledger, index: () => machine.index, memoryBytes: () => machine.capacity.memoryBytes, leafOf: shares.leafOf };
  const reserved = createReservedParts(ofMachine, initial.reserved ?? []);
  const inTheWay = createInTheWay({ ...ofMachine, reserved, isEnding: preemptions.isEnding });
  let lists = createWaitingLists(shares, policy, reserved.isFor);
  /** Of the last walk along the line. */
  let keeps: Keeps<Waiting> = noKeeps();
  const standings = createStandings({
    policy: () => policy,
    tasks,
    dependencies,
    change(waiting, how) {
      lists.delete(waiting);
      how();
      lists.add(waiting);
    },
  });

  const apply = (event: SchedulerEvent, now: number): Decision[] => {
    tellTime(now);
    lists.turned();
    const rejected = change(event);
    return isPaused ? rejected : [...rejected, ...suspensions.resume(), ...start()];
  };

  const tellTime = (now: number): void => {
    // A clock that was set back has not taken back how long anything has run.
    const isSetBack = now < time;
    if (isSetBack) ledger.shift(now - time);
    time = now;
    if (isSetBack) for (const waiting of [...lists.of('ready'), ...lists.of('gathered')]) if (isAhead(waiting.task)) move(waiting);
    shares.advance(now);
    for (let next = lists.of('timed').first(); next && !isAhead(next.task); next = lists.of('timed').first()) move(next);
  };

  /** Whether the time at which it may begin is still to come. */
  const isAhead = ({ notBefore }: TaskRequest): boolean => notBefore !== undefined && notBefore > time;

  const change = (event: SchedulerEvent): Decision[] => {
    switch (event.kind) {
      case 'submitted':
        leave(event.task.id);
        enter(event.task);
        return [];
      case 'together':
        return event.events.flatMap(change);
      case 'changed':
        enterAgain(event.task);
        return [];
      case 'dependenciesChanged':
        enterAgain(tasks.get(event.task)?.task, event.after);
        return [];
      case 'estimated':
        for (const { task, ...estimates } of event.estimates) estimate(task, estimates);
        return [];
      case 'recovered':
        grant(event.task, event.grant, event.startedAt);
        if (event.standsStill) suspensions.recover(event.task.id, event.standsStill);
        if (event.endsFor) preemptions.recover(event.task.id, event.endsFor);
        if (event.startedLate) startedLate.add(event.task.id);
        return [];
      case 'suspended':
        suspensions.suspend(event.task);
        return [];
      case 'resumeWanted':
        suspensions.want(event.task);
        return [];
      case 'removed':
        leave(event.task);
        return settle(event.task, false);
      case 'startRefused': {
        const task = release(event.task);
        setCapacity(machine.reducedTo(event.freeBytes, event.device));
        // It could start, so nothing that it waited for is left to end.
        if (task) enter({ ...task, after: [] });
        return [];
      }
      case 'ended':
        release(event.task);
        return settle(event.task, event.succeeded);
      case 'requeued': {
        // It made room because it could still be in time.
        const wasAdmitted = policy.admits && preemptions.endsSince(event.task.id) !== undefined && !startedLate.has(event.task.id);
        release(event.task.id);
        enter(event.task, wasAdmitted);
        return [];
      }
      case 'capacityChanged':
        setCapacity(event.capacity);
        return [];
      case 'backendChanged':
        setAvailability(event.backend, event.unavailable);
        return [];
      case 'policyChanged':
        policy = policies[event.policy];
        reorder();
        return [];
      case 'groupChanged':
        shares.set(event.group, event.settings);
        return [];
      case 'reservedChanged':
        if (!reserved.set(event.parts)) return [];
        lists = createWaitingLists(shares, policy, reserved.isFor);
        for (const waiting of tasks.values()) lists.add(waiting);
        return [];
      case 'timePassed':
        return [];
      case 'paused':
        isPaused = true;
        return [];
      case 'resumed':
        isPaused = false;
        return [];
    }
  };

  const start = (): Decision[] => {
    if (policy.admits) deadlines.assess();
    preemptions.begin();
    const starts: Decision[] = inTheWay.toEnd(time).map(({ part, task }) => preemptions.endFor(part, task));
    // Whoever starts falls back behind other groups, so that a walk must begin anew.
    for (let before = -1; starts.length > before && (before < 0 || policy.isByGroup);) {
      before = starts.length;
      keeps = walk(starts);
    }
    return starts;
  };

  const walk = (starts: Decision[]): Keeps<Waiting> => {
    const keptBefore = new Map([...suspensions.kept()].map(([device, { task }]) => [device, aheadOfAll(task)]));
    const begin = (item: Waiting, grants: Grants, candidates: readonly Candidate[]): void => {
      for (const { task, grant: granted } of grantedTo(item, grants)) {
        leave(task.id);
        grant(task, granted);
        if (item.lateness) startedLate.add(task.id);
        const gang = task.gang && { gang: task.gang.set };
        starts.push({ kind: 'start', task: task.id, grant: granted, ...(candidates.length > 0 && { candidates }), ...gang });
      }
    };
    const standsAside = (item: Waiting): boolean => shares.overQuota(item.task, countOf(item)) !== undefined || together.isFull(item.task);
    const { memoryBytes } = machine.capacity;
    startReserved({
      reserved,
      now: time,
      room: { memoryBytes, ledger, isKept: (device) => keptBefore.has(device) },
      readyOf: (group, limit) => lists.readyOf(group, limit).sort(compare).slice(0, limit),
      candidatesOf: machine.candidatesOf,
      standsAside,
      start: begin,
    });
    return startWhatFits({
      line: lists.line,
      compare,
      index: machine.index,
      endsWithStart: policy.isByGroup,
      seeksFastest: policy.seeksFastest,
      room: { memoryBytes, ledger },
      now: time,
      keptBefore,
      candidatesOf: machine.candidatesOfGroup,
      leftFor: (item, candidates) => reserved.leftFor(item, candidates, time),
      leaves: (item, found) => reserved.leaves(item, found.grants, found.at, found.ledger),
      standsAside,
      makeRoom: (item, grantsIn, fitsAt) =>
        void starts.push(...preemptions.makeRoom(item, grantsIn, () => deadlines.needsOf(item, fitsAt))),
      start: begin,
    });
  };

  /** One that stands still and waits for its cores, as it is seen by those that it keeps waiting. */
  const aheadOfAll = (task: TaskRequest): Waiting => ({
    task: { ...task, boost: Number.MAX_SAFE_INTEGER },
    longestMs: Infinity,
    tier: 0,
    rank: -Infinity,
    path: 0,
    place: 'ready',
    leaf: shares.leafOf(task.group),
    unmet: nothingUnmet,
    typicalSeconds: 0,
  });

  const grant = (task: TaskRequest, granted: Grant, startedAt = time): void => {
    ledger.add(task, granted, startedAt);
    together.add(task);
    shares.hold(task, granted, startedAt);
  };

  const release = (task: string): TaskRequest | undefined => {
    suspensions.forget(task);
    preemptions.forget(task);
    startedLate.delete(task);
    shares.release(task);
    const released = ledger.remove(task);
    if (released) together.remove(released);
    return released;
  };

  /** Whose turn comes first now. */
  const compare = (a: Waiting, b: Waiting): number =>
    policy.isByGroup ? b.task.boost - a.task.boost || shares.compare(a.leaf, b.leaf) || compareWaiting(a, b) : compareWaiting(a, b);

  const setCapacity = (next: Capacity): void => {
    machine.set(next);
    shares.setCapacity(next);
  };

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
      ...initial.remembered?.[task.id],
    };
    dependencies.add(waiting);
    tasks.set(task.id, waiting);
    standings.stand(waiting);
    place(waiting);
    standings.spread(waiting);
  };

  /** With other values, and waiting for what it waited for unless told otherwise. */
  const enterAgain = (task: TaskRequest | undefined, after?: TaskRequest['after']): void => {
    const known = task && tasks.get(task.id);
    if (!known) return;
    leave(task.id);
    enter({ ...task, after: after ?? [...known.unmet.values()] });
  };

  const place = (waiting: Waiting): void => {
    waiting.place = placeOf(waiting);
    if (waiting.place !== 'ready' && waiting.lateness) {
      // Only who may start is held against the others.
      delete waiting.lateness;
      standings.stand(waiting);
    }
    lists.add(waiting);
  };

  const placeOf = ({ task, unmet }: Waiting): Place => {
    if (task.isHeld) return 'held';
    if (unmet.size > 0) return 'blocked';
    if (isAhead(task)) return 'timed';
    return unavailable.has(task.backend) ? 'parked' : 'ready';
  };

  const move = (waiting: Waiting): void => {
    lists.delete(waiting);
    place(waiting);
  };

  const estimate = (id: string, { estimate: known, estimateOn }: Estimates): void => {
    const waiting = tasks.get(id);
    if (!waiting) return ledger.estimate(id, known);
    lists.delete(waiting);
    const { estimate: _, estimateOn: __, ...task } = waiting.task;
    waiting.task = { ...task, ...(known && { estimate: known }), ...(estimateOn && { estimateOn }) };
    waiting.longestMs = longestOf(waiting.task);
    delete waiting.lateness;
    standings.stand(waiting);
    lists.add(waiting);
    standings.spread(waiting);
  };

  const leave = (id: string): boolean => {
    const waiting = tasks.get(id);
    if (!waiting) return false;
    lists.delete(waiting);
    tasks.delete(id);
    preemptions.left(id);
    dependencies.forget(waiting);
    standings.spread(waiting);
    return true;
  };

  // ── Dependencies ──

  /** What the end of a task means to those that wait for it: some may start now, others never will. */
  const settle = (id: string, succeeded: boolean): Decision[] => {
    const { met, rejected } = dependencies.settle(id, succeeded);
    for (const { task } of rejected) leave(task);
    for (const waiting of met) if (tasks.get(waiting.task.id) === waiting) move(waiting);
    return rejected;
  };

  // ── Changes that touch many ──

  const setAvailability = (backend: string, detail: string | undefined): void => {
    if (detail === undefined) unavailable.delete(backend);
    else unavailable.set(backend, detail);
    const from = detail === undefined ? [...lists.of('parked')] : [...lists.of('ready'), ...lists.of('gathered')];
    for (const waiting of from) if (waiting.task.backend === backend) move(waiting);
  };

  const reorder = (): void => {
    lists = createWaitingLists(shares, policy, reserved.isFor);
    for (const waiting of tasks.values()) {
      delete waiting.lateness;
      delete waiting.wasAdmitted;
    }
    standings.standAll(tasks.values());
    for (const waiting of tasks.values()) place(waiting);
  };

  // ── Explanation ──

  const explain: Scheduler['explain'] = (id) => {
    const waiting = tasks.get(id);
    const ofRunning = waiting ? undefined : (preemptions.explainEnd(id) ?? suspensions.explain(id));
    if (!waiting) return ofRunning && { reason: ofRunning };
    if (waiting.place === 'held') return { reason: { code: 'held', values: {} } };
    const position = lists.positionOf(waiting);
    const shown = lists.gangs.leadOf(waiting) ?? waiting;
    const startsAt = keeps.reservations.find(({ item }) => item === shown)?.at;
    const { gathered } = lists.gangs;
    const situation = { now: time, policy, isPaused, machine, ledger, shares, unavailable, keeps, compare, reserved, gathered };
    const isHeld = (task: string): boolean => tasks.get(task)?.place === 'held';
    const reason = preemptions.explainWait(shown.task.id) ?? whyItWaits({ ...situation, isHeld, isFull: together.isFull }, shown, position);
    return { reason, position, ...(startsAt !== undefined && { startsAt }) };
  };

  const snapshot: Scheduler['snapshot'] = (now, waitingAtMost) => {
    tellTime(now);
    const sent = withGangs(lists.slice(0, waitingAtMost));
    return {
      at: now,
      policy: policy.name,
      isPaused,
      capacity: machine.capacity,
      groups: shares.settings(),
      use: shares.use(now),
      reserved: reserved.parts,
      running: [...ledger.running.values()].map((one) => {
        const standsStill = suspensions.of(one.task.id);
        const endsFor = preemptions.endsFor(one.task.id);
        const isLate = startedLate.has(one.task.id);
        return { ...one, ...(standsStill && { standsStill }), ...(endsFor && { endsFor }), ...(isLate && { startedLate: true as const }) };
      }),
      waiting: sent.map(stillAsked),
      unavailable: Object.fromEntries(unavailable),
      remembered: Object.fromEntries(sent.map((one) => [one.task.id, rememberedOf(one)])),
    };
  };

  return {
    apply,
    explain,
    requestOf: (id) => {
      const waiting = tasks.get(id);
      return waiting && stillAsked(waiting);
    },
    snapshot,
    waiting: (offset, limit) => lists.slice(offset, limit).map((waiting) => waiting.task.id),
    held: (offset, limit) =>
      lists
        .of('held')
        .slice(offset, limit)
        .map((waiting) => waiting.task.id),
    get counts() {
      return { waiting: tasks.size - lists.of('held').size, held: lists.of('held').size, running: ledger.running.size };
    },
    get granted() {
      return { cores: ledger.cores, memoryBytes: ledger.memoryBytes };
    },
    grantedOn(device) {
      const { cores, memoryBytes, isWhole, tasks: holders } = ledger.on(device);
      const whole = isWhole ? machine.index.get(device)?.memoryBytes : undefined;
      return { cores, memoryBytes: whole ?? memoryBytes, tasks: [...holders.keys()] };
    },
    groups: (now) =>
      shares.states(
        now,
        [...tasks.values()].map(({ task }) => task),
      ),
    settingsOf: shares.settingsOf,
    groupUse: shares.use,
    heldUp: inTheWay.heldUp,
    get wakeAt() {
      const times = [lists.of('timed').first()?.task.notBefore, preemptions.wakeAt, reserved.nextEdge(time)].filter(
        (at) => at !== undefined,
      );
      return times.length === 0 ? undefined : Math.min(...times);
    },
    get policy() {
      return policy.name;
    },
    get isPaused() {
      return isPaused;
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
