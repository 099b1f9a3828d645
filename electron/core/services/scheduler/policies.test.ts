import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityWith, gpu, jobOf, oneCore, open, request, started, waitsFor, type TestScheduler } from './test-machine.ts';
import { play, seconds, type Play } from './test-play.ts';

const submitAt = (scheduler: TestScheduler, now: number, ...tasks: ReturnType<typeof request>[]): string[] =>
  tasks.flatMap((task) => started(scheduler.apply({ kind: 'submitted', task: { ...task, enqueuedAt: now } }, now)));

const orderOf = (scheduler: TestScheduler): string[] => scheduler.waiting(0, 100);

const anyTimes = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(100)), { minLength: 2, maxLength: 40 });

describe('shortest', () => {
  test('the task that should take least goes first, whoever came first', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, request(1), request(2, seconds(9)), request(3, seconds(1)), request(4, seconds(4)));
    expect(orderOf(scheduler)).toEqual(['3', '4', '2']);
  });

  test('what nothing is known of counts as long as tasks took on average when it came', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, request(1));
    scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 5000);
    submitAt(scheduler, 5000, request(2), request(3, seconds(6)), request(4), request(5, seconds(4)));
    expect(orderOf(scheduler)).toEqual(['5', '4', '3']);
  });

  test('ten seconds of waiting make up for one of running, so that no stream of short ones keeps a long one from starting', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, request(1), request(2, seconds(100)));
    let now = 0;
    let running = '1';
    for (let id = 3; running !== '2'; id += 1) {
      submitAt(scheduler, now, request(id, seconds(1)));
      now += 1000;
      [running = ''] = started(scheduler.apply({ kind: 'ended', task: running, succeeded: true }, now));
    }
    expect(now).toBeGreaterThanOrEqual(980_000);
    expect(now).toBeLessThanOrEqual(1_000_000);
  });

  test('with equal predictions is first come, first served', () => {
    fc.assert(
      fc.property(anyTimes, (times) => {
        let at = 0;
        const plays = times.map(([gap, ms], place): Play => {
          at += gap;
          return { task: request(place + 1, { enqueuedAt: at, cores: 1 + (ms % 4), ...seconds(5) }), at, ms: ms * 10 };
        });
        expect([...play(open('shortest'), plays)]).toEqual([...play(open('fifo'), plays)]);
      }),
    );
  });

  test('on one processor with all there from the start no other order has a shorter mean wait', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 6 }), (lengths) => {
        const plays = lengths.map((length, place): Play => ({
          task: request(place + 2, { enqueuedAt: 0, ...seconds(length) }),
          at: 0,
          ms: length * 1000,
        }));
        const blocker = { task: request(1, { enqueuedAt: 0 }), at: 0, ms: 1 };
        const starts = play(open('shortest', oneCore), [blocker, ...plays]);
        const waits = plays.map(({ task }) => starts.get(task.id)!.at).toSorted((a, b) => a - b);
        const best = lengths
          .toSorted((a, b) => a - b)
          .map((_, place, sorted) => 1 + 1000 * sorted.slice(0, place).reduce((sum, one) => sum + one, 0));
        expect(waits).toEqual(best);
      }),
    );
  });

  test('a better estimate moves a task that waits', () => {
    const scheduler = open('shortest', oneCore);
    submitAt(scheduler, 0, request(1), request(2, seconds(9)), request(3, seconds(5)));
    scheduler.apply(
      {
        kind: 'estimated',
        estimates: [
          { task: '2', ...seconds(1) },
          { task: '99', ...seconds(1) },
        ],
      },
      0,
    );
    expect(orderOf(scheduler)).toEqual(['2', '3']);
    scheduler.apply({ kind: 'estimated', estimates: [{ task: '2' }] }, 0);
    expect(orderOf(scheduler)).toEqual(['3', '2']);
  });
});

describe('deadline', () => {
  const due = (at: number, length: number) => ({ deadline: at * 1000, ...seconds(length) });

  test('the earliest goes first, then those without one by priority', () => {
    const scheduler = open('deadline', oneCore);
    submitAt(scheduler, 0, request(1, seconds(1)), request(2), request(3, { priority: 2 }), request(4, due(90, 1)), request(5, due(50, 1)));
    expect(orderOf(scheduler)).toEqual(['5', '4', '3', '2']);
  });

  test('the example of Moore and Hodgson: six of eight end in time, the one of 6 due 9 and the one of 8 due 25 go behind', () => {
    const scheduler = open('deadline', oneCore);
    scheduler.apply({ kind: 'paused' }, 0);
    const lengths = [4, 1, 6, 3, 6, 8, 7, 10];
    const deadlines = [6, 8, 9, 11, 20, 25, 28, 35];
    submitAt(scheduler, 0, ...lengths.map((length, place) => request(place + 1, due(deadlines[place]!, length))));
    expect(started(scheduler.apply({ kind: 'resumed' }, 0))).toEqual(['1']);
    expect(orderOf(scheduler)).toEqual(['2', '4', '5', '7', '8', '3', '6']);
    expect(scheduler.explain('3')?.reason).toEqual({
      code: 'deadline-late',
      values: { due: 9000, needSeconds: 11, lateSeconds: 2, ahead: 5 },
    });
    expect(scheduler.explain('6')?.reason).toMatchObject({ code: 'deadline-late', values: { violated: jobOf(7) } });
  });

  test('one that cannot be in time by itself says by how much', () => {
    const scheduler = open('deadline', oneCore);
    submitAt(scheduler, 0, request(1, seconds(1)), request(2, due(5, 8)), request(3, due(60, 8)));
    expect(orderOf(scheduler)).toEqual(['3', '2']);
    const values = { due: 5000, needSeconds: 8, lateSeconds: 3, ahead: 1, aloneSeconds: 8 };
    expect(scheduler.explain('2')?.reason).toEqual({ code: 'deadline-late', values });
  });

  test('a device that gets no work is of no use to a deadline, and who still runs on it is in nobody’s way', () => {
    const onGpu = (id: number, on: string) => request(id, { ...due(15, 10), device: { kind: 'gpu', count: 1 }, on: [on] });
    const drained = capacityWith(gpu(0), gpu(1, { unusable: { code: 'device-drained', values: {} } }));
    const scheduler = open('deadline', capacityWith(gpu(0), gpu(1)));
    submitAt(scheduler, 0, onGpu(1, 'gpu1'));
    scheduler.apply({ kind: 'capacityChanged', capacity: drained }, 0);
    expect(submitAt(scheduler, 0, onGpu(2, 'gpu0'), onGpu(3, 'gpu0'))).toEqual(['2']);
    expect(scheduler.explain('3')?.reason).toEqual({
      code: 'deadline-late',
      values: { due: 15_000, needSeconds: 20, lateSeconds: 5, ahead: 0 },
    });
  });

  test('what is waited for must end early enough for those that wait', () => {
    const scheduler = open('deadline', oneCore);
    submitAt(scheduler, 0, request(1), request(2, due(60, 1)), request(3, seconds(5)));
    submitAt(scheduler, 0, request(4, { ...due(40, 10), after: [waitsFor(3)] }));
    expect(orderOf(scheduler)).toEqual(['3', '2', '4']);
  });

  test('who was admitted ends in time on one processor, while nothing takes longer than its P90', () => {
    fc.assert(
      fc.property(anyTimes, (times) => {
        let at = 0;
        const plays = times.map(([gap, length, slack], place): Play => {
          at += gap * 50;
          const p90 = 1 + length / 10;
          const deadline = at + 1000 * (p90 + slack / 4);
          const isDue = place % 5 !== 4;
          return {
            task: request(place + 1, { enqueuedAt: at, ...seconds(p90 / 2, p90), ...(isDue && { deadline }) }),
            at,
            ms: 1 + ((length * 37 + slack) % (p90 * 1000)),
          };
        });
        const admitted = new Set<string>();
        const starts = play(open('deadline', oneCore), plays, (_, scheduler) => {
          for (const id of orderOf(scheduler)) {
            const isLate = scheduler.explain(id)?.reason.code === 'deadline-late';
            if (!isLate) admitted.add(id);
            else expect(admitted.has(id), `the promise to ${id} is kept`).toBe(false);
          }
        });
        for (const { task, ms } of plays.filter(({ task: one }) => admitted.has(one.id) && one.deadline !== undefined)) {
          expect(starts.get(task.id)!.at + ms, `task ${task.id}`).toBeLessThanOrEqual(task.deadline! + 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('priority inversion', () => {
  test.each(['priority', 'fair'] as const)('under %s a task stands no further back than who waits for it', (policy) => {
    const scheduler = open(policy, oneCore);
    submitAt(scheduler, 0, request(1), request(2, { priority: 5 }), request(3, { priority: -5 }));
    submitAt(scheduler, 0, request(4, { priority: 9, after: [waitsFor(3)] }));
    expect(orderOf(scheduler)).toEqual(['3', '2', '4']);
    scheduler.apply({ kind: 'removed', task: '4' }, 0);
    expect(orderOf(scheduler)).toEqual(['2', '3']);
  });

  test('through a chain of others too', () => {
    const scheduler = open('priority', oneCore);
    submitAt(scheduler, 0, request(1), request(2, { priority: 5 }), request(3));
    for (let id = 4; id < 50; id += 1)
      submitAt(scheduler, 0, request(id, { after: [waitsFor(id - 1)], ...(id === 49 && { priority: 9 }) }));
    expect(orderOf(scheduler).slice(0, 2)).toEqual(['3', '2']);
  });
});

describe('a time to begin at', () => {
  test('stands aside until then, says when, and wakes the scheduler', () => {
    const scheduler = open();
    expect(submitAt(scheduler, 0, request(1, { notBefore: 5000 }), request(2, { notBefore: 9000 }), request(3))).toEqual(['3']);
    expect(scheduler.explain('1')?.reason).toEqual({ code: 'begin-time', values: { at: 5000 } });
    expect(scheduler.wakeAt).toBe(5000);
    expect(started(scheduler.apply({ kind: 'timePassed' }, 4999))).toEqual([]);
    expect(started(scheduler.apply({ kind: 'timePassed' }, 5000))).toEqual(['1']);
    expect(scheduler.wakeAt).toBe(9000);
  });

  test('counts by the clock also when that is set back', () => {
    const scheduler = open('fifo', oneCore);
    submitAt(scheduler, 6000, request(1), request(2, { notBefore: 5000 }));
    scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 1000);
    expect(scheduler.counts).toMatchObject({ waiting: 1, running: 0 });
    expect(scheduler.wakeAt).toBe(5000);
  });
});
