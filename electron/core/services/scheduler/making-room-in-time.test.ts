import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, Scheduler, TaskRequest } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { gigabyte, jobOf, oneCore, open, request, started } from './test-machine.ts';
import { seconds } from './test-play.ts';
import { at, playOut, type Given, type Run } from './test-preemptions.ts';

/* Deadlines: what runs makes room for one that could not be in time otherwise. */

const preemptible = { quantumSeconds: 20, graceSeconds: 2 };
const task = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => request(id, { enqueuedAt: at(0), ...values });
const due = (deadline: number, length: number) => ({ deadline: at(deadline), ...seconds(length) });
const submitAt = (scheduler: Scheduler, now: number, ...tasks: TaskRequest[]): Decision[] =>
  tasks.flatMap((one) => scheduler.apply({ kind: 'submitted', task: one }, at(now)));
const preempted = (decisions: readonly Decision[]): string[] => decisions.flatMap(({ kind, task: id }) => (kind === 'preempt' ? [id] : []));

/** What is ended on one core when something runs there, for 100 s unless told otherwise, and another comes after 30 s. */
const endedFor = (running: Partial<TaskRequest>, waiting: Partial<TaskRequest>, scheduler = open('deadline', oneCore)): string[] => {
  const { preemptible: may, estimate, ...rest } = task(1, { preemptible, ...seconds(100), ...running });
  submitAt(scheduler, 0, { ...rest, ...(may && { preemptible: may }), ...(estimate && { estimate }) });
  return preempted(submitAt(scheduler, 30, task(2, { enqueuedAt: at(30), ...waiting })));
};

describe('what runs', () => {
  test('makes room for one that could not be in time otherwise, says whose deadline that saves, and goes on behind it', () => {
    const scheduler = open('deadline', oneCore);
    const long = task(1, { preemptible, ...seconds(100) });
    submitAt(scheduler, 0, long);
    const saves = { job: jobOf(2), due: at(60), otherwiseAt: at(110) };
    expect(submitAt(scheduler, 30, task(2, due(60, 10)))).toEqual([
      { kind: 'preempt', task: '1', by: { task: '2', job: jobOf(2), saves } },
    ]);
    expect(scheduler.explain('1')?.reason).toEqual({
      code: 'being-preempted',
      values: { by: jobOf(2), graceSeconds: 2, saves: jobOf(2), due: at(60), otherwiseAt: at(110) },
    });
    expect(scheduler.explain('2')?.reason).toEqual({
      code: 'preempting',
      values: { jobs: [jobOf(1)], graceSeconds: 2, saves: jobOf(2), due: at(60) },
    });
    // Of its 100 s it has done 30, and is thought to need 2 to take them up.
    const back = { ...long, attained: { seconds: 32, creditSeconds: 28, since: at(32) } };
    expect(started(scheduler.apply({ kind: 'requeued', task: back }, at(32)))).toEqual(['2']);
    expect(started(scheduler.apply({ kind: 'ended', task: '2', succeeded: true }, at(42)))).toEqual(['1']);
    submitAt(scheduler, 50, task(3, due(125, 10)));
    expect(scheduler.explain('3')?.reason, 'it ends at 114').toMatchObject({ code: 'cores-busy' });
  });

  test.each<[string, Partial<TaskRequest>, Partial<TaskRequest>]>([
    ['has no deadline', {}, due(60, 10)],
    ['is due later and can still be in time', { deadline: at(114) }, due(60, 10)],
    ['is due later and was late when it began', { deadline: at(99) }, due(60, 10)],
    ['has missed its deadline', { deadline: at(25) }, due(60, 10)],
    ['may go on for ever for all that is known', { estimate: undefined as never }, due(60, 10)],
    ['begins anew and loses less than the other would be late', { preemptible: { ...preemptible, losesWork: true } }, due(77, 10)],
  ])('makes room when it %s', (_, running, waiting) => {
    expect(endedFor(running, waiting)).toEqual(['1']);
  });

  test.each<[string, Partial<TaskRequest>, Partial<TaskRequest>]>([
    ['never said so', { preemptible: undefined as never }, due(60, 10)],
    ['was put first by hand', { boost: 1 }, due(60, 10)],
    ['is due before the other', { deadline: at(102) }, { ...due(103, 2) }],
    ['would be late itself then', { deadline: at(113) }, due(60, 10)],
    ['is early enough for the other', {}, due(111, 10)],
    ['would cost more than the other would be late', {}, due(106, 10)],
    ['ends too late for the other', {}, due(41, 10)],
    ['should end by itself within its grace', seconds(31.5), due(41, 10)],
    ['begins anew and loses more than the other would be late', { preemptible: { ...preemptible, losesWork: true } }, due(79, 10)],
    [
      'begins anew and may be about to end',
      { preemptible: { ...preemptible, losesWork: true }, estimate: undefined as never },
      due(60, 10),
    ],
    ['keeps out one without a deadline', {}, { priority: 900, ...seconds(1) }],
  ])('stays when it %s', (_, running, waiting) => {
    expect(endedFor(running, waiting)).toEqual([]);
  });

  test('runs for its quantum first, and who waits for that is in time only if that is not too late for it', () => {
    const scheduler = open('deadline', oneCore);
    submitAt(scheduler, 0, task(1, { preemptible, ...seconds(100) }));
    submitAt(scheduler, 5, task(2, due(31, 10)), task(3, due(35, 10)));
    expect(scheduler.explain('2')?.reason.code).toBe('deadline-late');
    expect(scheduler.explain('3')?.reason.code).toBe('cores-busy');
    expect(scheduler.wakeAt).toBe(at(20));
    expect(preempted(scheduler.apply({ kind: 'timePassed' }, at(20)))).toEqual(['1']);
  });

  test('makes room for the first in line when that alone lets the one behind it be in time', () => {
    const scheduler = open('deadline', oneCore);
    submitAt(scheduler, 0, task(1, { preemptible, ...seconds(40) }));
    expect(preempted(submitAt(scheduler, 30, task(2, due(60, 10))))).toEqual([]);
    const [decision] = submitAt(scheduler, 30, task(3, due(62, 18)));
    expect(decision).toMatchObject({ kind: 'preempt', task: '1', by: { task: '2', saves: { job: jobOf(3), due: at(62) } } });
  });

  test('makes room where the whole machine could do the work in time, but not while that holds what is needed', () => {
    const scheduler = open('deadline');
    submitAt(scheduler, 0, task(1, { preemptible, cores: 3, ...seconds(130) }));
    expect(preempted(submitAt(scheduler, 30, task(2, { cores: 4, ...due(120, 10) })))).toEqual(['1']);
  });

  test('of several the one without a deadline makes room, then what is due last, and no more than are needed', () => {
    const scheduler = open('deadline');
    const long = (id: number, values: Partial<TaskRequest> = {}): TaskRequest =>
      task(id, { preemptible, memoryBytes: gigabyte / 10, ...seconds(100), ...values });
    submitAt(scheduler, 0, long(1), long(2, { deadline: at(900) }), long(3, { deadline: at(800) }), long(4, { priority: 5 }));
    expect(preempted(submitAt(scheduler, 30, task(5, { cores: 3, ...due(60, 10) })))).toEqual(['1', '4', '2']);
  });

  test('a copy ends the same, and knows whose deadline that saves', () => {
    const scheduler = open('deadline', oneCore);
    submitAt(scheduler, 0, task(1, { preemptible, ...seconds(100), deadline: at(50) }));
    submitAt(scheduler, 30, task(2, due(70, 10)));
    const copy = fromSnapshot(structuredClone(scheduler.snapshot(at(31), 10)));
    copy.apply({ kind: 'resumed' }, at(31));
    expect(copy.explain('1')).toEqual(scheduler.explain('1'));
    expect(submitAt(copy, 32, task(3, due(75, 10)))).toEqual(submitAt(scheduler, 32, task(3, due(75, 10))));
    expect(copy.explain('3')).toEqual(scheduler.explain('3'));
  });
});

describe('whatever comes to one processor', () => {
  const anyRow = fc.record({
    arrives: fc.nat(300),
    p90: fc.oneof(fc.integer({ min: 2, max: 15 }), fc.integer({ min: 20, max: 120 })),
    /** Of its P90 it takes so many hundredths. */
    part: fc.integer({ min: 1, max: 100 }),
    slack: fc.option(fc.oneof(fc.nat(30), fc.nat(400)), { nil: undefined, freq: 3 }),
    way: fc.constantFrom('stays', 'goes on', 'goes on', 'begins anew'),
  });
  const anyRows = fc.array(anyRow, { minLength: 2, maxLength: 20 });
  type Row = typeof anyRow extends fc.Arbitrary<infer Value> ? Value : never;

  const givenOf = (rows: readonly Row[], quantum: typeof preemptible): Given[] =>
    rows.map(({ arrives, p90, part, slack, way }, index) => ({
      arrives,
      seconds: (p90 * part) / 100,
      task: request(index + 1, {
        enqueuedAt: at(arrives),
        memoryBytes: gigabyte / 100,
        ...seconds(p90 / 2, p90),
        ...(slack !== undefined && { deadline: at(arrives + p90 + slack) }),
        ...(way !== 'stays' && { preemptible: { ...quantum, ...(way === 'begins anew' && { losesWork: true as const }) } }),
      }),
    }));

  /** Who was in time for all that was known when it waited, or when it started at once. */
  const watch = () => {
    const admitted = new Set<string>();
    const late = new Set<string>();
    const look = (_: number, running: readonly Run[], scheduler: Scheduler): void => {
      for (const id of scheduler.waiting(0, 100)) {
        if (scheduler.requestOf(id)?.deadline === undefined) continue;
        const isLate = scheduler.explain(id)?.reason.code === 'deadline-late';
        if (isLate) expect(admitted.has(id), `the promise to ${id} is kept`).toBe(false);
        (isLate ? late : admitted).add(id);
      }
      for (const { task: one, since } of running) {
        const isInTime = one.deadline !== undefined && at(since) + one.estimate!.p90Seconds * 1000 <= one.deadline;
        if (isInTime && !late.has(one.id)) admitted.add(one.id);
      }
    };
    return { admitted, look };
  };

  /** Milliseconds: the clock counts in these. */
  const tick = 2;

  test.each([
    ['cost nothing', { quantumSeconds: 0, graceSeconds: 0 }, 0, 0],
    ['cost what was counted', { quantumSeconds: 5, graceSeconds: 2 }, 2, 2],
    ['cost less than was counted', { quantumSeconds: 20, graceSeconds: 2 }, 0.5, 1],
  ])('who was admitted ends in time while nothing takes longer than its P90 and ends %s', (_, quantum, costSeconds, resumeSeconds) => {
    let count = 0;
    fc.assert(
      fc.property(anyRows, (rows) => {
        const { admitted, look } = watch();
        const given = givenOf(rows, quantum);
        const { ends, preemptions, scheduler } = playOut(given, {
          policy: 'deadline',
          capacity: oneCore,
          costSeconds,
          resumeSeconds,
          look,
        });
        expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
        for (const { task: one } of given) {
          if (one.deadline === undefined || !admitted.has(one.id)) continue;
          expect(at(ends.get(one.id)!), `task ${one.id}`).toBeLessThanOrEqual(one.deadline + tick);
        }
        count += preemptions.length;
      }),
      { numRuns: 200 },
    );
    expect(count, 'something makes room').toBeGreaterThan(10);
  });

  test('where ends cost nothing all that come at once are in time beside what runs, if the order of deadlines serves them', () => {
    let count = 0;
    const anyDue = fc.record({ p90: fc.integer({ min: 2, max: 30 }), slack: fc.nat(200) });
    fc.assert(
      fc.property(fc.array(anyDue, { minLength: 1, maxLength: 6 }), fc.option(fc.nat(200)), (dues, slack) => {
        const runs = { arrives: 0, p90: 100, part: 100, slack: slack ?? undefined };
        const come = dues.map((one) => ({ arrives: 50, ...one, part: 100 }));
        const rows = [runs, ...come].map((one) => ({ ...one, way: 'goes on' as const }));
        const given = givenOf(rows, { quantumSeconds: 0, graceSeconds: 0 });
        const { ends, preemptions } = playOut(given, { policy: 'deadline', capacity: oneCore, costSeconds: 0 });
        const withDeadline = given.filter(({ task: one }) => one.deadline !== undefined);
        if (!isServed(withDeadline, 50)) return;
        for (const { task: one } of withDeadline) expect(at(ends.get(one.id)!), `task ${one.id}`).toBeLessThanOrEqual(one.deadline! + tick);
        count += preemptions.length;
      }),
      { numRuns: 200 },
    );
    expect(count, 'something makes room').toBeGreaterThan(10);
  });

  /** Whether all of them end in time from then on in the order of deadlines; what came before has run since. */
  const isServed = (given: readonly Given[], now: number): boolean =>
    given.every(({ task: last }) => {
      const before = given.filter(({ task: one }) => one.deadline! <= last.deadline!);
      const left = before.reduce((sum, one) => sum + one.seconds - (now - one.arrives), 0);
      return at(now + left) <= last.deadline!;
    });
});
