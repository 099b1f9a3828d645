import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, Scheduler, TaskRequest } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacity, capacityWith, cpu, gigabyte, gpu, jobOf, oneCore, open, request, started } from './test-machine.ts';
import { play, seconds, type Play } from './test-play.ts';
import { at, playOut, type Given, type Run } from './test-preemptions.ts';

/* Shortest first: what outruns its prediction gives its place to what should take less than it has had. */

const preemptible = { quantumSeconds: 5, graceSeconds: 0.5 };
const task = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => request(id, { enqueuedAt: at(0), ...values });
/** Ten seconds were expected, twelve at most. */
const wrong = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => task(id, { preemptible, ...seconds(10, 12), ...values });
const submitAt = (scheduler: Scheduler, now: number, ...tasks: TaskRequest[]): Decision[] =>
  tasks.flatMap((one) => scheduler.apply({ kind: 'submitted', task: one }, at(now)));
const preempted = (decisions: readonly Decision[]): string[] => decisions.flatMap(({ kind, task: id }) => (kind === 'preempt' ? [id] : []));
const passTo = (scheduler: Scheduler, now: number): string[] => preempted(scheduler.apply({ kind: 'timePassed' }, at(now)));

describe('what has outrun its P90', () => {
  test('gives its place to what should take less than it has had, and stands behind it by that', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, wrong(1), task(2, seconds(10)), task(3, seconds(1000)));
    expect(scheduler.wakeAt).toBe(at(12) + 1);
    expect(passTo(scheduler, 12), 'its P90 is not yet passed').toEqual([]);
    expect(scheduler.apply({ kind: 'timePassed' }, at(12) + 1)).toEqual([
      { kind: 'preempt', task: '1', by: { task: '2', job: jobOf(2), outran: { ranSeconds: 12.001, p90Seconds: 12 } } },
    ]);
    expect(scheduler.explain('1')?.reason).toEqual({
      code: 'being-preempted',
      values: { by: jobOf(2), graceSeconds: 0.5, ranSeconds: 12.001, p90Seconds: 12 },
    });
    expect(scheduler.explain('2')?.reason.code).toBe('preempting');
    const back = wrong(1, { attained: { seconds: 12.4, since: at(12.4) } });
    expect(started(scheduler.apply({ kind: 'requeued', task: back }, at(12.4)))).toEqual(['2']);
    // What has had less comes first, however long the other was thought to take.
    submitAt(scheduler, 13, task(4, { ...seconds(12), enqueuedAt: at(13) }), task(5, { ...seconds(13), enqueuedAt: at(13) }));
    expect(scheduler.waiting(0, 9)).toEqual(['4', '1', '5', '3']);
  });

  test.each<[string, Partial<TaskRequest>, Partial<TaskRequest>]>([
    ['never said that it may be ended', { preemptible: undefined as never }, seconds(1)],
    ['has nothing that was predicted', { estimate: undefined as never }, seconds(1)],
    ['has had less than the other should take', {}, seconds(40)],
    ['was put first by hand', { boost: 1 }, seconds(1)],
    ['begins anew, and the other has not waited for long', { preemptible: { ...preemptible, losesWork: true } }, seconds(5)],
    ['could not let the other start', {}, { ...seconds(1), device: { kind: 'gpu', count: 1 } }],
  ])('stays when it %s', (_, victim, values) => {
    const scheduler = open('shortest', {
      ...capacityWith(gpu(0, { unusable: { code: 'device-gone', values: {} } })),
      devices: oneCore.devices,
    });
    const { preemptible: may, estimate, ...rest } = wrong(1, victim);
    submitAt(scheduler, 0, { ...rest, ...(may && { preemptible: may }), ...(estimate && { estimate }) });
    submitAt(scheduler, 13, task(2, { ...values, enqueuedAt: at(13) }));
    expect(passTo(scheduler, 30)).toEqual([]);
  });

  test('runs for its quantum first', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, wrong(1, { preemptible: { quantumSeconds: 60, graceSeconds: 6 } }), task(2, seconds(10)));
    expect(passTo(scheduler, 59)).toEqual([]);
    expect(scheduler.wakeAt).toBe(at(60));
    expect(passTo(scheduler, 60)).toEqual(['1']);
  });

  test('gives way to who has waited ten times as long as it takes, where it begins anew', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, wrong(1, { preemptible: { ...preemptible, losesWork: true } }), task(2, seconds(10)));
    // Its own end counts as well.
    expect(scheduler.wakeAt).toBe(at(105));
    expect(passTo(scheduler, 104)).toEqual([]);
    expect(passTo(scheduler, 105)).toEqual(['1']);
  });

  test('may run for as long again as it has had before it gives way anew', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, wrong(1, { attained: { seconds: 12.5, since: at(-100) } }), task(2, seconds(1)));
    expect(scheduler.wakeAt, 'of 24 s it has done 12.5').toBe(at(11.5) + 1);
    const anew = open('shortest', oneCore);
    const loses = { preemptible: { ...preemptible, losesWork: true as const }, attained: { seconds: 12.5, since: at(-100) } };
    submitAt(anew, 0, wrong(1, loses), task(2, { ...seconds(1), enqueuedAt: at(-1000) }));
    expect(anew.wakeAt, 'of 24 s it has done nothing').toBe(at(24) + 1);
  });

  test('gives way where it runs by what was predicted for there', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, wrong(1, { estimateOn: { cpu: { p50Seconds: 20, p90Seconds: 30 } } }), task(2, seconds(1)));
    expect(scheduler.wakeAt).toBe(at(30) + 1);
  });

  /** Each asks for something else, so that none stands for the others. */
  const short = (id: number, cores = 1): TaskRequest =>
    task(id, { ...seconds(1), cores, memoryBytes: gigabyte / (10 + id), enqueuedAt: at(13) });

  test('several give way at once, each to another', () => {
    const scheduler = open('shortest');
    submitAt(scheduler, 0, ...[1, 2, 3, 4].map((id) => wrong(id)));
    expect(preempted(submitAt(scheduler, 13, short(5)))).toEqual(['4']);
    expect(preempted(submitAt(scheduler, 13, short(6, 2)))).toEqual(['3', '2']);
    expect(scheduler.explain('6')?.reason).toMatchObject({ code: 'preempting', values: { jobs: [jobOf(3), jobOf(2)] } });
    expect(preempted(submitAt(scheduler, 13, short(7)))).toEqual(['1']);
    expect(preempted(submitAt(scheduler, 13, short(8)))).toEqual([]);
  });

  test('nothing more is ended for who fits beside what another is to be granted', () => {
    const scheduler = open('shortest');
    submitAt(scheduler, 0, wrong(1, { cores: 3 }), wrong(2));
    expect(preempted(submitAt(scheduler, 13, short(3, 2)))).toEqual(['1']);
    expect(preempted(submitAt(scheduler, 13, short(4)))).toEqual([]);
  });

  test('a copy ends the same', () => {
    const scheduler = open('shortest');
    submitAt(scheduler, 0, wrong(1, { cores: 3 }), wrong(2));
    submitAt(scheduler, 13, task(3, { ...seconds(1), cores: 2, enqueuedAt: at(13) }));
    const copy = fromSnapshot(structuredClone(scheduler.snapshot(at(13), 10)));
    copy.apply({ kind: 'resumed' }, at(13));
    for (const one of [4, 5].map((id) => task(id, { ...seconds(1), enqueuedAt: at(14) }))) {
      expect(submitAt(copy, 14, one)).toEqual(submitAt(scheduler, 14, one));
    }
    expect(copy.explain('1')).toEqual(scheduler.explain('1'));
  });
});

describe('whatever comes', () => {
  const twoCores = { ...capacity, devices: [{ ...cpu, cores: 2 }] };
  const costSeconds = 0.5;
  /** Seconds; the clock counts in milliseconds. */
  const tolerance = 0.01;
  const anyRow = fc.record({
    arrives: fc.nat(300),
    seconds: fc.integer({ min: 1, max: 200 }),
    p50: fc.integer({ min: 1, max: 60 }),
    spread: fc.integer({ min: 0, max: 30 }),
    isKnown: fc.boolean(),
    way: fc.constantFrom('stays', 'goes on', 'begins anew'),
  });
  const anyRows = fc.array(anyRow, { minLength: 2, maxLength: 25 });
  type Row = typeof anyRow extends fc.Arbitrary<infer Value> ? Value : never;

  const givenOf = (rows: readonly Row[], values: Partial<TaskRequest> = {}): Given[] =>
    rows.map(({ arrives, seconds: takes, p50, spread, isKnown, way }, index) => ({
      arrives,
      seconds: takes,
      task: request(index + 1, {
        enqueuedAt: at(arrives),
        memoryBytes: gigabyte / 100,
        ...(isKnown && seconds(p50, p50 + spread)),
        ...(way !== 'stays' && { preemptible: { ...preemptible, ...(way === 'begins anew' && { losesWork: true as const }) } }),
        ...values,
      }),
    }));

  /** Seconds for which it may run whoever waits, from the rule alone; infinite for what never gives way. */
  const mayRun = ({ task: { attained, estimate, preemptible: may } }: Run): number => {
    if (!estimate || !may) return Infinity;
    let needs = estimate.p90Seconds;
    while (attained && needs <= attained.seconds) needs *= 2;
    return Math.max(may.quantumSeconds, may.losesWork ? needs : needs - (attained?.seconds ?? 0));
  };

  /** Whether one that waits gains more than the end of what runs would cost. */
  const isShorter = (waiting: TaskRequest, run: Run, now: number): boolean => {
    const { preemptible: may, attained } = run.task;
    const ran = now - run.since;
    const had = may?.losesWork ? Math.max(attained?.seconds ?? 0, ran) : (attained?.seconds ?? 0) + ran;
    const credit = (moment: number): number => (at(now) - moment) / 1000 / 10;
    const own = waiting.estimate!.p50Seconds - credit(waiting.enqueuedAt);
    const size = waiting.attained ? Math.max(own, waiting.attained.seconds - credit(waiting.attained.since)) : own;
    return size + may!.graceSeconds + (may?.losesWork ? ran : 0) < had;
  };

  test('nothing is past its P90, its quantum and its end while what is shorter waits for its place', () => {
    let seen = 0;
    fc.assert(
      fc.property(anyRows, (rows) => {
        const look = (now: number, running: readonly Run[], scheduler: Scheduler): void => {
          // Of those that ask for the same only the first is looked at, so that one ends after the other for them.
          if (running.some(({ isEnding }) => isEnding)) return;
          for (const run of running.filter((one) => now - one.since > mayRun(one) + tolerance)) {
            for (const id of scheduler.waiting(0, 100)) {
              const waiting = scheduler.requestOf(id)!;
              if (!waiting.estimate) continue;
              seen += 1;
              expect(isShorter(waiting, run, now - tolerance), `${run.task.id} keeps out ${id} at ${now}`).toBe(false);
            }
          }
        };
        playOut(givenOf(rows), { policy: 'shortest', capacity: twoCores, costSeconds, look });
      }),
      { numRuns: 150 },
    );
    expect(seen, 'something had outrun its P90 while others waited').toBeGreaterThan(100);
  });

  test('everything ends, segments add up to the work and its cost, and each gives way only a few times', () => {
    let count = 0;
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 2 }), (rows, cores) => {
        const given = givenOf(rows, { cores });
        const { scheduler, works, preemptions, used } = playOut(given, { policy: 'shortest', capacity: twoCores, costSeconds });
        expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
        let coreSeconds = 0;
        for (const { seconds: takes, task: one } of given) {
          const { segments } = works.get(one.id)!;
          const times = preemptions.filter(({ victim }) => victim === one.id).length;
          expect(segments).toHaveLength(times + 1);
          if (one.preemptible?.losesWork) expect(segments.at(-1)).toBeCloseTo(takes, 6);
          else expect(sum(segments)).toBeCloseTo(takes + times * costSeconds, 6);
          const p90 = one.estimate?.p90Seconds ?? Infinity;
          expect(times).toBeLessThanOrEqual(Math.max(0, Math.ceil(Math.log2((2 * takes) / Math.max(p90, preemptible.quantumSeconds))) + 1));
          coreSeconds += sum(segments) * cores;
        }
        expect(used).toBeCloseTo(coreSeconds, 3);
        count += preemptions.length;
      }),
      { numRuns: 150 },
    );
    expect(count, 'something gives way').toBeGreaterThan(50);
  });

  test('where predictions are right nothing is ended', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const given = givenOf(rows).map((one) => ({ ...one, task: { ...one.task, ...seconds(one.seconds) } }));
        expect(playOut(given, { policy: 'shortest', capacity: twoCores, costSeconds }).preemptions).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('with equal predictions that hold it is first come, first served', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const plays = givenOf(rows).map(({ arrives, seconds: takes, task: one }): Play => {
          const { preemptible: _, ...rest } = one;
          return { task: { ...rest, preemptible, ...seconds(50, 200) }, at: at(arrives), ms: takes * 1000 };
        });
        expect([...play(open('shortest'), plays)]).toEqual([...play(open('fifo'), plays)]);
      }),
    );
  });

  test.each([
    ['goes on', preemptible],
    ['begins anew', { ...preemptible, losesWork: true as const }],
  ])('who was predicted a hundredth of what it takes and %s comes to its end beside an endless stream of short ones', (_, may) => {
    const stream = Array.from({ length: 3000 }, (__, place): Given => {
      const arrives = place * 5;
      return { arrives, seconds: 5, task: request(place + 2, { enqueuedAt: at(arrives), ...seconds(5, 6) }) };
    });
    const long: Given = { arrives: 0, seconds: 500, task: request(1, { enqueuedAt: at(0), ...seconds(5, 6), preemptible: may }) };
    const { preemptions, ends } = playOut([long, ...stream], { policy: 'shortest', capacity: oneCore, costSeconds });
    const its = preemptions.filter(({ victim }) => victim === '1');
    expect(its.length).toBeGreaterThan(2);
    expect(its.length, 'each time it runs as long again').toBeLessThanOrEqual(9);
    expect(ends.get('1')).toBeLessThan(15_000);
  });
});
