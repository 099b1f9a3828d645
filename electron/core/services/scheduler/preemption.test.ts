import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision, Scheduler, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacityWith, gigabyte, gpu, jobOf, open, request, started } from './test-machine.ts';
import { at, playOut } from './test-preemptions.ts';

const preempted = (decisions: readonly Decision[]): string[] => decisions.flatMap(({ kind, task }) => (kind === 'preempt' ? [task] : []));
const preemptible = { quantumSeconds: 60, graceSeconds: 6 };
/** All of them came at the same time, so that their priorities alone tell them apart. */
const task = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => request(id, { enqueuedAt: at(0), ...values });
const low = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => task(id, { preemptible, ...values });

const submitAt = (scheduler: Scheduler, seconds: number, ...tasks: TaskRequest[]): Decision[] =>
  tasks.flatMap((one) => scheduler.apply({ kind: 'submitted', task: one }, at(seconds)));

describe('what may be ended', () => {
  test('is ended for what stands ten points before it, holds its grant until it has, and stands behind it then', () => {
    const scheduler = open('priority');
    submitAt(scheduler, 0, low(1, { cores: 4 }));
    expect(submitAt(scheduler, 100, task(2, { priority: 10, cores: 3 }))).toEqual([
      { kind: 'preempt', task: '1', by: { task: '2', job: jobOf(2) } },
    ]);
    expect(scheduler.granted.cores).toBe(4);
    expect(scheduler.explain('1')?.reason).toEqual({ code: 'being-preempted', values: { by: jobOf(2), graceSeconds: 6 } });
    expect(scheduler.explain('2')?.reason).toEqual({ code: 'preempting', values: { jobs: [jobOf(1)], graceSeconds: 6 } });
    expect(submitAt(scheduler, 101, task(3, { priority: 5 }))).toEqual([]);
    const after = scheduler.apply({ kind: 'requeued', task: low(1, { cores: 4 }) }, at(103));
    expect(after.map(({ kind, task: id }) => [kind, id])).toEqual([
      ['start', '2'],
      ['start', '3'],
    ]);
    expect(scheduler.explain('1')?.reason.code).toBe('cores-busy');
  });

  test.each<[string, Partial<TaskRequest>, Partial<TaskRequest>]>([
    ['never said so', { preemptible: undefined as never }, { priority: 900 }],
    ['stands less than ten points behind', {}, { priority: 9 }],
    ['was put first by hand', { boost: 1 }, { priority: 900 }],
    ['should end by itself within its grace', { estimate: { p50Seconds: 100, p90Seconds: 105 } }, { priority: 900 }],
    ['has waited longer than its priority is lower', { enqueuedAt: at(-600) }, { priority: 15 }],
  ])('is not ended when it %s', (_, victim, values) => {
    const scheduler = open('priority');
    const { preemptible: may, ...rest } = low(1, { cores: 4, ...victim });
    submitAt(scheduler, 0, { ...rest, ...(may && { preemptible: may }) });
    expect(submitAt(scheduler, 100, task(2, values))).toEqual([]);
    expect(scheduler.wakeAt).toBeUndefined();
  });

  test('is left alone under first come, first served', () => {
    const scheduler = open('fifo');
    submitAt(scheduler, 0, low(1, { cores: 4 }));
    expect(submitAt(scheduler, 100, task(2, { priority: 900 }))).toEqual([]);
  });

  test('runs for its quantum first, and the time of its end is told', () => {
    const scheduler = open('priority');
    submitAt(scheduler, 0, low(1, { cores: 4 }));
    expect(submitAt(scheduler, 20, task(2, { priority: 50 }))).toEqual([]);
    expect(scheduler.wakeAt).toBe(at(60));
    expect(scheduler.apply({ kind: 'timePassed' }, at(59))).toEqual([]);
    expect(preempted(scheduler.apply({ kind: 'timePassed' }, at(60)))).toEqual(['1']);
    expect(scheduler.wakeAt).toBeUndefined();
  });

  test('is left alone when its end would not let the other start', () => {
    const scheduler = open('priority', capacityWith(gpu(0)));
    submitAt(scheduler, 0, low(1, { cores: 1 }), task(2, { cores: 3 }));
    expect(submitAt(scheduler, 100, task(3, { priority: 90, cores: 2 }))).toEqual([]);
    submitAt(scheduler, 100, task(4, { priority: 95, cores: 0.1, memoryBytes: 1, device: { kind: 'gpu', count: 2 } }));
    expect(scheduler.explain('1')).toBeUndefined();
  });

  test('the least important go first, then what ran least, and no more than are needed', () => {
    const scheduler = open('priority');
    submitAt(scheduler, 0, low(1, { priority: 3 }), low(2), low(3));
    submitAt(scheduler, 10, low(4));
    expect(preempted(submitAt(scheduler, 100, task(5, { priority: 90, cores: 2 })))).toEqual(['4', '3']);
    // One that frees all that is needed is enough, though another was thought of first.
    const other = open('priority');
    submitAt(other, 0, low(1, { cores: 1 }), low(2, { cores: 3, priority: 3 }));
    expect(preempted(submitAt(other, 100, task(5, { priority: 90, cores: 3 })))).toEqual(['2']);
  });

  test('what matters to others matters as much as they do', () => {
    const scheduler = open('priority');
    submitAt(scheduler, 0, low(1, { cores: 4 }));
    submitAt(scheduler, 0, task(2, { priority: 500, after: [{ task: '1', job: jobOf(1) }] }));
    expect(submitAt(scheduler, 100, task(3, { priority: 50 }))).toEqual([]);
  });

  test('under fair shares it is ended only for its own group', () => {
    const scheduler = open('fair');
    submitAt(scheduler, 0, low(1, { cores: 4, group: 'lab' }));
    expect(submitAt(scheduler, 100, task(2, { priority: 50, group: 'vision' }))).toEqual([]);
    const alone = open('fair');
    submitAt(alone, 0, low(1, { cores: 4, group: 'lab' }));
    expect(preempted(submitAt(alone, 100, task(3, { priority: 50, group: 'lab' })))).toEqual(['1']);
  });
});

/** Ending one takes so long, which is lost. */
const costSeconds = 3;

const anyWork = fc.array(
  fc.record({
    arrives: fc.nat(400),
    seconds: fc.integer({ min: 1, max: 200 }),
    cores: fc.integer({ min: 1, max: 4 }),
    priority: fc.integer({ min: 0, max: 60 }),
    mayEnd: fc.boolean(),
  }),
  { minLength: 2, maxLength: 25 },
);

test('in any queue capacity holds, everything ends, nobody ends the one that ended it, and segments add up to the work and its cost', () => {
  let count = 0;
  fc.assert(
    fc.property(anyWork, (rows) => {
      const given = rows.map(({ arrives, seconds, cores, priority, mayEnd }, index) => ({
        arrives,
        seconds,
        task: request(index + 1, {
          enqueuedAt: at(arrives),
          cores,
          priority,
          memoryBytes: gigabyte / 10,
          ...(mayEnd && { preemptible: { quantumSeconds: 20, graceSeconds: 2 } }),
        }),
      }));
      const { scheduler, works, preemptions, used } = playOut(given, { policy: 'priority', costSeconds });
      expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
      const pairs = new Set(preemptions.map(({ victim, by }) => `${victim} ${by}`));
      for (const { victim, by } of preemptions) expect(pairs.has(`${by} ${victim}`)).toBe(false);
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
      let coreSeconds = 0;
      for (const { seconds, task: one } of given) {
        const times = preemptions.filter(({ victim }) => victim === one.id).length;
        const { segments } = works.get(one.id)!;
        expect(segments).toHaveLength(times + 1);
        expect(sum(segments)).toBeCloseTo(seconds + times * costSeconds, 6);
        coreSeconds += sum(segments) * one.cores;
      }
      expect(used).toBeCloseTo(coreSeconds, 3);
      count += preemptions.length;
    }),
    { numRuns: 150 },
  );
  expect(count, 'queues in which something is ended are among them').toBeGreaterThan(20);
});

test('a copy knows what is being ended, and for whom', () => {
  const scheduler = open('priority');
  submitAt(scheduler, 0, low(1, { cores: 4 }));
  submitAt(scheduler, 100, task(2, { priority: 50, cores: 4 }), task(3, { priority: 70, cores: 1 }));
  const copy = fromSnapshot(structuredClone(scheduler.snapshot(at(101), 10)));
  expect(preempted(copy.apply({ kind: 'resumed' }, at(101)))).toEqual([]);
  expect(copy.explain('1')).toEqual(scheduler.explain('1'));
  const back: SchedulerEvent = { kind: 'requeued', task: low(1, { cores: 4 }) };
  expect(started(copy.apply(back, at(102)))).toEqual(started(scheduler.apply(back, at(102))));
});
