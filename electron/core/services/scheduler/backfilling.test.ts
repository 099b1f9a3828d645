import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityWith, end, gpu, jobOf, open, request, started, submit, type TestScheduler } from './test-machine.ts';
import { play, seconds, type Play } from './test-play.ts';

const at = (scheduler: TestScheduler, now: number, ...tasks: ReturnType<typeof request>[]): string[] =>
  tasks.flatMap((task) => started(scheduler.apply({ kind: 'submitted', task }, now)));

describe('a task that does not fit', () => {
  test('is reserved the time at which what runs should have ended, and says when', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3, ...seconds(10, 20) }), request(2, { cores: 4 }));
    expect(scheduler.explain('2')).toMatchObject({ position: 1, startsAt: 20_000, reason: { code: 'cores-busy' } });
  });

  test('is reserved another time when more is known of what runs', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3, ...seconds(20), estimateOn: { cpu: { p50Seconds: 20, p90Seconds: 20 } } }));
    at(scheduler, 0, request(2, { cores: 4 }));
    expect(scheduler.explain('2')?.startsAt).toBe(20_000);
    expect(started(scheduler.apply({ kind: 'estimated', estimates: [{ task: '1', ...seconds(5, 8) }] }, 1000))).toEqual([]);
    expect(scheduler.explain('2')?.startsAt).toBe(8000);
    scheduler.apply({ kind: 'estimated', estimates: [{ task: '1' }] }, 2000);
    expect(scheduler.explain('2')?.startsAt).toBeUndefined();
  });

  test('is passed by one that will have ended by then, and not by one that will not', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3, ...seconds(20) }), request(2, { cores: 4 }));
    expect(at(scheduler, 1000, request(3, seconds(19)))).toEqual(['3']);
    scheduler.apply({ kind: 'ended', task: '3', succeeded: true }, 1000);
    expect(at(scheduler, 1000, request(4, seconds(19, 19.001)), request(5), request(6, seconds(15)))).toEqual(['6']);
    const reason = { code: 'reserved-behind', values: { job: jobOf(2), at: 20_000, needSeconds: 19.001 } };
    expect(scheduler.explain('4')).toEqual({ position: 2, reason: { code: 'behind', values: { ahead: 1, first: jobOf(2) } } });
    scheduler.apply({ kind: 'ended', task: '6', succeeded: true }, 1000);
    expect(scheduler.explain('4')).toEqual({ position: 2, reason });
    expect(scheduler.explain('5')?.reason).toEqual({ code: 'reserved-behind', values: { job: jobOf(2), at: 20_000 } });
  });

  test('is passed by one that leaves it what it was promised, however long that runs, until nothing is left', () => {
    const scheduler = open();
    // At 20 s task 2 gets three of four cores, so that one is left over.
    at(scheduler, 0, request(1, { cores: 2, ...seconds(20) }), request(2, { cores: 3 }));
    expect(at(scheduler, 0, request(3), request(4))).toEqual(['3']);
    expect(scheduler.explain('4')?.reason.code).toBe('reserved-behind');
  });

  test('is passed by what a time limit ends in time, where nothing else is known', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3, limitSeconds: 20 }), request(2, { cores: 4 }));
    expect(at(scheduler, 0, request(3, { limitSeconds: 21 }), request(4, { limitSeconds: 15 }))).toEqual(['4']);
  });

  test('keeps what it lacks where nobody knows when that comes free', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3 }), request(2, { cores: 4 }));
    expect(scheduler.explain('2')?.startsAt).toBeUndefined();
    expect(at(scheduler, 0, request(3, seconds(1)))).toEqual([]);
    expect(scheduler.explain('3')?.reason.code).toBe('behind');
  });

  test('is not put off for ever by tasks that outrun what was thought: once its time has passed it keeps what it lacks', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3, ...seconds(10) }), request(2, { cores: 4 }));
    // Twice what was thought of task 1 lies ahead now, and task 3 would fit in easily.
    expect(at(scheduler, 10_001, request(3, seconds(1)))).toEqual([]);
    expect(scheduler.explain('3')?.reason.code).toBe('behind');
    expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 11_000))).toEqual(['2']);
  });

  test('on other devices has a reservation of its own beside the first', () => {
    const scheduler = open('fifo', capacityWith(gpu(0), gpu(1)));
    const onGpu = (count: number) => ({ cores: 0.1, device: { kind: 'gpu' as const, count } });
    at(scheduler, 0, request(1, { cores: 3, ...seconds(20) }), request(2, { ...onGpu(1), ...seconds(30) }));
    at(scheduler, 0, request(3, { cores: 3.5 }), request(4, onGpu(2)));
    expect([scheduler.explain('3')?.startsAt, scheduler.explain('4')?.startsAt]).toEqual([20_000, 30_000]);
    // Free is gpu1, which task 4 needs in 30 s.
    expect(at(scheduler, 0, request(5, { ...onGpu(1), ...seconds(31) }), request(6, { ...onGpu(1), ...seconds(15) }))).toEqual(['6']);
    expect(scheduler.explain('5')?.reason).toMatchObject({ code: 'behind', values: { first: jobOf(4) } });
  });

  test('and has no room beside the first keeps nothing: of several such only the first is protected', () => {
    const scheduler = open();
    at(scheduler, 0, request(1, { cores: 3, ...seconds(20) }), request(2, { cores: 4, ...seconds(5) }), request(3, { cores: 4 }));
    expect(scheduler.explain('3')).toMatchObject({ reason: { code: 'behind', values: { ahead: 1, first: jobOf(2) } } });
    expect(at(scheduler, 0, request(4, seconds(20)))).toEqual(['4']);
  });
});

test('what has outrun its P90 is thought to need twice that', () => {
  const scheduler = open();
  at(scheduler, 0, request(1, { cores: 3, ...seconds(10) }));
  at(scheduler, 15_000, request(2, { cores: 4 }));
  expect(scheduler.explain('2')?.startsAt).toBe(20_000);
});

test('a clock that is set back takes the starts along', () => {
  const scheduler = open();
  at(scheduler, 100_000, request(1, { cores: 3, ...seconds(60) }));
  scheduler.apply({ kind: 'resumed' }, 110_000);
  at(scheduler, 50_000, request(2, { cores: 4 }));
  expect(scheduler.explain('2')?.startsAt).toBe(100_000);
});

test('without a time for anybody nothing changes: a wide task at the head holds back narrow ones', () => {
  const scheduler = open();
  submit(scheduler, request(1, { cores: 3 }), request(2, { cores: 2 }), request(3));
  expect(started(end(scheduler, 1))).toEqual(['2', '3']);
});

// ── Properties ──

const machine = capacityWith(gpu(0), gpu(1), gpu(2));

/** Any tasks that run no longer than was thought. */
const anyPlays = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)), { minLength: 5, maxLength: 60, size: 'max' }).map((numbers) =>
  numbers.map(([a, b, c], place): Play => {
    const p90 = 1 + (b % 40);
    const kind =
      a % 3 === 0 ? { device: { kind: 'gpu' as const, count: 1 + (b % 3), ...(c % 2 && { memoryBytes: (1 + (c % 12)) * 1e9 }) } } : {};
    const arrives = Math.floor(place / 3) * (c % 5) * 1000;
    const task = request(place + 1, {
      cores: kind.device ? 0.1 : 1 + (a % 4),
      memoryBytes: (1 + (c % 4)) * 0.5e9,
      enqueuedAt: arrives,
      ...kind,
    });
    const known = a % 7 === 1 ? { limitSeconds: p90 } : seconds(p90 / 2, p90);
    return { task: { ...task, ...known }, at: arrives, ms: 1 + ((c * 997) % (p90 * 1000)) };
  }),
);

test('the first that does not fit never starts later than it was first told, while estimates are upper bounds', () => {
  fc.assert(
    fc.property(anyPlays, (plays) => {
      const promised = new Map<string, number>();
      const starts = play(open('fifo', machine), inOrder(plays), (_, scheduler) => {
        const [head] = scheduler.waiting(0, 1);
        const startsAt = head === undefined ? undefined : scheduler.explain(head)?.startsAt;
        if (head !== undefined && startsAt !== undefined && !promised.has(head)) promised.set(head, startsAt);
      });
      expect(starts.size).toBe(plays.length);
      for (const [task, time] of promised) expect(starts.get(task)!.at, `task ${task}`).toBeLessThanOrEqual(time);
    }),
    { numRuns: 300 },
  );
});

/** Nobody comes ahead of who waits. */
const inOrder = (plays: readonly Play[]): Play[] => {
  let latest = 0;
  return plays.map((one) => {
    latest = Math.max(latest, one.at);
    return { ...one, at: latest, task: { ...one.task, enqueuedAt: latest } };
  });
};

test('tasks that all need the whole machine start first come, first served', () => {
  fc.assert(
    fc.property(anyPlays, (plays) => {
      const wide = inOrder(plays).map((one) => ({ ...one, task: { ...one.task, cores: 4, device: { kind: 'gpu' as const, count: 3 } } }));
      const starts = play(
        open('fifo', machine),
        wide.map(({ task, ...one }) => ({ ...one, task: { ...task, memoryBytes: 1 } })),
      );
      const order = [...starts.keys()];
      expect(order).toEqual(wide.map(({ task }) => task.id));
    }),
    { numRuns: 60 },
  );
});
