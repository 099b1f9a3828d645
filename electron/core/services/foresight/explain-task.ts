import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Explanation, PlacementCandidate } from '../../../../shared/model/plan.ts';
import type { DeviceCapacity, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';
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
export type Foretold = Pick<Explanation, 'startsAt' | 'startsAtLatest' | 'endsAt' | 'endsAtLatest' | 'remedies' | 'candidates'>;

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
    candidates: run ? yield* candidatesFor(run, snapshot, lengths, open) : [],
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
    if (!(yield* startsAtOnce(snapshot, changes, task.id, open))) continue;
    if (isHolder) named[remedy.code] += 1;
    working.push(remedy);
  }
  return working;
}

/** So many devices are tried. */
const devicesTried = 16;

/** Each device that the task could have, as if it might have no other; the one that it gets is the chosen one. */
function* candidatesFor(
  run: PlayedRun,
  snapshot: SchedulerSnapshot,
  lengths: RunLengths,
  open: OpenScheduler,
): Generator<void, PlacementCandidate[]> {
  const { task } = run;
  const found: PlacementCandidate[] = [candidateOf(run, snapshot, lengths, true)];
  if ((task.device?.count ?? 1) > 1) return found;
  const kind = task.device?.kind ?? 'cpu';
  const others = devicesOf(snapshot, kind).filter(({ id }) => id !== placeOf(run.grant) && mayHave(task, id, devicesOf(snapshot, kind)));
  for (const { id } of others.slice(0, devicesTried - 1)) {
    const only: TaskRequest = { ...task, on: [...(task.on ?? []).filter((one) => !isOfKind(snapshot, one, kind)), id] };
    const tried = { ...snapshot, waiting: snapshot.waiting.map((one) => (one.id === task.id ? only : one)) };
    const there = yield* runOf(task.id, tried, lengths, 'p50Seconds', open);
    if (there) found.push(candidateOf(there, snapshot, lengths, false));
  }
  return found.toSorted((a, b) => (a.finishesAt ?? a.freeAt) - (b.finishesAt ?? b.freeAt) || Number(b.isChosen) - Number(a.isChosen));
}

const devicesOf = ({ capacity }: SchedulerSnapshot, kind: string): DeviceCapacity[] =>
  capacity.devices.filter((device) => device.kind === kind && !device.unusable);

const isOfKind = ({ capacity }: SchedulerSnapshot, id: string, kind: string): boolean =>
  capacity.devices.some((device) => device.id === id && device.kind === kind);

/** One that names devices of the kind may have no other. */
const mayHave = ({ on = [] }: TaskRequest, id: string, ofKind: readonly DeviceCapacity[]): boolean =>
  on.includes(id) || !ofKind.some((device) => on.includes(device.id));

const candidateOf = (
  { task, grant, startedAt, endsAt }: PlayedRun,
  { capacity }: SchedulerSnapshot,
  lengths: RunLengths,
  isChosen: boolean,
): PlacementCandidate => {
  const device = placeOf(grant);
  const p50Seconds = lengths.of(task, grant, 0, 'p50Seconds');
  const names = device.split('+').map((id) => capacity.devices.find((one) => one.id === id)?.name ?? id);
  return {
    device,
    deviceName: names.join(' + '),
    freeAt: startedAt,
    ...(p50Seconds !== undefined && { p50Seconds }),
    ...(endsAt !== undefined && { finishesAt: endsAt }),
    isChosen,
  };
};
