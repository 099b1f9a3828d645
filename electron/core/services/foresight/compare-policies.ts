import type { PolicyName, PolicyOutcome } from '../../../../shared/contract/scheduler.ts';
import type { SchedulerSnapshot } from '../../scheduler-port.ts';
import { lengthsIn, scenarioOf, toPlannedRun } from './plan-queue.ts';
import { play, type OpenScheduler, type PlayedRun, type Scenario } from './play.ts';
import { figuresOf, type JudgedRun, type MeasureCapacity } from './schedule-figures.ts';

/** What a play needs of the scheduler. */
export interface Engine {
  readonly open: OpenScheduler;
  readonly measure: MeasureCapacity;
  readonly resources: readonly string[];
}

export interface ComparisonQuestion {
  /** What runs and waits at the beginning; paused or not, the queue goes on. */
  readonly snapshot: SchedulerSnapshot;
  readonly policies: readonly PolicyName[];
  /** How many runs each outcome lists. */
  readonly listed: number;
  /** How long everything really took, by task, when it is the past that is played: then those that wait come when they really came. */
  readonly tookSeconds?: ReadonlyMap<string, number>;
}

/** How far a comparison has come. */
export interface ComparedSoFar {
  /** Of all that is to be played, from 0; below 1 until the end. */
  readonly share: number;
  /** Of the policies that have been played to the end. */
  readonly outcomes: readonly PolicyOutcome[];
}

/** The same tasks under each policy. */
export function* comparePolicies(question: ComparisonQuestion, engine: Engine): Generator<ComparedSoFar, PolicyOutcome[]> {
  const { policies, snapshot } = question;
  const outcomes: PolicyOutcome[] = [];
  for (const policy of policies) {
    let started = 0;
    const steps = playUnder(policy, question, engine, () => (started += 1));
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) {
        outcomes.push(step.value);
        break;
      }
      // What is ended to make room starts more than once, and when everything has started some still has to end.
      const ofThis = Math.min(0.99, started / Math.max(1, snapshot.waiting.length));
      yield { share: (outcomes.length + ofThis) / policies.length, outcomes };
    }
  }
  return outcomes;
}

function* playUnder(policy: PolicyName, question: ComparisonQuestion, engine: Engine, onStart: () => void): Generator<void, PolicyOutcome> {
  const { snapshot, tookSeconds, listed } = question;
  const lengths = tookSeconds ? undefined : lengthsIn(snapshot);
  // Changed as a person would change it, with what was promised before.
  const changes = policy === snapshot.policy ? [] : [{ kind: 'policyChanged' as const, policy }];
  const runs = yield* play(
    { ...(lengths ? scenarioOf(snapshot, lengths, 'p50Seconds') : pastScenario(snapshot, tookSeconds)), changes },
    engine.open,
    () => {
      onStart();
      return false;
    },
  );
  const judged = runs.flatMap(judgedRun);
  // What is ended to make room starts again, and did not wait.
  const told = new Set(runs.flatMap((run) => (run.ranBefore || judgedRun(run).length === 0 ? [] : [run.task.id])));
  return {
    policy,
    figures: figuresOf(judged, snapshot.at, { capacity: snapshot.capacity, ...engine }),
    runs: runs.slice(0, listed).map((run) => toPlannedRun(run, lengths)),
    unplanned: snapshot.waiting.filter(({ id }) => !told.has(id)).length,
  };
}

const pastScenario = (snapshot: SchedulerSnapshot, tookSeconds: ReadonlyMap<string, number> = new Map()): Scenario => ({
  snapshot: { ...snapshot, waiting: snapshot.waiting.filter(({ enqueuedAt }) => enqueuedAt < snapshot.at) },
  arrivals: snapshot.waiting
    .filter(({ enqueuedAt }) => enqueuedAt >= snapshot.at)
    .map((task) => ({ at: task.enqueuedAt, task }))
    .toSorted((a, b) => a.at - b.at || a.task.sequence - b.task.sequence),
  secondsOf: (task) => tookSeconds.get(task.id),
});

/** One whose end nobody knows uses the machine all the time; if it has only just begun it is not judged. */
const judgedRun = ({ task, grant, startedAt, endsAt = Infinity, ranBefore }: PlayedRun): JudgedRun[] =>
  endsAt === Infinity && !ranBefore
    ? []
    : [
        {
          job: task.job.id,
          group: task.group,
          enqueuedAt: task.enqueuedAt,
          startedAt,
          endsAt,
          grant,
          ranBefore,
          ...(task.deadline !== undefined && { deadline: task.deadline }),
        },
      ];
