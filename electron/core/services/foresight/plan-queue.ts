import type { Plan, PlannedRun } from '../../../../shared/model/plan.ts';
import type { SchedulerSnapshot } from '../../scheduler-port.ts';
import { play, type OpenScheduler, type PlayedRun } from './play.ts';
import { placeOf } from '../../grant-place.ts';
import { createRunLengths, type Quantile, type RunLengths } from './run-lengths.ts';

export interface PlanQuestion {
  readonly snapshot: SchedulerSnapshot;
  /** Waiting tasks in all, those that the snapshot leaves out too. */
  readonly waiting: number;
  /** How many are planned. */
  readonly limit: number;
}

/** Who runs next, where and when: once with everything at its median, and once at its P90 for the latest ends. */
export function* planQueue({ snapshot, waiting, limit }: PlanQuestion, open: OpenScheduler): Generator<void, Plan> {
  const lengths = lengthsIn(snapshot);
  let left = limit;
  const runs = yield* play(scenarioOf(snapshot, lengths, 'p50Seconds'), open, () => (left -= 1) <= 0);
  const late = yield* latestOf(runs, snapshot, lengths, open);
  // What is ended to make room starts again, and did not wait.
  const begun = new Set(runs.flatMap(({ task, ranBefore }) => (ranBefore ? [] : [task.id])));
  const planned = snapshot.waiting.filter(({ id }) => begun.has(id)).length;
  const unplanned = planned < limit ? snapshot.waiting.length - planned : 0;
  return {
    madeAt: snapshot.at,
    isPaused: snapshot.isPaused,
    runs: runs.slice(0, snapshot.running.length + limit).map((run) => toPlannedRun(run, lengths, late(run))),
    unplanned,
    beyond: waiting - planned - unplanned,
  };
}

/** Of each run the same one when everything takes its P90: what is ended to make room runs more than once. */
function* latestOf(
  runs: readonly PlayedRun[],
  snapshot: SchedulerSnapshot,
  lengths: RunLengths,
  open: OpenScheduler,
): Generator<void, (run: PlayedRun) => PlayedRun | undefined> {
  const missing = new Set(runs.flatMap(({ task, ranBefore }) => (ranBefore ? [] : [task.id])));
  const late = yield* play(scenarioOf(snapshot, lengths, 'p90Seconds'), open, ({ task }) => {
    missing.delete(task.id);
    return missing.size === 0;
  });
  const runsOf = Map.groupBy(late, ({ task }) => task.id);
  const turns = Map.groupBy(runs, ({ task }) => task.id);
  return (run) => {
    const known = runsOf.get(run.task.id) ?? [];
    return known[turns.get(run.task.id)?.indexOf(run) ?? 0] ?? known.at(-1);
  };
}

export const lengthsIn = ({ running, waiting }: SchedulerSnapshot): RunLengths =>
  createRunLengths([...running.map(({ task }) => task), ...waiting]);

export const scenarioOf = (snapshot: SchedulerSnapshot, lengths: RunLengths, quantile: Quantile): Parameters<typeof play>[0] => ({
  snapshot,
  secondsOf: (task, grant, ranSeconds) => lengths.of(task, grant, ranSeconds, quantile),
});

export const toPlannedRun = (run: PlayedRun, lengths?: RunLengths, late?: PlayedRun): PlannedRun => {
  const { task, grant, startedAt, endsAt, ranBefore } = run;
  const endsFrom = lengths?.basisOf(task, grant);
  return {
    job: task.job,
    ...(task.part !== undefined && { part: task.part }),
    group: task.group,
    kind: ranBefore ? 'running' : 'planned',
    devices: placeOf(grant).split('+'),
    cores: grant.cores,
    startsAt: startedAt,
    ...(endsAt !== undefined && { endsAt }),
    ...(endsAt !== undefined && late?.endsAt !== undefined && { endsAtLatest: Math.max(endsAt, late.endsAt) }),
    ...(endsAt !== undefined && endsFrom && { endsFrom }),
    ...(task.deadline !== undefined && { deadline: task.deadline }),
  };
};
