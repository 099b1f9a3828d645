import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Decision, Scheduler, SchedulerEvent } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacityWith, end, gigabyte, gpu, jobOf, open, request, started, submit } from './test-machine.ts';

const resumed = (decisions: readonly Decision[]): string[] => decisions.flatMap(({ kind, task }) => (kind === 'resume' ? [task] : []));

describe('a task that stands still', () => {
  test('leaves its cores to others and keeps its memory and its devices', () => {
    const scheduler = open('fifo', capacityWith(gpu(0)));
    submit(scheduler, request(1, { cores: 4, memoryBytes: 5 * gigabyte, device: { kind: 'gpu', count: 1 } }));
    submit(scheduler, request(2, { cores: 2 }));
    expect(started(scheduler.apply({ kind: 'suspended', task: '1' }))).toEqual(['2']);
    expect(scheduler.granted).toEqual({ cores: 2, memoryBytes: 6 * gigabyte });
    expect(scheduler.explain('1')?.reason).toEqual({ code: 'paused', values: { cores: 4, memoryBytes: 5 * gigabyte, devices: ['gpu0'] } });
    submit(
      scheduler,
      request(3, { memoryBytes: 3 * gigabyte }),
      request(4, { cores: 0.1, memoryBytes: 1, device: { kind: 'gpu', count: 1 } }),
    );
    expect(scheduler.explain('3')?.reason.code).toBe('memory-granted');
    scheduler.apply({ kind: 'removed', task: '3' });
    expect(scheduler.explain('4')?.reason.code).toBe('device-busy');
  });

  test('gets its cores before anybody who has not begun, and says for what it waits', () => {
    const scheduler = open('priority');
    submit(scheduler, request(1, { cores: 3 }));
    scheduler.apply({ kind: 'suspended', task: '1' });
    submit(scheduler, request(2, { cores: 2 }), request(3, { cores: 1 }), request(4, { priority: 500, boost: 9 }));
    scheduler.apply({ kind: 'ended', task: '3', succeeded: true });
    expect(scheduler.granted.cores).toBe(3);
    expect(resumed(scheduler.apply({ kind: 'resumeWanted', task: '1' }))).toEqual([]);
    submit(scheduler, request(5, { priority: 900 }));
    expect(scheduler.explain('1')).toEqual({
      reason: { code: 'cores-busy', values: { needCores: 3, freeCores: 1, totalCores: 4, holders: [jobOf(2), jobOf(4)] } },
    });
    expect(scheduler.explain('5')?.reason).toEqual({ code: 'behind', values: { ahead: 1, first: jobOf(1) } });
    expect(end(scheduler, 4)).toEqual([]);
    expect(end(scheduler, 2)).toMatchObject([
      { kind: 'resume', task: '1', grant: { device: 'cpu', cores: 3, memoryBytes: gigabyte } },
      { kind: 'start', task: '5' },
    ]);
    expect(scheduler.explain('1')).toBeUndefined();
  });

  test('has run no longer by the time that it stood still', () => {
    const scheduler = open();
    scheduler.apply({ kind: 'submitted', task: request(1) }, 1000);
    scheduler.apply({ kind: 'suspended', task: '1' }, 4000);
    scheduler.apply({ kind: 'resumeWanted', task: '1' }, 9000);
    expect(scheduler.snapshot(9000, 0).running).toMatchObject([{ startedAt: 6000, grant: { cores: 1 } }]);
  });

  test('that ends is forgotten, and what it kept is free', () => {
    const scheduler = open();
    submit(scheduler, request(1, { memoryBytes: 8 * gigabyte }), request(2));
    scheduler.apply({ kind: 'suspended', task: '1' });
    scheduler.apply({ kind: 'resumeWanted', task: '1' });
    expect(started(end(scheduler, 1))).toEqual(['2']);
    expect(scheduler.granted).toEqual({ cores: 1, memoryBytes: gigabyte });
    expect(scheduler.explain('1')).toBeUndefined();
  });
});

type Step = readonly [kind: number, pick: number, size: number];

/** Drives schedulers with anything that may happen to tasks that run; the first says what there is to pick from. */
const drive = (schedulers: readonly Scheduler[], steps: readonly Step[], from: number): Decision[][] => {
  const decided = schedulers.map((): Decision[] => []);
  for (const [place, [kind, pick, size]] of steps.entries()) {
    const now = (from + place) * 1000;
    const { running } = schedulers[0]!.snapshot(now, 0);
    const one = running[pick % Math.max(1, running.length)];
    const id = from + place + 1;
    const task = request(id, {
      cores: 1 + (size % 4),
      memoryBytes: (1 + (size % 3)) * gigabyte,
      priority: size % 9,
      group: `g${size % 2}`,
    });
    const event: SchedulerEvent | undefined =
      kind < 4
        ? { kind: 'submitted', task }
        : one && kind < 6
          ? { kind: 'ended', task: one.task.id, succeeded: true }
          : one && kind < 8
            ? { kind: 'suspended', task: one.task.id }
            : one && { kind: 'resumeWanted', task: one.task.id };
    if (event) schedulers.forEach((scheduler, index) => decided[index]!.push(...scheduler.apply(event, now)));
    check(schedulers[0]!, now);
  }
  return decided;
};

const check = (scheduler: Scheduler, now: number): void => {
  const { running } = scheduler.snapshot(now, 0);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  expect(scheduler.granted.cores).toBe(sum(running.map(({ task, standsStill }) => (standsStill ? 0 : task.cores))));
  expect(scheduler.granted.cores).toBeLessThanOrEqual(4);
  expect(scheduler.granted.memoryBytes).toBe(sum(running.map(({ task }) => task.memoryBytes)));
  expect(scheduler.granted.memoryBytes).toBeLessThanOrEqual(8 * gigabyte);
  for (const { task, standsStill } of running) {
    expect(scheduler.explain(task.id) !== undefined).toBe(standsStill !== undefined);
    // Whoever wants to go on and fits has gone on.
    if (standsStill?.turn !== undefined && !running.some((other) => other.standsStill?.turn !== undefined && other.task.id !== task.id)) {
      expect(task.cores).toBeGreaterThan(4 - scheduler.granted.cores);
    }
  }
};

const anySteps = fc.array(fc.tuple(fc.nat(9), fc.nat(1000), fc.nat(1000)), { maxLength: 60, size: 'max' });

describe('under any sequence of events', () => {
  test('cores are never granted twice, and whatever is to go on goes on in the end', () => {
    fc.assert(
      fc.property(anySteps, fc.constantFrom(...PolicyName.options), (steps, policy) => {
        const scheduler = open(policy);
        drive([scheduler], steps, 0);
        let now = steps.length * 1000;
        const standing = () => scheduler.snapshot(now, 0).running.filter(({ standsStill }) => standsStill);
        for (const { task } of standing()) scheduler.apply({ kind: 'resumeWanted', task: task.id }, now);
        for (let left = 500; left > 0; left -= 1) {
          const going = scheduler.snapshot(now, 0).running.find(({ standsStill }) => !standsStill);
          if (!going) break;
          now += 1000;
          scheduler.apply({ kind: 'ended', task: going.task.id, succeeded: true }, now);
          check(scheduler, now);
        }
        expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
      }),
      { numRuns: 150 },
    );
  });

  test('a copy of the scheduler decides the same from then on', () => {
    fc.assert(
      fc.property(anySteps, anySteps, (before, after) => {
        const live = open('priority');
        drive([live], before, 0);
        const now = before.length * 1000;
        const copy = fromSnapshot(structuredClone(live.snapshot(now, 1000)));
        copy.apply({ kind: 'resumed' }, now);
        const [expected, found] = drive([live, copy], after, before.length + 1);
        expect(found).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});
