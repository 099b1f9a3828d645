import { describe, expect, test } from 'vitest';
import { capacity, end, gigabyte, oneCore, open, request, started, submit, waitsFor } from './test-machine.ts';

describe('the order', () => {
  test('first come, first served, as many as there are cores', () => {
    const scheduler = open();
    expect(submit(scheduler, ...[1, 2, 3, 4, 5, 6].map((id) => request(id)))).toEqual(['1', '2', '3', '4']);
    expect(started(end(scheduler, 2))).toEqual(['5']);
    expect(scheduler.waiting(0, 10)).toEqual(['6']);
  });

  test('a wide task at the head holds back narrow ones behind it, so that it does not starve', () => {
    const scheduler = open();
    submit(scheduler, request(1, { cores: 3 }), request(2, { cores: 2 }), request(3));
    expect(scheduler.waiting(0, 10)).toEqual(['2', '3']);
    expect(started(end(scheduler, 1))).toEqual(['2', '3']);
  });

  test('higher priority goes first', () => {
    const scheduler = open('priority', oneCore);
    submit(scheduler, request(1), request(2), request(3, { priority: 5 }));
    expect(started(end(scheduler, 1))).toEqual(['3']);
  });

  test('waiting makes up for priority: one point a minute', () => {
    const minute = 60_000;
    const order = (laterBy: number): string[] => {
      const scheduler = open('priority', oneCore);
      submit(scheduler, request(1), request(2, { enqueuedAt: 0 }), request(3, { priority: 10, enqueuedAt: laterBy }));
      return scheduler.waiting(0, 2);
    };
    expect(order(10 * minute - 1)).toEqual(['3', '2']);
    expect(order(10 * minute + 1)).toEqual(['2', '3']);
  });

  test('equal tasks under priority keep the order of their arrival', () => {
    const scheduler = open('priority', oneCore);
    submit(scheduler, request(1), request(3, { enqueuedAt: 7 }), request(2, { enqueuedAt: 7 }));
    expect(scheduler.waiting(0, 2)).toEqual(['2', '3']);
  });

  test('what is put first by hand goes before everything, the latest first', () => {
    const scheduler = open('priority', oneCore);
    submit(scheduler, request(1), request(2, { priority: 100 }), request(3), request(4));
    scheduler.apply({ kind: 'changed', task: request(4, { boost: 1 }) });
    scheduler.apply({ kind: 'changed', task: request(3, { boost: 2 }) });
    expect(scheduler.waiting(0, 3)).toEqual(['3', '4', '2']);
  });

  test('another policy orders what waits already', () => {
    const scheduler = open('fifo', oneCore);
    submit(scheduler, request(1), request(2), request(3, { priority: 9 }));
    scheduler.apply({ kind: 'policyChanged', policy: 'priority' });
    expect(scheduler.waiting(0, 2)).toEqual(['3', '2']);
  });
});

describe('standing aside', () => {
  test('a held task blocks nobody and starts when it is released', () => {
    const scheduler = open('fifo', oneCore);
    expect(submit(scheduler, request(1, { isHeld: true }), request(2))).toEqual(['2']);
    end(scheduler, 2);
    expect(scheduler.explain('1')).toEqual({ reason: { code: 'held', values: {} } });
    expect(started(scheduler.apply({ kind: 'changed', task: request(1) }))).toEqual(['1']);
  });

  test('tasks of a backend that is down wait beside the queue and return to their place', () => {
    const scheduler = open('fifo', oneCore);
    scheduler.apply({ kind: 'backendChanged', backend: 'docker', unavailable: 'no socket.' });
    expect(submit(scheduler, request(1, { backend: 'docker' }), request(2), request(3))).toEqual(['2']);
    expect(scheduler.explain('1')?.reason).toEqual({ code: 'backend-unavailable', values: { backend: 'docker', detail: 'no socket.' } });
    scheduler.apply({ kind: 'backendChanged', backend: 'docker' });
    expect(scheduler.waiting(0, 2)).toEqual(['1', '3']);
  });

  test('a backend that goes down while its tasks wait takes them aside', () => {
    const scheduler = open('fifo', oneCore);
    submit(scheduler, request(1), request(2, { backend: 'docker' }), request(3));
    scheduler.apply({ kind: 'backendChanged', backend: 'docker', unavailable: 'gone.' });
    expect(started(end(scheduler, 1))).toEqual(['3']);
  });

  test('a paused queue starts nothing and goes on when resumed', () => {
    const scheduler = open();
    scheduler.apply({ kind: 'paused' });
    expect(submit(scheduler, request(1))).toEqual([]);
    expect(scheduler.explain('1')).toEqual({ reason: { code: 'queue-paused', values: {} }, position: 1 });
    expect(started(scheduler.apply({ kind: 'resumed' }))).toEqual(['1']);
  });
});

describe('dependencies', () => {
  test('a task starts after all it waits for have succeeded', () => {
    const scheduler = open();
    submit(scheduler, request(1), request(2), request(3, { after: [waitsFor(1), waitsFor(2)] }));
    expect(started(end(scheduler, 1))).toEqual([]);
    expect(scheduler.explain('3')?.reason).toEqual({ code: 'dependency', values: { jobs: [{ id: 2, name: 'job-2' }] } });
    expect(started(end(scheduler, 2))).toEqual(['3']);
  });

  test('a failure ends everything that waits for it, through the whole chain, and names the nearest cause', () => {
    const scheduler = open();
    submit(scheduler, request(1), request(2, { after: [waitsFor(1)] }), request(3, { after: [waitsFor(2)] }), request(4));
    expect(end(scheduler, 1, false)).toEqual([
      { kind: 'reject', task: '2', because: { id: 1, name: 'job-1' } },
      { kind: 'reject', task: '3', because: { id: 2, name: 'job-2' } },
    ]);
    expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 1 });
  });

  test('cancelling a waiting task ends what waits for it', () => {
    const scheduler = open('fifo', oneCore);
    submit(scheduler, request(1), request(2), request(3, { after: [waitsFor(2)] }));
    expect(scheduler.apply({ kind: 'removed', task: '2' })).toEqual([{ kind: 'reject', task: '3', because: { id: 2, name: 'job-2' } }]);
  });
});

describe('memory', () => {
  test('a task that the machine had no room for after all waits until there is', () => {
    const scheduler = open();
    expect(submit(scheduler, request(1, { memoryBytes: 6 * gigabyte }))).toEqual(['1']);
    expect(started(scheduler.apply({ kind: 'startRefused', task: '1', freeBytes: 2 * gigabyte }))).toEqual([]);
    expect(scheduler.explain('1')?.reason).toEqual({
      code: 'memory-foreign',
      values: { needBytes: 6 * gigabyte, freeBytes: 2 * gigabyte, foreignBytes: gigabyte },
    });
    expect(started(scheduler.apply({ kind: 'capacityChanged', capacity }))).toEqual(['1']);
  });

  test('the reason names who holds the memory', () => {
    const scheduler = open();
    submit(scheduler, request(1, { memoryBytes: 5 * gigabyte }), request(2, { memoryBytes: 4 * gigabyte }));
    expect(scheduler.explain('2')).toEqual({
      reason: { code: 'memory-granted', values: { needBytes: 4 * gigabyte, freeBytes: 3 * gigabyte, holders: [{ id: 1, name: 'job-1' }] } },
      position: 1,
    });
  });

  test('the reason behind the head counts who is ahead', () => {
    const scheduler = open('fifo', oneCore);
    submit(scheduler, request(1), request(2), request(3), request(4));
    expect(scheduler.explain('4')).toEqual({
      reason: { code: 'behind', values: { ahead: 2, first: { id: 2, name: 'job-2' } } },
      position: 3,
    });
    expect(scheduler.explain('1')).toBeUndefined();
  });

  test('a task recovered from an earlier core holds its grant', () => {
    const scheduler = open('fifo', oneCore);
    scheduler.apply({
      kind: 'recovered',
      task: request(1),
      grant: { device: 'cpu', cores: 1, memoryBytes: gigabyte, accelerators: [] },
    });
    expect(submit(scheduler, request(2))).toEqual([]);
    expect(started(end(scheduler, 1))).toEqual(['2']);
  });
});
