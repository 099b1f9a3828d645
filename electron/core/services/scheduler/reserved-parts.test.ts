import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import { capacityWith, end, gigabyte, gpu, open, request, started, type TestScheduler } from './test-machine.ts';
import { seconds } from './test-play.ts';

const part = (values: Partial<ReservedPart>): ReservedPart => ({
  id: 1,
  group: 'lab',
  cores: 0,
  memoryBytes: 0,
  endsRunning: false,
  devices: [],
  windows: [{ from: 100_000, to: 200_000 }],
  ...values,
});

const reserve = (scheduler: TestScheduler, parts: readonly ReservedPart[], at = 0): void => {
  scheduler.apply({ kind: 'reservedChanged', parts }, at);
};
const come = (scheduler: TestScheduler, at: number, ...tasks: TaskRequest[]): string[] =>
  tasks.flatMap((task) => started(scheduler.apply({ kind: 'submitted', task }, at)));
const withGpu = { device: { kind: 'gpu' as const, count: 1 } };

test('others start on what is reserved only if they end in time; of whom nobody knows how long they take, until it begins', () => {
  const machine = capacityWith(gpu(0));
  const at = (now: number, task: Partial<TaskRequest>): string[] => {
    const scheduler = open('fifo', machine);
    reserve(scheduler, [part({ devices: ['gpu0'] })]);
    return come(scheduler, now, request(1, { ...withGpu, ...task }));
  };
  expect(at(0, seconds(50, 100))).toEqual(['1']);
  expect(at(0, seconds(50, 101))).toEqual([]);
  expect(at(0, { ...seconds(50, 101), limitSeconds: 100 })).toEqual(['1']);
  expect(at(99_999, {})).toEqual(['1']);
  expect(at(100_000, {})).toEqual([]);
  expect(at(199_999, { limitSeconds: 0.001 })).toEqual([]);
  expect(at(200_000, {})).toEqual(['1']);
  expect(at(150_000, { group: 'lab/alice' })).toEqual(['1']);
  expect(at(150_000, { group: 'laboratory' })).toEqual([]);
});

test('who waits for that is told for whom it is reserved, and starts by itself when it is over', () => {
  const scheduler = open('fifo', capacityWith(gpu(0)));
  reserve(scheduler, [part({ devices: ['gpu0'] })]);
  expect(scheduler.wakeAt).toBe(100_000);
  come(scheduler, 150_000, request(1, { ...withGpu, ...seconds(60) }));
  expect(scheduler.explain('1')?.reason).toEqual({
    code: 'reserved-time',
    values: { group: 'lab', devices: ['gpu0'], from: 100_000, until: 200_000, needSeconds: 60 },
  });
  expect(scheduler.wakeAt).toBe(200_000);
  expect(started(scheduler.apply({ kind: 'timePassed' }, 200_000))).toEqual(['1']);
  expect(scheduler.wakeAt).toBeUndefined();
});

test('it holds up nobody: those behind it that may start do', () => {
  const scheduler = open('fifo', capacityWith(gpu(0), gpu(1)));
  reserve(scheduler, [part({ devices: ['gpu0'] })]);
  expect(come(scheduler, 150_000, request(1, { device: { kind: 'gpu', count: 2 } }), request(2, withGpu), request(3))).toEqual(['2', '3']);
});

test('of reserved cores others leave what the group does not hold', () => {
  const scheduler = open();
  reserve(scheduler, [part({ cores: 3 })]);
  expect(come(scheduler, 150_000, request(1), request(2))).toEqual(['1']);
  expect(scheduler.explain('2')?.reason).toMatchObject({ code: 'reserved-time', values: { group: 'lab', cores: 3 } });
  expect(come(scheduler, 150_000, request(3, { group: 'lab', cores: 3 }))).toEqual(['3']);
  // What the group holds is not kept a second time.
  expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 150_000))).toEqual(['2']);
});

test.each(['lab', 'lab/alice'])('what %s holds counts for one of two reservations, so that the other is kept all the same', (second) => {
  const machine = capacityWith(gpu(0));
  const sharing = (gigabytes: number) => ({
    cores: 0.1,
    memoryBytes: 1,
    device: { kind: 'gpu' as const, count: 1, memoryBytes: gigabytes * gigabyte },
  });
  const kept = [
    part({ cores: 2, memoryBytes: 3 * gigabyte }),
    part({ id: 2, group: second, cores: 1, memoryBytes: gigabyte }),
    part({ id: 3, devices: ['gpu0'], deviceMemoryBytes: 6 * gigabyte }),
    part({ id: 4, group: second, devices: ['gpu0'], deviceMemoryBytes: 4 * gigabyte }),
  ];
  const scheduler = open('fifo', machine);
  reserve(scheduler, kept);
  expect(come(scheduler, 150_000, request(1, { group: second, memoryBytes: gigabyte }))).toEqual(['1']);
  expect(
    come(scheduler, 150_000, request(2, { cores: 1.1, memoryBytes: 1 }), request(3, { cores: 0.1, memoryBytes: 4.1 * gigabyte })),
  ).toEqual([]);
  for (const task of ['2', '3']) scheduler.apply({ kind: 'removed', task }, 150_000);
  expect(come(scheduler, 150_000, request(4, { cores: 0.5, memoryBytes: 3.9 * gigabyte }))).toEqual(['4']);
  expect(come(scheduler, 150_000, request(5, { group: second, ...sharing(4) }))).toEqual(['5']);
  expect(come(scheduler, 150_000, request(6, sharing(6.1)))).toEqual([]);
  scheduler.apply({ kind: 'removed', task: '6' }, 150_000);
  expect(come(scheduler, 150_000, request(7, { group: 'lab', ...sharing(6) }))).toEqual(['7']);
});

test('nobody in front of the group keeps from it what is reserved for it, whatever they wait for', () => {
  const scheduler = open();
  reserve(scheduler, [part({ cores: 2 })]);
  // Nobody knows when these end, so that the next keeps the processor.
  expect(come(scheduler, 150_000, request(1), request(2))).toEqual(['1', '2']);
  expect(come(scheduler, 150_000, request(3, { cores: 2 }))).toEqual([]);
  expect(come(scheduler, 150_000, request(4, { group: 'lab/bob' }), request(5, { group: 'lab', priority: -5 }))).toEqual(['4', '5']);
});

test('of reserved memory others leave what the group does not hold, whatever cores are free', () => {
  const scheduler = open();
  reserve(scheduler, [part({ memoryBytes: 6 * gigabyte })]);
  expect(come(scheduler, 0, request(1, { memoryBytes: 3 * gigabyte, ...seconds(100) }))).toEqual(['1']);
  end(scheduler, 1);
  expect(come(scheduler, 0, request(2, { memoryBytes: 3 * gigabyte, ...seconds(101) }))).toEqual([]);
  expect(scheduler.explain('2')?.reason).toEqual({
    code: 'reserved-time',
    values: { group: 'lab', memoryBytes: 6 * gigabyte, from: 100_000, until: 200_000, needSeconds: 101 },
  });
  expect(come(scheduler, 150_000, request(3, { memoryBytes: 2 * gigabyte }), request(4))).toEqual(['3']);
  expect(come(scheduler, 150_000, request(5, { group: 'lab', memoryBytes: 6 * gigabyte, ...seconds(10) }))).toEqual(['5']);
  // What the group holds is not kept a second time.
  expect(started(scheduler.apply({ kind: 'ended', task: '3', succeeded: true }, 150_000))).toEqual(['4']);
});

test('with cores and memory reserved, who needs more of either waits for its turn; memory alone leaves all cores', () => {
  const of = (values: Partial<ReservedPart>): string[] => {
    const scheduler = open();
    reserve(scheduler, [part(values)]);
    // Whoever is first in line keeps the memory, since nobody knows when the other one ends.
    expect(come(scheduler, 150_000, request(1), request(2, { memoryBytes: 5.5 * gigabyte }))).toEqual(['1']);
    return come(
      scheduler,
      150_000,
      request(3, { group: 'lab', memoryBytes: 3 * gigabyte }),
      request(4, { group: 'lab', cores: 2, memoryBytes: gigabyte }),
      request(5, { group: 'lab', memoryBytes: gigabyte }),
    );
  };
  expect(of({ cores: 1, memoryBytes: 2 * gigabyte })).toEqual(['5']);
  expect(of({ memoryBytes: 2 * gigabyte })).toEqual(['4', '5']);
});

test('of a device whose memory is reserved others share the rest, and nobody gets it whole', () => {
  const scheduler = open('fifo', capacityWith(gpu(0)));
  reserve(scheduler, [part({ devices: ['gpu0'], deviceMemoryBytes: 10 * gigabyte })]);
  const sharing = (bytes: number) => ({ device: { kind: 'gpu' as const, count: 1, memoryBytes: bytes * gigabyte } });
  expect(come(scheduler, 150_000, request(1, withGpu), request(2, sharing(7)), request(3, sharing(6)))).toEqual(['3']);
  expect(scheduler.explain('2')?.reason).toMatchObject({
    code: 'reserved-time',
    values: { devices: ['gpu0'], deviceMemoryBytes: 10 * gigabyte },
  });
  expect(come(scheduler, 150_000, request(4, { group: 'lab', ...sharing(8) }))).toEqual(['4']);
  expect(come(scheduler, 150_000, request(5, sharing(1)))).toEqual([]);
  expect(come(scheduler, 150_000, request(6, { group: 'lab', ...sharing(2) }))).toEqual(['6']);
});

test('a device that does not tell its memory is reserved whole', () => {
  const { memoryBytes: _, ...silent } = gpu(0);
  const scheduler = open('fifo', capacityWith(silent));
  reserve(scheduler, [part({ devices: ['gpu0'], deviceMemoryBytes: gigabyte })]);
  const sharing = { device: { kind: 'gpu' as const, count: 1, memoryBytes: gigabyte } };
  expect(come(scheduler, 150_000, request(1, sharing), request(2, { group: 'lab', ...sharing }))).toEqual(['2']);
});

test('a promise is not made into what is reserved', () => {
  const scheduler = open('fifo', capacityWith(gpu(0)));
  reserve(scheduler, [part({ devices: ['gpu0'] })]);
  come(scheduler, 0, request(1, { ...withGpu, ...seconds(60) }), request(2, { ...withGpu, ...seconds(50) }));
  expect(scheduler.explain('2')?.startsAt).toBeUndefined();
  // So that it keeps nobody who can be in time.
  come(scheduler, 0, request(3, { ...withGpu, ...seconds(30) }));
  expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 60_000))).toEqual(['3']);
});

test('what has no end in sight is never planned into the future', () => {
  const scheduler = open('fifo', capacityWith(gpu(0)));
  reserve(scheduler, [part({ devices: ['gpu0'], windows: [{ from: 100_000, to: Infinity }] })]);
  come(scheduler, 0, request(1, { ...withGpu, ...seconds(101) }));
  expect(scheduler.explain('1')?.reason).toEqual({
    code: 'reserved-time',
    values: { group: 'lab', devices: ['gpu0'], from: 100_000, needSeconds: 101 },
  });
  scheduler.apply({ kind: 'timePassed' }, 100_000);
  expect(scheduler.wakeAt).toBeUndefined();
});

test('it ends with its removal', () => {
  const scheduler = open();
  reserve(scheduler, [part({ cores: 4 })], 150_000);
  expect(come(scheduler, 150_000, request(1))).toEqual([]);
  expect(started(scheduler.apply({ kind: 'reservedChanged', parts: [] }, 150_000))).toEqual(['1']);
  expect(end(scheduler, 1)).toEqual([]);
});

test('whoever fits into what is kept for it now runs, under every policy', () => {
  const anyStep = fc.tuple(fc.nat(5), fc.nat(1000));
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 60 }),
      fc.constantFrom(...PolicyName.options),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 8 }),
      (steps, policy, cores, gigabytes) => {
        const scheduler = open(policy);
        reserve(scheduler, [part({ cores, memoryBytes: gigabytes * gigabyte, windows: [{ from: 0, to: 1e9 }] })]);
        const waiting = new Map<string, TaskRequest>();
        const running = new Map<string, TaskRequest>();
        steps.forEach(([kind, a], index) => {
          const now = (index + 1) * 500;
          const task = request(index + 1, {
            cores: 1 + (a % 4),
            memoryBytes: (1 + (a % 3)) * gigabyte,
            group: ['lab', 'lab/alice', 'default', 'other'][a % 4] ?? '',
            priority: a % 7,
            ...(a % 3 === 0 && seconds(1 + (a % 9))),
            ...(a % 11 === 0 && { deadline: now + 3000 }),
          });
          const ends = [...running.keys()][a % Math.max(1, running.size)];
          if (kind < 3) waiting.set(task.id, task);
          else if (ends !== undefined) running.delete(ends);
          else return;
          const event = kind < 3 ? { kind: 'submitted' as const, task } : { kind: 'ended' as const, task: ends!, succeeded: true };
          for (const id of started(scheduler.apply(event, now))) {
            running.set(id, waiting.get(id)!);
            waiting.delete(id);
          }
          const sum = (of: (task: TaskRequest) => number, some = [...running.values()]) => some.reduce((total, one) => total + of(one), 0);
          const ofLab = (one: TaskRequest): boolean => one.group.startsWith('lab');
          const left = Math.min(cores - sum((one) => one.cores, [...running.values()].filter(ofLab)), 4 - sum((one) => one.cores));
          const all = 8 * gigabyte - sum((one) => one.memoryBytes);
          const kept = gigabytes * gigabyte - sum((one) => one.memoryBytes, [...running.values()].filter(ofLab));
          const memory = gigabytes === 0 ? all : Math.min(kept, all);
          expect([...waiting.values()].filter((one) => ofLab(one) && one.cores <= left && one.memoryBytes <= memory)).toEqual([]);
        });
      },
    ),
    { numRuns: 150 },
  );
});
