import type { Nearness } from '../../../../shared/model/nearness.ts';
import { attainedAfter, secondsDone } from '../../attained.ts';
import { createOrderedList } from '../../lib/ordered-list.ts';
import type {
  Candidate,
  Decision,
  Grant,
  Scheduler,
  SchedulerEvent,
  SchedulerSnapshot,
  Standstill,
  TaskRequest,
} from '../../scheduler-port.ts';

/** Makes the scheduler that runs live go on from where another one stood, paused; whoever joins the parts hands it in. */
export type OpenScheduler = (snapshot: SchedulerSnapshot) => Scheduler;

/** How a task runs in a play. */
export interface PlayedRun {
  readonly task: TaskRequest;
  readonly grant: Grant;
  readonly startedAt: number;
  /** Absent when nobody knows: then it holds what it has to the end of the play. */
  readonly endsAt?: number;
  /** It ran when the play began. */
  readonly ranBefore: boolean;
  /** What its place was chosen from, where there was a choice. */
  readonly candidates?: readonly Candidate[];
  readonly near?: Nearness;
}

export interface Scenario {
  readonly snapshot: SchedulerSnapshot;
  /** What is done to the queue before it goes on. */
  readonly changes?: readonly SchedulerEvent[];
  /** What comes later, in the order of its coming. */
  readonly arrivals?: readonly { readonly at: number; readonly task: TaskRequest }[];
  /** How long a task takes in all that is placed like this and has run for so long already; undefined when nobody knows. */
  secondsOf(task: TaskRequest, grant: Grant, ranSeconds: number): number | undefined;
}

/** One that is being played. */
interface OpenRun extends PlayedRun {
  endsAt?: number;
}

interface End {
  readonly at: number;
  readonly place: number;
  readonly task: string;
  /** It is ended to make room and goes back in line. */
  readonly isPreempted?: true;
}

/** Events between two chances for others to run. */
const eventsInATurn = 50;

/**
 * Plays a queue forward under a virtual clock, by the very code that runs live, until everything that can start has started or `isEnough`
 * says so. Of one instant ends come first, then arrivals, then what waits for the time itself. What stands still ends only if it is to go on. Yields now and then, so that a
 * play can be left. Deterministic.
 */
export function* play(
  scenario: Scenario,
  open: OpenScheduler,
  isEnough: (run: PlayedRun) => boolean = () => false,
): Generator<void, PlayedRun[]> {
  const { snapshot, changes = [], arrivals = [], secondsOf } = scenario;
  const requests = new Map([...snapshot.waiting, ...arrivals.map(({ task }) => task)].map((task) => [task.id, task]));
  const runs: OpenRun[] = [];
  const ends = createOrderedList<End>((a, b) => a.at - b.at || a.place - b.place);
  /** Those that stand still, by task. */
  const still = new Map<string, { readonly run: OpenRun; readonly standstill: Standstill }>();
  /** What runs, by task, with its end where that is known. */
  const going = new Map<string, { readonly run: OpenRun; readonly end?: End }>();
  let now = snapshot.at;
  let lastPlace = 0;
  let isOver = false;

  const plan = (run: OpenRun, end: Omit<End, 'place' | 'task'>): void => {
    const planned: End = { ...end, place: (lastPlace += 1), task: run.task.id };
    const before = going.get(run.task.id)?.end;
    if (before) ends.delete(before);
    run.endsAt = end.at;
    ends.add(planned);
    going.set(run.task.id, { run, end: planned });
  };

  /** `since` is when it would have started, had it never stood still. What was ended before needs longer than it had then. */
  const goOn = (run: OpenRun, since: number): void => {
    const { task, grant } = run;
    const begun = since - secondsDone(task) * 1000;
    const seconds = secondsOf(task, grant, Math.max(task.attained?.seconds ?? 0, (now - begun) / 1000));
    if (seconds === undefined) going.set(task.id, { run });
    else plan(run, { at: Math.max(now, begun + seconds * 1000) });
  };

  const recover = ({ task, grant, startedAt, standsStill, endsFor }: SchedulerSnapshot['running'][number]): void => {
    const run: OpenRun = { task, grant, startedAt, ranBefore: true };
    runs.push(run);
    if (standsStill) {
      still.set(task.id, { run, standstill: standsStill });
      going.set(task.id, { run });
    } else goOn(run, startedAt);
    if (endsFor) preempt(task.id);
  };

  /** It is thought to need all the time that it is given. */
  const preempt = (id: string): void => {
    const found = going.get(id);
    const at = now + (found?.run.task.preemptible?.graceSeconds ?? 0) * 1000;
    if (!found || (found.end && found.end.at <= at)) return;
    still.delete(id);
    plan(found.run, { at, isPreempted: true });
  };

  /** What was preempted goes back in line, and takes up its work there or begins anew. */
  const finish = ({ task, isPreempted }: End): SchedulerEvent => {
    const run = going.get(task)?.run;
    going.delete(task);
    if (!isPreempted || !run) return { kind: 'ended', task, succeeded: true };
    const { graceSeconds = 0 } = run.task.preemptible ?? {};
    const attained = attainedAfter(run.task, { seconds: (now - run.startedAt) / 1000, endSeconds: graceSeconds }, now);
    const again = { ...run.task, after: [], attained };
    requests.set(task, again);
    return { kind: 'requeued', task: again };
  };

  const follow = (decision: Decision): void => {
    const task = requests.get(decision.task);
    const stood = still.get(decision.task);
    if (decision.kind === 'start' && task) {
      const { grant, candidates, near } = decision;
      const run: OpenRun = { task, grant, startedAt: now, ranBefore: false, ...(candidates && { candidates }), ...(near && { near }) };
      runs.push(run);
      goOn(run, now);
      isOver ||= isEnough(run);
    } else if (decision.kind === 'resume' && stood) {
      still.delete(decision.task);
      goOn(stood.run, stood.run.startedAt + now - stood.standstill.since);
    } else if (decision.kind === 'preempt') preempt(decision.task);
  };

  for (const one of snapshot.running) recover(one);
  const scheduler = open(snapshot);
  yield;
  for (const event of [...changes, { kind: 'resumed' } as const]) scheduler.apply(event, now).forEach(follow);

  let arrived = 0;
  const endsRunning = snapshot.reserved.some((part) => part.endsRunning);
  const mayStart = (): boolean =>
    scheduler.counts.waiting > 0 ||
    // What is ended for a reservation starts again.
    (endsRunning && going.size > 0) ||
    arrived < arrivals.length ||
    [...still.values()].some(({ standstill }) => standstill.turn !== undefined);
  for (let events = 1; !isOver && mayStart(); events += 1) {
    const end = ends.first();
    const arrival = arrivals[arrived];
    const [endsAt, arrivesAt, wakesAt] = [end?.at ?? Infinity, arrival?.at ?? Infinity, scheduler.wakeAt ?? Infinity];
    const next = Math.min(endsAt, arrivesAt, wakesAt);
    if (next === Infinity) break;
    now = Math.max(now, next);
    if (end && endsAt === next) {
      ends.delete(end);
      scheduler.apply(finish(end), now).forEach(follow);
    } else if (arrival && arrivesAt === next) {
      const together: SchedulerEvent[] = [];
      // What came in one request came together.
      for (let one = arrivals[arrived]; one?.at === arrivesAt; one = arrivals[(arrived += 1)])
        together.push({ kind: 'submitted', task: one.task });
      scheduler.apply({ kind: 'together', events: together }, now).forEach(follow);
    } else scheduler.apply({ kind: 'timePassed' }, now).forEach(follow);
    if (events % eventsInATurn === 0) yield;
  }
  return runs;
}

/** Whether a task would start at once if this were done to the queue as it stands. */
export function* startsAtOnce(
  snapshot: SchedulerSnapshot,
  changes: readonly SchedulerEvent[],
  task: string,
  open: OpenScheduler,
): Generator<void, boolean> {
  const scheduler = open(snapshot);
  yield;
  const events: SchedulerEvent[] = [...(snapshot.isPaused ? [] : [{ kind: 'resumed' } as const]), ...changes];
  return events
    .flatMap((event) => scheduler.apply(event, snapshot.at))
    .some((decision) => decision.kind === 'start' && decision.task === task);
}
