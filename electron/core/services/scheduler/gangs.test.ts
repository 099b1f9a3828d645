import { expect, test } from 'vitest';
import type { TaskRequest } from '../../scheduler-port.ts';
import { createScheduler } from './scheduler.ts';
import { capacityWith, end, gigabyte, gpu, jobOf, open, request, share, started, submit, type TestScheduler } from './test-machine.ts';
import { seconds } from './test-play.ts';

const gangOf = (first: number, size: number, values: Partial<TaskRequest> = {}): TaskRequest[] =>
  Array.from({ length: size }, (_, place) => request(first + place, { gang: { set: `gang ${first}`, size }, ...values }));

const submitTogether = (scheduler: TestScheduler, tasks: readonly TaskRequest[], now = 0): string[] =>
  started(scheduler.apply({ kind: 'together', events: tasks.map((task) => ({ kind: 'submitted', task })) }, now));

test('all of a gang start in one decision, each with a grant of its own, which says that they belong together', () => {
  const scheduler = open();
  const decisions = gangOf(1, 4).flatMap((task) => [scheduler.apply({ kind: 'submitted', task })]);
  expect(decisions.slice(0, 3)).toEqual([[], [], []]);
  const grant = { device: 'cpu', cores: 1, memoryBytes: gigabyte, accelerators: [] };
  expect(decisions[3]).toEqual(['1', '2', '3', '4'].map((task) => ({ kind: 'start', task, grant, gang: 'gang 1' })));
  expect(scheduler.granted).toEqual({ cores: 4, memoryBytes: 4 * gigabyte });
});

test('one that does not fit waits as a whole, is promised the time at which all fit, and is not delayed by those behind it', () => {
  const scheduler = open();
  submit(scheduler, request(1, { ...seconds(100), cores: 1 }), request(2, { ...seconds(50), cores: 2 }));
  expect(submitTogether(scheduler, gangOf(3, 4, seconds(10)))).toEqual([]);
  expect(scheduler.explain('3')).toEqual({
    reason: { code: 'gang-cores', values: { size: 4, fitting: 1, needCores: 4, freeCores: 1, holders: [jobOf(1), jobOf(2)] } },
    position: 1,
    startsAt: 100_000,
  });
  expect(scheduler.explain('6')).toEqual(scheduler.explain('3'));
  expect(submit(scheduler, request(7, seconds(200)))).toEqual([]);
  expect(scheduler.explain('7')?.reason).toMatchObject({ code: 'reserved-behind', values: { job: jobOf(3), at: 100_000 } });
  expect(submit(scheduler, request(8, seconds(60)))).toEqual(['8']);
  scheduler.apply({ kind: 'ended', task: '2', succeeded: true }, 50_000);
  scheduler.apply({ kind: 'ended', task: '8', succeeded: true }, 60_000);
  expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 100_000))).toEqual(['3', '4', '5', '6']);
  expect(scheduler.waiting(0, 10)).toEqual(['7']);
});

test('where nobody knows when what runs will end it keeps what comes free until all fit', () => {
  const scheduler = open();
  submit(scheduler, request(1), request(2), request(3));
  submitTogether(scheduler, gangOf(4, 3));
  expect(submit(scheduler, request(7))).toEqual([]);
  expect(started(end(scheduler, 1))).toEqual([]);
  expect(scheduler.explain('7')?.reason).toEqual({ code: 'behind', values: { ahead: 1, first: jobOf(4) } });
  expect(started(end(scheduler, 2))).toEqual(['4', '5', '6']);
});

test('whole devices are different ones for each, and by memory they lie where most is free', () => {
  const grantsOf = (scheduler: TestScheduler, tasks: TaskRequest[]) =>
    scheduler
      .apply({ kind: 'together', events: tasks.map((task) => ({ kind: 'submitted', task })) })
      .flatMap((decision) => (decision.kind === 'start' ? [decision.grant.accelerators.map(({ device }) => device)] : []));
  const machine = capacityWith(gpu(0), gpu(1), gpu(2), share('gpu2', 'half'), share('gpu2', 'other'));
  expect(grantsOf(open('fifo', machine), gangOf(1, 2, { cores: 0.5, device: { kind: 'gpu', count: 2 } }))).toEqual([
    ['gpu0', 'gpu1'],
    ['half', 'other'],
  ]);
  const pair = { kind: 'gpu' as const, count: 2, memoryBytes: 6 * gigabyte };
  // Two of the three hold two each of what is asked for: whoever began with the fullest would leave the other but one device.
  const uneven = capacityWith(gpu(0), gpu(1, { memoryBytes: 7 * gigabyte }), gpu(2, { memoryBytes: 7 * gigabyte }));
  expect(grantsOf(open('fifo', uneven), gangOf(1, 2, { cores: 0.5, device: pair }))).toEqual([
    ['gpu0', 'gpu1'],
    ['gpu0', 'gpu2'],
  ]);
  const scheduler = open('fifo', capacityWith(gpu(0), gpu(1)));
  submit(scheduler, request(1, { cores: 0.1, device: { kind: 'gpu', count: 1 } }));
  submitTogether(scheduler, gangOf(2, 2, { cores: 0.1, device: { kind: 'gpu', count: 1 } }));
  expect(scheduler.explain('3')?.reason).toEqual({
    code: 'gang-devices',
    values: { size: 2, fitting: 1, kind: 'gpu', need: 2, free: 1, holders: [jobOf(1)] },
  });
});

test('memory and a quota count for all of them', () => {
  const scheduler = open();
  submit(scheduler, request(1, { memoryBytes: 3 * gigabyte, cores: 0.1 }));
  submitTogether(scheduler, gangOf(2, 3, { memoryBytes: 2 * gigabyte }));
  const values = { size: 3, fitting: 2, needBytes: 6 * gigabyte, freeBytes: 5 * gigabyte };
  expect(scheduler.explain('2')?.reason).toEqual({ code: 'gang-memory', values });
  const limited = open();
  limited.apply({ kind: 'groupChanged', group: 'small', settings: { weight: 1, quota: { cores: 2 } } });
  submitTogether(limited, gangOf(5, 3, { group: 'small' }));
  expect(limited.explain('5')?.reason).toMatchObject({ code: 'group-quota', values: { need: 3, used: 0, quota: 2 } });
  expect(submitTogether(limited, gangOf(8, 2, { group: 'small' }))).toEqual(['8', '9']);
});

test('while one of them could not start none does, and it says how many could', () => {
  const scheduler = open();
  const [first, ...others] = gangOf(1, 3);
  submitTogether(scheduler, [{ ...first!, isHeld: true }, ...others]);
  expect(scheduler.explain('2')?.reason).toEqual({ code: 'gang-incomplete', values: { size: 3, ready: 2 } });
  expect(started(scheduler.apply({ kind: 'changed', task: first! }))).toEqual(['1', '2', '3']);
});

test('one of which a start was refused waits again with the others', () => {
  const scheduler = open();
  const tasks = gangOf(1, 3);
  submitTogether(scheduler, tasks);
  const refused = tasks.map(({ id }) => ({ kind: 'startRefused' as const, task: id, freeBytes: 2 * gigabyte }));
  expect(scheduler.apply({ kind: 'together', events: refused })).toEqual([]);
  expect(scheduler.explain('1')?.reason.code).toBe('gang-memory');
  expect(scheduler.counts).toEqual({ waiting: 3, held: 0, running: 0 });
});

test('a part of a snapshot holds gangs as a whole', () => {
  const scheduler = open();
  scheduler.apply({ kind: 'paused' });
  submitTogether(scheduler, [...gangOf(1, 3), request(4)]);
  const snapshot = scheduler.snapshot(0, 1);
  expect(snapshot.waiting.map(({ id }) => id)).toEqual(['1', '2', '3']);
  const copy = createScheduler({ ...snapshot, isPaused: false });
  expect(started(copy.apply({ kind: 'together', events: snapshot.waiting.map((task) => ({ kind: 'submitted', task })) }, 0))).toEqual([
    '1',
    '2',
    '3',
  ]);
});

test('it preempts what matters less only when that makes room for all of them', () => {
  const less = { priority: -100, preemptible: { quantumSeconds: 0, graceSeconds: 5 }, ...seconds(1000) };
  const busy = (): TestScheduler => {
    const scheduler = open('priority');
    submit(scheduler, request(1, less), request(2, less), request(3, seconds(1000)));
    return scheduler;
  };
  const endings = (scheduler: TestScheduler, tasks: TaskRequest[]) =>
    scheduler
      .apply({ kind: 'together', events: tasks.map((task) => ({ kind: 'submitted', task })) })
      .map(({ kind, task }) => `${kind} ${task}`);
  expect(endings(busy(), gangOf(4, 4))).toEqual([]);
  const scheduler = busy();
  expect(endings(scheduler, gangOf(8, 3)).toSorted()).toEqual(['preempt 1', 'preempt 2']);
  expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: false }))).toEqual([]);
  expect(started(scheduler.apply({ kind: 'ended', task: '2', succeeded: false }))).toEqual(['8', '9', '10']);
});
