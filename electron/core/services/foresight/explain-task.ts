import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Explanation, PlacementCandidate } from '../../../../shared/model/plan.ts';
import type { Candidate, SchedulerEvent, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';
import { lengthsIn, scenarioOf } from './plan-queue.ts';
import { play, startsAtOnce, type OpenScheduler, type PlayedRun } from './play.ts';
import { remediesFor } from './remedies.ts';
import { placeOf } from '../../grant-place.ts';
import type { Quantile, RunLengths } from './run-lengths.ts';

export interface ExplanationQuestion {
  readonly snapshot: SchedulerSnapshot;
  /** Waiting or held. */
  readonly task: TaskRequest;
  readonly policies: readonly PolicyName[];
}

/** What only a play can tell. */
export type Foretold = Pick<Explanation, 'startsAt' | 'startsAtLatest' | 'endsAt' | 'endsAtLatest' | 'remedies' | 'candidates' | 'near'>;

/** When a task should run, what would start it now, and where it could run: all of it tried on copies of the queue. */
export function* explainTask(question: ExplanationQuestion, open: OpenScheduler): Generator<void, Foretold> {
  const { snapshot, task } = question;
  const lengths = lengthsIn(snapshot);
  const run = yield* runOf(task.id, snapshot, lengths, 'p50Seconds', open);
  const late = yield* runOf(task.id, snapshot, lengths, 'p90Seconds', open);
  return {
    ...(run && { startsAt: run.startedAt }),
    ...(run && late && { startsAtLatest: Math.max(run.startedAt, late.startedAt) }),
    ...(run?.endsAt !== undefined && { endsAt: run.endsAt }),
    ...(run?.endsAt !== undefined && late?.endsAt !== undefined && { endsAtLatest: Math.max(run.endsAt, late.endsAt) }),
    remedies: yield* workingRemedies(question, open),
    candidates: run ? candidatesOf(run, snapshot, lengths) : [],
    ...(run?.near && { near: run.near }),
  };
}

function* runOf(
  task: string,
  snapshot: SchedulerSnapshot,
  lengths: RunLengths,
  quantile: Quantile,
  open: OpenScheduler,
): Generator<void, PlayedRun | undefined> {
  if (!snapshot.waiting.some(({ id }) => id === task)) return undefined;
  const runs = yield* play(scenarioOf(snapshot, lengths, quantile), open, (run) => run.task.id === task);
  return runs.find((run) => run.task.id === task);
}

/** Of jobs whose end or rest would help, so many are named. */
const holdersNamed = 3;

function* workingRemedies(
  { snapshot, task, policies }: ExplanationQuestion,
  open: OpenScheduler,
): Generator<void, Explanation['remedies']> {
  const working: Explanation['remedies'] = [];
  const named = { 'pause-holder': 0, 'cancel-holder': 0 };
  for (const { remedy, changes } of remediesFor(snapshot, task, policies)) {
    const isHolder = remedy.code === 'pause-holder' || remedy.code === 'cancel-holder';
    if (isHolder && named[remedy.code] === holdersNamed) continue;
    if (!(yield* wouldHelp(snapshot, changes, task.id, open))) continue;
    if (isHolder) named[remedy.code] += 1;
    working.push(remedy);
  }
  return working;
}

/** With more of those ahead a remedy is tried only if it helped with these. */
const firstAhead = 300;

/**
 * Most attempts fail however few are in line, and setting up a long queue takes as long as hundreds of short ones: so it is tried with nobody
 * else in line, then with the first of those ahead, and only then with everybody.
 */
function* wouldHelp(
  snapshot: SchedulerSnapshot,
  changes: readonly SchedulerEvent[],
  task: string,
  open: OpenScheduler,
): Generator<void, boolean> {
  const { waiting } = snapshot;
  const own = waiting.filter(({ id }) => id === task);
  // In the order of arrival, in which nobody waits for a faster device.
  const alone: SchedulerSnapshot = { ...snapshot, policy: 'fifo', waiting: own, remembered: {} };
  const withoutPolicy = changes.filter(({ kind }) => kind !== 'policyChanged');
  if (!(yield* startsAtOnce(alone, withoutPolicy, task, open))) return false;
  const keepsOrder = withoutPolicy.length === changes.length;
  if (keepsOrder && waiting.length > 2 * firstAhead) {
    const ahead = waiting.slice(0, firstAhead).filter(({ id }) => id !== task);
    if (!(yield* startsAtOnce({ ...snapshot, waiting: [...ahead, ...own] }, changes, task, open))) return false;
  }
  return yield* startsAtOnce(snapshot, changes, task, open);
}

/** What the scheduler will choose between when it starts; where it has no choice, the place that it will have. */
const candidatesOf = ({ task, grant, startedAt, endsAt, candidates }: PlayedRun, { capacity }: SchedulerSnapshot, lengths: RunLengths) => {
  const place = placeOf(grant);
  const p50Seconds = lengths.of(task, grant, 0, 'p50Seconds');
  const only: Candidate = {
    device: place,
    freeAt: startedAt,
    ...(p50Seconds !== undefined && { p50Seconds }),
    ...(endsAt !== undefined && { finishesAt: endsAt }),
  };
  const nameOf = (device: string): string => capacity.devices.find(({ id }) => id === device)?.name ?? device;
  return (candidates ?? [only]).map((one): PlacementCandidate => ({
    ...one,
    deviceName: one.device.split('+').map(nameOf).join(' + '),
    isChosen: one.device === place,
  }));
};
