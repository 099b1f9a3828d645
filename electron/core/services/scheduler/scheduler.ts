import type { WaitReason } from '../../../../shared/model/reason.ts';
import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type {
  Capacity,
  Decision,
  GroupSettings,
  GroupUse,
  Remembered,
  ReservedPart,
  Scheduler,
  SchedulerEvent,
  SchedulerSnapshot,
  TaskRequest,
} from '../../scheduler-port.ts';
import { createDeadlines } from './deadlines.ts';
import { inputsOf } from './dependencies.ts';
import { createFairShares } from './fair-shares.ts';
import { createInTheWay } from './in-the-way.ts';
import { createLedger } from './ledger.ts';
import { createMachine } from './machine.ts';
import { createOpeningHours } from './opening-hours.ts';
import { policies, type Standing } from './policy.ts';
import { createPreemptions } from './preemption.ts';
import { createQueue } from './queue.ts';
import { createReservedParts } from './reserved-parts.ts';
import { createRunningTasks } from './running-tasks.ts';
import { createStarting } from './starting.ts';
import { createSuspensions } from './suspensions.ts';
import { createTogether } from './together.ts';
import { createUnusedOf } from './unused-part.ts';
import type { Waiting } from './waiting.ts';
import { whyItWaits, withEnding } from './waiting-reasons.ts';

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
  /** When tasks may start that keep hours. */
  readonly hours?: SchedulerSnapshot['hours'];
  /** What an earlier scheduler remembered of tasks that will be submitted. */
  readonly remembered?: Readonly<Record<string, Remembered>>;
}

/**
 * Takes each event down where it belongs (what waits: `queue.ts`, what holds a grant: `running-tasks.ts`, what there is: `machine.ts`), then
 * looks who starts (`starting.ts`). The parts are made here and know each other only by what is passed to them.
 */
export const createScheduler = (initial: Initial): Scheduler => {
  let policy = policies[initial.policy];
  let isPaused = initial.isPaused;
  let time = -Infinity;
  const now = (): number => time;

  // ── What there is ──

  const ledger = createLedger();
  const machine = createMachine(initial.capacity, ledger);
  const shares = createFairShares(initial.capacity, { settings: initial.groups ?? {}, ...(initial.use && { use: initial.use }) });
  const ofMachine = { ledger, index: () => machine.index, memoryBytes: () => machine.capacity.memoryBytes, leafOf: shares.leafOf };
  const unusedOf = createUnusedOf(ofMachine);
  const reserved = createReservedParts({ ...ofMachine, unusedOf }, initial.reserved ?? []);

  // ── What runs ──

  const together = createTogether();
  const suspensions = createSuspensions({
    ledger,
    index: () => machine.index,
    isPaused: () => isPaused,
    now,
    setCores({ task, grant, startedAt }, cores, stoodStillMs) {
      ledger.setCores(task.id, cores, startedAt + stoodStillMs);
      shares.regrant(task.id, { ...grant, cores });
    },
  });
  /** Where a running task would stand in line. */
  const standing = (task: TaskRequest): Standing =>
    policy.stand(task, {
      dependents: queue.waitingFor(task.id),
      typicalSeconds: shares.typicalSeconds,
      isLate: running.startedLate(task.id),
    });
  const preemptions = createPreemptions({
    ledger,
    now,
    givesWay: () => policy.givesWay,
    standing,
    isComparable: (a, b) => !policy.isByGroup || a.group === b.group,
    mayEnd: (ended) => !policy.admits || deadlines.staysInTime(ended),
  });
  const running = createRunningTasks({ ledger, shares, together, suspensions, preemptions, now });

  // ── What waits, and what starts of it ──

  const hours = createOpeningHours(initial.hours ?? {});
  const queue = createQueue({
    policy: () => policy,
    shares,
    now,
    hours,
    isListed: reserved.isFor,
    remembered: initial.remembered ?? {},
    left: preemptions.left,
  });
  const deadlines = createDeadlines({
    lists: () => queue.lists,
    machine,
    ledger,
    now,
    typicalSeconds: () => shares.typicalSeconds,
    standing,
    endsSince: preemptions.endsSince,
  });
  const inTheWay = createInTheWay({ ...ofMachine, unusedOf, reserved, isEnding: preemptions.isEnding });
  const starting = createStarting({
    policy: () => policy,
    now,
    machine,
    ledger,
    shares,
    together,
    reserved,
    hours,
    queue,
    running,
    suspensions,
    preemptions,
    inTheWay,
    deadlines,
  });

  const apply = (event: SchedulerEvent, at: number): Decision[] => {
    tellTime(at);
    const rejected = change(event);
    return isPaused ? rejected : [...rejected, ...suspensions.resume(), ...starting.start()];
  };

  const tellTime = (at: number): void => {
    // A clock that was set back has not taken back how long anything has run.
    const isSetBack = at < time;
    if (isSetBack) ledger.shift(at - time);
    time = at;
    shares.advance(at);
    queue.timeChanged(isSetBack);
  };

  const change = (event: SchedulerEvent): Decision[] => {
    switch (event.kind) {
      case 'submitted':
        queue.leave(event.task.id);
        queue.enter(event.task);
        return [];
      case 'together':
        return event.events.flatMap(change);
      case 'changed':
        queue.enterAgain(event.task);
        return [];
      case 'dependenciesChanged':
        queue.enterAgain(queue.get(event.task)?.task, event.after);
        return [];
      case 'estimated':
        for (const { task, ...known } of event.estimates) if (!queue.estimate(task, known)) ledger.estimate(task, known.estimate);
        return [];
      case 'recovered':
        running.recover(event);
        return [];
      case 'suspended':
        suspensions.suspend(event.task);
        return [];
      case 'resumeWanted':
        suspensions.want(event.task);
        return [];
      case 'removed':
        queue.leave(event.task);
        return queue.settle(event.task, false, undefined);
      case 'startRefused': {
        const released = running.release(event.task);
        setCapacity(machine.reducedTo(event.freeBytes, event.device));
        // It could start, so nothing that it waited for is left to end.
        if (released) queue.enter({ ...released.task, after: [] });
        return [];
      }
      case 'ended':
        return queue.settle(event.task, event.succeeded, running.release(event.task));
      case 'requeued': {
        // It made room because it could still be in time.
        const wasAdmitted = policy.admits && preemptions.endsSince(event.task.id) !== undefined && !running.startedLate(event.task.id);
        queue.enter({ ...event.task, ...inputsOf(running.release(event.task.id)?.task) }, wasAdmitted);
        return [];
      }
      case 'capacityChanged':
        setCapacity(event.capacity);
        return [];
      case 'backendChanged':
        queue.setAvailability(event.backend, event.unavailable);
        return [];
      case 'policyChanged':
        policy = policies[event.policy];
        queue.policyChanged();
        return [];
      case 'groupChanged':
        shares.set(event.group, event.settings);
        return [];
      case 'reservedChanged':
        if (reserved.set(event.parts)) queue.listedChanged();
        return [];
      case 'hoursChanged':
        hours.set(event.hours);
        queue.hoursChanged();
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

  const setCapacity = (next: Capacity): void => {
    machine.set(next);
    shares.setCapacity(next);
  };

  const explain: Scheduler['explain'] = (id) => {
    const waiting = queue.get(id);
    const ofRunning = waiting ? undefined : (preemptions.explainEnd(id) ?? suspensions.explain(id));
    if (!waiting) return ofRunning && { reason: ofRunning };
    if (waiting.place === 'held') return { reason: { code: 'held', values: {} } };
    const { lists, compare, unavailable } = queue;
    const { keeps } = starting;
    const position = lists.positionOf(waiting);
    const shown = lists.gangs.leadOf(waiting) ?? waiting;
    const startsAt = keeps.reservations.find(({ item }) => item === shown)?.at;
    const { gathered } = lists.gangs;
    const situation = { now: time, policy, isPaused, machine, ledger, shares, unavailable, keeps, compare, reserved, hours, gathered };
    const isHeld = (task: string): boolean => queue.get(task)?.place === 'held';
    const why = (): WaitReason => whyItWaits({ ...situation, isHeld, isFull: together.isFull }, shown, position);
    const reason = preemptions.explainWait(shown.task.id) ?? withEnding(why(), preemptions.isEndingJob);
    return { reason, position, ...(startsAt !== undefined && { startsAt }) };
  };

  const snapshot: Scheduler['snapshot'] = (at, waitingAtMost) => {
    tellTime(at);
    return {
      at,
      policy: policy.name,
      isPaused,
      capacity: machine.capacity,
      groups: shares.settings(),
      use: shares.use(at),
      reserved: reserved.parts,
      hours: hours.all,
      running: running.snapshot(),
      ...queue.snapshot(waitingAtMost),
    };
  };

  return {
    apply,
    explain,
    requestOf: queue.requestOf,
    snapshot,
    waiting: (offset, limit) => queue.lists.slice(offset, limit).map(idOf),
    held: (offset, limit) => queue.lists.of('held').slice(offset, limit).map(idOf),
    get counts() {
      return { ...queue.counts, running: ledger.running.size };
    },
    get granted() {
      return { cores: ledger.cores, memoryBytes: ledger.memoryBytes };
    },
    grantedOn(device) {
      const { cores, memoryBytes, isWhole, tasks: holders } = ledger.on(device);
      const whole = isWhole ? machine.index.get(device)?.memoryBytes : undefined;
      return { cores, memoryBytes: whole ?? memoryBytes, tasks: [...holders.keys()] };
    },
    groups: (at) => shares.states(at, queue.requests()),
    settingsOf: shares.settingsOf,
    groupUse: shares.use,
    heldUp: inTheWay.heldUp,
    get wakeAt() {
      const times = [queue.nextBegin, preemptions.wakeAt, starting.wakeAt, reserved.nextEdge(time)].filter((at) => at !== undefined);
      const next = Math.min(...times);
      return next < Infinity ? next : undefined;
    },
    get policy() {
      return policy.name;
    },
    get isPaused() {
      return isPaused;
    },
  };
};

const idOf = ({ task }: Waiting): string => task.id;
