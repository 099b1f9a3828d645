import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Decision, Scheduler, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { longestOf } from './durations.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacityWith, oneCore, open, request, started, type TestScheduler } from './test-machine.ts';
import { seconds } from './test-play.ts';

const night = { hours: 'night' };
/** From 100 s to 200 s, from 300 s to 400 s, and from 1000 s on. */
const windows = [
  { from: 100_000, to: 200_000 },
  { from: 300_000, to: 400_000 },
  { from: 1_000_000, to: Infinity },
];

const openWith = (policy: PolicyName = 'fifo', capacity = oneCore): TestScheduler => {
  const scheduler = open(policy, capacity);
  scheduler.apply({ kind: 'hoursChanged', hours: { night: windows } });
  return scheduler;
};

const come = (scheduler: TestScheduler, at: number, ...tasks: TaskRequest[]): string[] =>
  tasks.flatMap((task) => started(scheduler.apply({ kind: 'submitted', task }, at)));

test('a task that keeps hours starts in them, where it should end in them', () => {
  const at = (now: number, values: Partial<TaskRequest> = {}): string[] => come(openWith(), now, request(1, { ...night, ...values }));
  expect(at(99_999)).toEqual([]);
  expect(at(100_000)).toEqual(['1']);
  expect(at(150_000, seconds(20, 50))).toEqual(['1']);
  expect(at(150_001, seconds(20, 50))).toEqual([]);
  expect(at(150_001, { ...seconds(20, 60), limitSeconds: 40 })).toEqual(['1']);
  expect(at(250_000)).toEqual([]);
  expect(at(150_000, { notBefore: 160_000 })).toEqual([]);
  // It would fit into none of them but the last.
  expect(at(199_999, seconds(500))).toEqual(['1']);
});

test('it says what its hours are and when they come, and whether too little is left of them', () => {
  const scheduler = openWith();
  come(scheduler, 50_000, request(1, night), request(2, { ...night, notBefore: 250_000 }));
  expect(scheduler.explain('1')?.reason).toEqual({ code: 'closed-hours', values: { hours: 'night', at: 100_000 } });
  expect(scheduler.explain('2')?.reason).toEqual({ code: 'closed-hours', values: { hours: 'night', at: 300_000 } });
  expect(scheduler.wakeAt).toBe(100_000);
  expect(started(scheduler.apply({ kind: 'timePassed' }, 100_000))).toEqual(['1']);
  come(scheduler, 160_000, request(3, { ...night, ...seconds(30, 50) }));
  expect(scheduler.explain('3')?.reason).toEqual({ code: 'closed-hours', values: { hours: 'night', at: 300_000, needSeconds: 50 } });
});

test('who did not get its turn in them waits for the next ones, and holds up nobody meanwhile', () => {
  const scheduler = openWith();
  expect(come(scheduler, 110_000, request(1), request(2, night), request(3))).toEqual(['1']);
  expect(scheduler.waiting(0, 10)).toEqual(['2', '3']);
  expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 210_000))).toEqual(['3']);
  expect(scheduler.explain('2')?.reason.code).toBe('closed-hours');
  scheduler.apply({ kind: 'ended', task: '3', succeeded: true }, 220_000);
  expect(started(scheduler.apply({ kind: 'timePassed' }, scheduler.wakeAt!))).toEqual(['2']);
});

test('a moment that is missed is not waited for any more', () => {
  const scheduler = openWith();
  come(scheduler, 50_000, request(1, { ...night, ...seconds(100) }), request(2, night));
  expect(scheduler.wakeAt).toBe(100_000);
  expect(started(scheduler.apply({ kind: 'timePassed' }, 100_001))).toEqual(['2']);
  expect(scheduler.wakeAt).toBe(300_000);
});

test('what becomes known of how long it takes counts, and so do other hours and a clock that is set back', () => {
  const scheduler = openWith();
  come(scheduler, 110_000, request(1), request(2, night));
  const estimates = [{ task: '2', ...seconds(50, 95) }];
  scheduler.apply({ kind: 'estimated', estimates }, 120_000);
  expect(scheduler.explain('2')?.reason).toMatchObject({ code: 'closed-hours', values: { at: 300_000 } });
  scheduler.apply({ kind: 'estimated', estimates: [{ task: '2', ...seconds(50, 60) }] }, 120_000);
  expect(scheduler.explain('2')?.reason.code).not.toBe('closed-hours');
  scheduler.apply({ kind: 'timePassed' }, 250_000);
  expect(scheduler.explain('2')?.reason).toMatchObject({ code: 'closed-hours', values: { at: 300_000 } });
  scheduler.apply({ kind: 'timePassed' }, 50_000);
  expect(scheduler.explain('2')?.reason).toMatchObject({ code: 'closed-hours', values: { at: 100_000 } });
  scheduler.apply({ kind: 'hoursChanged', hours: { night: [{ from: 60_000, to: Infinity }] } }, 50_000);
  expect(scheduler.explain('2')?.reason).toMatchObject({ code: 'closed-hours', values: { at: 60_000 } });
});

interface Drawn {
  readonly keepsHours: boolean;
  readonly at: number;
  readonly ms: number;
  readonly cores: number;
  readonly known: number;
}

const anyTask: fc.Arbitrary<Drawn> = fc.record({
  keepsHours: fc.boolean(),
  at: fc.integer({ min: 0, max: 450_000 }),
  ms: fc.integer({ min: 1, max: 150_000 }),
  cores: fc.integer({ min: 1, max: 4 }),
  known: fc.nat(3),
});

const taskOf = ({ keepsHours, at, ms, cores, known }: Drawn, index: number): TaskRequest =>
  request(index + 1, {
    enqueuedAt: at,
    cores,
    memoryBytes: 1e6,
    ...(keepsHours && night),
    ...(known > 0 && seconds(ms / 1000, (ms / 1000) * known)),
  });

/** Starts by task, when all has happened. With `isHandedOver` a scheduler made of a snapshot goes on at each moment. */
const playAll = (policy: PolicyName, drawn: readonly Drawn[], isHandedOver: boolean) => {
  let scheduler: Pick<Scheduler, 'apply' | 'snapshot' | 'wakeAt'> = openWith(policy, capacityWith());
  const starts = new Map<string, number>();
  const happens: { at: number; event: SchedulerEvent }[] = drawn.map((one, index) => ({
    at: one.at,
    event: { kind: 'submitted', task: taskOf(one, index) },
  }));
  const take = (decisions: readonly Decision[], at: number): void => {
    for (const task of started(decisions)) {
      starts.set(task, at);
      happens.push({ at: at + drawn[Number(task) - 1]!.ms, event: { kind: 'ended', task, succeeded: true } });
    }
  };
  let moments = 0;
  for (;;) {
    happens.sort((a, b) => a.at - b.at);
    const [next] = happens;
    const wakeAt = scheduler.wakeAt ?? Infinity;
    if (!next && wakeAt === Infinity) return starts;
    const at = Math.min(next?.at ?? Infinity, wakeAt);
    moments += 1;
    if (moments > 10 * drawn.length + 20) throw new Error('it goes round in circles');
    if (isHandedOver) scheduler = fromSnapshot(scheduler.snapshot(at, 1000));
    take(scheduler.apply({ kind: 'resumed' }, at), at);
    if (next && next.at <= wakeAt) {
      happens.shift();
      take(scheduler.apply(next.event, at), at);
    } else take(scheduler.apply({ kind: 'timePassed' }, at), at);
  }
};

test('under every policy all start in the end, those that keep hours in them only, and a snapshot decides the same', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PolicyName.options), fc.array(anyTask, { minLength: 1, maxLength: 25 }), (policy, drawn) => {
      const starts = playAll(policy, drawn, false);
      expect(starts.size).toBe(drawn.length);
      for (const [index, one] of drawn.entries()) {
        const at = starts.get(String(index + 1))!;
        expect(at).toBeGreaterThanOrEqual(one.at);
        if (!one.keepsHours) continue;
        const longest = longestOf(taskOf(one, index));
        const isIn = windows.some(({ from, to }) => from <= at && at <= to && (longest > to - from || at + longest <= to));
        expect(isIn, `task ${index + 1} starts at ${at}`).toBe(true);
      }
      const again = playAll(policy, drawn, true);
      expect(again).toEqual(starts);
    }),
    { numRuns: 300 },
  );
});
