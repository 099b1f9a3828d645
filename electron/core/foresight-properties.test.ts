import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyName } from '../../shared/contract/scheduler.ts';
import type { PlannedRun, Remedy } from '../../shared/model/plan.ts';
import type { Capacity, Grant, Scheduler, SchedulerEvent, SchedulerSnapshot, TaskRequest } from './scheduler-port.ts';
import { comparePolicies, type Engine } from './services/foresight/compare-policies.ts';
import { explainTask } from './services/foresight/explain-task.ts';
import { planQueue } from './services/foresight/plan-queue.ts';
import { startsAtOnce } from './services/foresight/play.ts';
import { remediesFor } from './services/foresight/remedies.ts';
import { sizeOf } from './services/scheduler/machine-size.ts';
import { fromSnapshot } from './services/scheduler/snapshot.ts';
import { capacityWith, evenly, gigabyte, gpu, jobOf, open, request } from './services/scheduler/test-machine.ts';
import { resources } from './services/scheduler/use.ts';

/* Plans by the scheduler that runs live: what holds of each, whatever waits. */

const engine: Engine = { open: fromSnapshot, measure: sizeOf, resources };
const machine = capacityWith(gpu(0), gpu(1));

const finish = <Answer>(steps: Generator<unknown, Answer>): Answer => {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
};

const planOf = (snapshot: SchedulerSnapshot, limit = 1000) =>
  finish(planQueue({ snapshot, waiting: snapshot.waiting.length, limit }, fromSnapshot));

/** What is drawn of a task. */
interface Drawn {
  readonly cores: number;
  readonly memory: number;
  readonly gpus: number;
  readonly gpuMemory: number;
  readonly seconds: number;
  readonly slow: number;
  readonly group: string;
  readonly priority: number;
  readonly isAfterLast: boolean;
  /** Seconds. */
  readonly notBefore: number | undefined;
  readonly deadline: number | undefined;
}

const anyTask: fc.Arbitrary<Drawn> = fc.record({
  cores: fc.integer({ min: 1, max: 4 }),
  memory: fc.integer({ min: 1, max: 8 }),
  gpus: fc.integer({ min: 0, max: 2 }),
  gpuMemory: fc.integer({ min: 0, max: 16 }),
  seconds: fc.integer({ min: 1, max: 500 }),
  slow: fc.integer({ min: 1, max: 4 }),
  group: fc.constantFrom('a', 'b', 'b/c'),
  priority: fc.integer({ min: -3, max: 3 }),
  isAfterLast: fc.boolean(),
  notBefore: fc.option(fc.integer({ min: 1, max: 800 }), { nil: undefined, freq: 4 }),
  deadline: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
});

const taskOf = (drawn: Drawn, index: number): TaskRequest => {
  const { cores, memory, gpus, gpuMemory, seconds, slow, group, priority, isAfterLast, notBefore, deadline } = drawn;
  return request(index + 1, {
    cores,
    memoryBytes: memory * gigabyte,
    group,
    priority,
    ...(gpus > 0 && { device: { kind: 'gpu', count: gpus, ...(gpuMemory > 0 && { memoryBytes: gpuMemory * gigabyte }) } }),
    estimate: { p50Seconds: seconds, p90Seconds: seconds * slow },
    estimateOn: { gpu1: { p50Seconds: 2 * seconds, p90Seconds: 2 * seconds * slow } },
    ...(notBefore !== undefined && { notBefore: notBefore * 1000 }),
    ...(deadline !== undefined && { deadline: deadline * 1000 }),
    ...(isAfterLast && index > 0 && { after: [{ task: String(index), job: jobOf(index) }] }),
  });
};

/** Everything that runs takes its median on what it was granted. */
const createLive = (policy: PolicyName, given: Capacity) => {
  const scheduler: Scheduler = open(policy, given);
  const running: { task: TaskRequest; at: number; place: number }[] = [];
  const tasks = new Map<string, TaskRequest>();
  const starts = new Map<string, { at: number; grant: Grant }>();
  let now = 0;
  const apply = (event: SchedulerEvent): void => {
    for (const decision of scheduler.apply(event, now)) {
      const task = tasks.get(decision.task);
      if (decision.kind !== 'start' || !task) continue;
      starts.set(task.id, { at: now, grant: decision.grant });
      const onGpu1 = decision.grant.accelerators.length === 1 && decision.grant.accelerators[0]?.device === 'gpu1';
      const seconds = (onGpu1 ? task.estimateOn?.['gpu1'] : task.estimate)?.p50Seconds ?? 0;
      running.push({ task, at: now + seconds * 1000, place: starts.size });
    }
  };
  return {
    scheduler,
    starts,
    get now() {
      return now;
    },
    submit(task: TaskRequest): void {
      tasks.set(task.id, task);
      now = Math.max(now, task.enqueuedAt);
      apply({ kind: 'submitted', task });
    },
    look: () => apply({ kind: 'timePassed' }),
    /** Lets everything end that ends by then. */
    goOn(until: number): void {
      for (;;) {
        const [next] = running.toSorted((a, b) => a.at - b.at || a.place - b.place);
        const wakeAt = scheduler.wakeAt ?? Infinity;
        const at = Math.min(next?.at ?? Infinity, wakeAt);
        if (at > until || at === Infinity) break;
        now = Math.max(now, at);
        if (next?.at === at) {
          running.splice(running.indexOf(next), 1);
          apply({ kind: 'ended', task: next.task.id, succeeded: true });
        } else apply({ kind: 'timePassed' });
      }
      if (until !== Infinity) now = Math.max(now, until);
    },
  };
};

const anyQueue = fc.record({
  policy: fc.constantFrom(...PolicyName.options),
  tasks: fc.array(anyTask, { minLength: 1, maxLength: 25 }),
  /** Milliseconds between the first submission and the plan. */
  age: fc.integer({ min: 0, max: 300_000 }),
});

/** A live scheduler in the middle of its work, the last task just submitted. */
const inTheMiddle = ({ policy, tasks, age }: { policy: PolicyName; tasks: readonly Drawn[]; age: number }, given = machine) => {
  const live = createLive(policy, given);
  for (const [index, drawn] of tasks.entries()) {
    const task = taskOf(drawn, index);
    live.goOn(task.enqueuedAt);
    // One that waits for a task that has ended already would not be told of it.
    const after = task.after.filter((one) => !live.starts.has(one.task));
    live.submit({ ...task, after });
  }
  live.goOn(live.now + age);
  return live;
};

const startsIn = (runs: readonly PlannedRun[]): [number, number, string[]][] =>
  runs.filter(({ kind }) => kind === 'planned').map(({ job, startsAt, devices }) => [job.id, startsAt, devices]);

test('a plan is what the live scheduler then does, when everything takes its median', () => {
  fc.assert(
    fc.property(anyQueue, fc.constantFrom(machine, evenly), (queue, given) => {
      const live = inTheMiddle(queue, given);
      const before = new Set(live.starts.keys());
      const plan = planOf(structuredClone(live.scheduler.snapshot(live.now, 1000)));
      // A plan begins with a look at the queue, and since the last event time may have made somebody late or given somebody the turn.
      live.look();
      live.goOn(Infinity);
      const really = [...live.starts].filter(([id]) => !before.has(id)).map(([id, { at, grant }]) => [Number(id), at, placesOf(grant)]);
      expect(startsIn(plan.runs)).toEqual(really);
      expect(plan.unplanned).toBe(live.scheduler.counts.waiting);
    }),
    { numRuns: 150 },
  );
});

const placesOf = ({ device, accelerators }: Grant): string[] =>
  accelerators.length === 0 ? [device] : accelerators.map((one) => one.device).toSorted();

test('nothing is planned before it was submitted or before now, and ends come no later than at the latest', () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const { scheduler, now } = inTheMiddle(queue);
      for (const { kind, job, startsAt, endsAt = 0, endsAtLatest = Infinity } of planOf(scheduler.snapshot(now, 1000)).runs) {
        if (kind === 'planned') expect(startsAt).toBeGreaterThanOrEqual(Math.max(now, job.id * 1000));
        expect(endsAt).toBeGreaterThan(startsAt);
        expect(endsAtLatest).toBeGreaterThanOrEqual(endsAt);
      }
    }),
    { numRuns: 100 },
  );
});

test('cores are never planned twice, under any policy', () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const { scheduler, now } = inTheMiddle(queue);
      const outcomes = finish(
        comparePolicies({ snapshot: scheduler.snapshot(now, 1000), policies: PolicyName.options, listed: 1000 }, engine),
      );
      for (const { runs, figures } of outcomes) {
        for (const { startsAt: at } of runs) {
          const used = runs.filter(({ startsAt, endsAt = Infinity }) => startsAt <= at && at < endsAt);
          expect(used.reduce((sum, { cores }) => sum + cores, 0)).toBeLessThanOrEqual(4);
        }
        for (const share of Object.values(figures.utilization)) expect(share).toBeLessThanOrEqual(1 + 1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

test('the same snapshot gives the same plan, in whatever order its waiting tasks stand', () => {
  fc.assert(
    fc.property(anyQueue, fc.infiniteStream(fc.nat()), (queue, numbers) => {
      const { scheduler, now } = inTheMiddle(queue);
      const snapshot = scheduler.snapshot(now, 1000);
      const shuffled = snapshot.waiting
        .map((task) => ({ task, place: numbers.next().value as number }))
        .toSorted((a, b) => a.place - b.place);
      expect(planOf({ ...snapshot, waiting: shuffled.map(({ task }) => task) })).toEqual(planOf(snapshot));
    }),
    { numRuns: 60 },
  );
});

describe('an explanation', () => {
  test('names all remedies that start the task at once, and no other, on the live scheduler too', () => {
    fc.assert(
      fc.property(anyQueue, (queue) => {
        const { scheduler, now } = inTheMiddle(queue);
        const [id = ''] = scheduler.waiting(0, 1000).slice(-1);
        const task = scheduler.requestOf(id);
        if (!task) return;
        const snapshot = scheduler.snapshot(now, 1000);
        const { remedies, startsAt, candidates } = finish(explainTask({ snapshot, task, policies: PolicyName.options }, fromSnapshot));
        const planned = planOf(snapshot).runs.find(({ kind, job }) => kind === 'planned' && job.id === task.job.id);
        expect(startsAt).toBe(planned?.startsAt);
        expect(candidates.filter(({ isChosen }) => isChosen)).toHaveLength(planned ? 1 : 0);
        expect(remedies).toEqual(everyRemedy(snapshot, task));
        for (const remedy of remedies) {
          const copy = fromSnapshot(snapshot);
          const decisions = [...copy.apply({ kind: 'resumed' }, now)];
          expect(decisions).toEqual([]);
          if (remedy.code === 'other-policy')
            decisions.push(...copy.apply({ kind: 'policyChanged', policy: PolicyName.parse(remedy.values.policy) }, now));
          else if (remedy.code === 'run-next') decisions.push(...copy.apply({ kind: 'changed', task: { ...task, boost: 99 } }, now));
          else if (remedy.code === 'pause-holder')
            decisions.push(...copy.apply({ kind: 'suspended', task: String(remedy.values.job.id) }, now));
          else if (remedy.code === 'cancel-holder')
            decisions.push(...copy.apply({ kind: 'ended', task: String(remedy.values.job.id), succeeded: false }, now));
          else continue;
          expect(decisions.some((decision) => decision.kind === 'start' && decision.task === id)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** Each tried with everybody in line; of jobs that are in the way three are named. */
const everyRemedy = (snapshot: SchedulerSnapshot, task: TaskRequest): Remedy[] => {
  const helping = remediesFor(snapshot, task, PolicyName.options)
    .filter(({ changes }) => finish(startsAtOnce(snapshot, changes, task.id, fromSnapshot)))
    .map(({ remedy }) => remedy);
  const ofCode = (code: string) => helping.filter((remedy) => remedy.code === code);
  return helping.filter((remedy) => !remedy.code.endsWith('-holder') || ofCode(remedy.code).indexOf(remedy) < 3);
};

const oneCore: Capacity = capacityWith();
const estimated = (id: number, seconds: number, values: Partial<TaskRequest> = {}): TaskRequest =>
  request(id, { cores: 4, estimate: { p50Seconds: seconds, p90Seconds: 3 * seconds }, ...values });

describe('how long tasks take', () => {
  const planned = (now: number, ...tasks: TaskRequest[]) => {
    const scheduler = open('fifo', oneCore);
    for (const task of tasks) scheduler.apply({ kind: 'submitted', task }, 0);
    return planOf(scheduler.snapshot(now, 1000)).runs.map(({ startsAt, endsAt, endsFrom }) => [startsAt, endsAt, endsFrom]);
  };

  test('one that has outlasted its median is taken to end at its P90, then at twice of it', () => {
    const ends = [5000, 15_000, 40_000, 70_000].map((now) => planned(now, estimated(1, 10))[0]?.[1]);
    expect(ends).toEqual([10_000, 30_000, 60_000, 120_000]);
  });

  test('a time limit ends it; without an estimate of its own the median of its group counts, then the limit', () => {
    expect(planned(0, estimated(1, 10, { limitSeconds: 4 }))).toEqual([[0, 4000, 'prediction']]);
    const { estimate: _, ...unknown } = estimated(2, 0);
    expect(planned(0, estimated(1, 10), estimated(3, 20), unknown)[1]).toEqual([10_000, 25_000, 'group']);
    expect(planned(0, { ...unknown, limitSeconds: 7 })).toEqual([[0, 7000, 'limit']]);
    expect(planned(0, unknown, estimated(3, 10, { group: 'other' }))).toEqual([[0, undefined, undefined]]);
  });
});

test('what has outrun its P90 makes room in the plan as it will live, and goes on where it was', () => {
  const scheduler = open('shortest', oneCore);
  const outruns = estimated(1, 10, { enqueuedAt: 0, preemptible: { quantumSeconds: 5, graceSeconds: 2 } });
  for (const task of [outruns, estimated(2, 5, { enqueuedAt: 0 })]) scheduler.apply({ kind: 'submitted', task }, 0);
  const runsAt = (now: number) => planOf(scheduler.snapshot(now, 1000)).runs.map(({ job, startsAt, endsAt }) => [job.id, startsAt, endsAt]);
  expect(runsAt(5000)).toEqual([
    [1, 0, 10_000],
    [2, 10_000, 15_000],
  ]);
  // By then it is thought to need 60 s in all.
  expect(runsAt(35_000)).toEqual([
    [1, 0, 37_000],
    [2, 37_000, 42_000],
    [1, 42_000, 65_000],
  ]);
});

test('each run of what makes room has a latest end of its own, and only who waited counts as planned', () => {
  const scheduler = open('deadline', oneCore);
  const long = estimated(1, 100, { enqueuedAt: 0, preemptible: { quantumSeconds: 20, graceSeconds: 2 } });
  const report = estimated(2, 5, { enqueuedAt: 0, deadline: 60_000 });
  const endless = request(3, { enqueuedAt: 0, cores: 4, group: 'other' });
  const behind = request(4, { enqueuedAt: 0, cores: 4, group: 'other' });
  for (const task of [long, report, endless, behind]) scheduler.apply({ kind: 'submitted', task }, 0);
  const { runs } = planOf(scheduler.snapshot(5000, 1000));
  expect(runs.filter(({ job }) => job.id === 1).map(({ endsAt, endsAtLatest }) => [endsAt, endsAtLatest])).toEqual([
    [22_000, 22_000],
    [105_000, 315_000],
  ]);
  const [outcome] = finish(comparePolicies({ snapshot: scheduler.snapshot(5000, 1000), policies: ['deadline'], listed: 1000 }, engine));
  expect(outcome?.unplanned).toBe(2);
});

test('who is being ended is no one to pause or cancel, and who waits for what it holds is told so', () => {
  const scheduler = open('fifo', oneCore);
  scheduler.apply({ kind: 'submitted', task: estimated(1, 100, { preemptible: { quantumSeconds: 20, graceSeconds: 30 } }) }, 0);
  const part = { id: 7, group: 'lab', cores: 4, memoryBytes: 0, devices: [], endsRunning: true, windows: [{ from: 1000, to: 90_000 }] };
  scheduler.apply({ kind: 'reservedChanged', parts: [part] }, 1000);
  const waiting = estimated(2, 5, { group: 'lab' });
  scheduler.apply({ kind: 'submitted', task: waiting }, 1000);
  expect(scheduler.explain('2')?.reason).toMatchObject({ code: 'cores-busy', values: { holders: [jobOf(1)], ending: [jobOf(1)] } });
  const { remedies } = finish(
    explainTask({ snapshot: scheduler.snapshot(2000, 1000), task: waiting, policies: PolicyName.options }, fromSnapshot),
  );
  expect(remedies).toEqual([]);
});

test('what makes room for a deadline does so in the plan as it will live, and goes on where it was', () => {
  const scheduler = open('deadline', oneCore);
  const long = estimated(1, 100, { enqueuedAt: 0, preemptible: { quantumSeconds: 20, graceSeconds: 2 } });
  const report = estimated(2, 5, { enqueuedAt: 0, deadline: 60_000 });
  for (const task of [long, report]) scheduler.apply({ kind: 'submitted', task }, 0);
  const { runs } = planOf(scheduler.snapshot(5000, 1000));
  expect(runs.map(({ job, startsAt, endsAt }) => [job.id, startsAt, endsAt])).toEqual([
    [1, 0, 22_000],
    [2, 22_000, 27_000],
    [1, 27_000, 105_000],
  ]);
  expect(scheduler.wakeAt).toBe(20_000);
  expect(scheduler.apply({ kind: 'timePassed' }, 20_000)).toMatchObject([{ kind: 'preempt', task: '1', by: { task: '2' } }]);
});
