import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { DeviceCapacity } from '../../scheduler-port.ts';
import { earliestDeadlineFirst } from './simulator/deadlines.ts';
import { dominantShares } from './simulator/dominant-share.ts';
import { replay } from './simulator/replay.ts';
import { replayPolicies, type ReplayPolicyName } from './simulator/replay-policies.ts';
import type { TraceJob } from './simulator/trace.ts';
import { Workload } from './simulator/workload.ts';
import { capacity, cpu, open, request, started } from './test-machine.ts';
import { seconds } from './test-play.ts';

/*
 * The live state machine beside the simulator that replays traces and plays described workloads, wherever both mean the same. Where they
 * do not: live looks at what has surely ended by a time and not at the shadow of the head alone, protects up to eight reservations, sorts
 * lengths into classes, and lets no prediction end anything.
 */

const processors = 8;
const machine = { ...capacity, devices: [{ ...cpu, cores: processors } satisfies DeviceCapacity] };

interface Limits {
  readonly size: fc.Arbitrary<number>;
  /** By how much an estimate may be too long, in seconds. */
  readonly over: number;
  readonly lastSubmit: number;
}

const anyTrace = ({ size, over, lastSubmit }: Limits): fc.Arbitrary<TraceJob[]> =>
  fc
    .array(fc.record({ submit: fc.nat(lastSubmit), run: fc.integer({ min: 1, max: 30 }), more: fc.nat(over), size }), {
      minLength: 1,
      maxLength: 30,
      size: 'max',
    })
    .map((jobs) =>
      jobs
        .toSorted((a, b) => a.submit - b.submit)
        .map(({ submit, run, more, size: own }, index): TraceJob => ({ id: index + 1, submit, run, estimate: run + more, size: own })),
    );

const one = fc.constant(1);
const all = fc.constant(processors);
const some = fc.integer({ min: 1, max: processors });

const simulated = (jobs: readonly TraceJob[], policy: ReplayPolicyName): Record<number, number> => {
  const { jobs: sorted, starts } = replay(jobs, processors, replayPolicies[policy]);
  return Object.fromEntries(sorted.map(({ id }, index) => [id, starts[index] ?? -1]));
};

/** As a trace is replayed: of one instant the ends come first, then the arrivals, then one decision. */
const live = (jobs: readonly TraceJob[], policy: PolicyName): Record<number, number> => {
  const scheduler = open(policy, machine);
  const starts: Record<number, number> = {};
  const ends = new Map<number, string[]>();
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const times = new Set(jobs.map(({ submit }) => submit));
  for (let now = Math.min(...times); times.size > 0; now = Math.min(...times)) {
    times.delete(now);
    const ended = (ends.get(now) ?? []).map((task) => ({ kind: 'ended' as const, task, succeeded: true }));
    const arrived = jobs
      .filter(({ submit }) => submit === now)
      .map(({ id, size, estimate }) => ({
        kind: 'submitted' as const,
        task: request(id, { enqueuedAt: 1000 * now, cores: size, memoryBytes: 1, ...seconds(estimate) }),
      }));
    for (const task of started(scheduler.apply({ kind: 'together', events: [...ended, ...arrived] }, 1000 * now))) {
      const end = now + (byId.get(Number(task))?.run ?? 0);
      starts[Number(task)] = now;
      ends.set(end, [...(ends.get(end) ?? []), task]);
      times.add(end);
    }
  }
  return starts;
};

describe('live and simulated schedules are the same', () => {
  test('first come, first served, of jobs of one core each', () => {
    fc.assert(
      fc.property(anyTrace({ size: one, over: 20, lastSubmit: 60 }), (jobs) => {
        expect(live(jobs, 'fifo')).toEqual(simulated(jobs, 'fcfs'));
        expect(live(jobs, 'fifo')).toEqual(simulated(jobs, 'easy'));
      }),
    );
  });

  test('first come, first served, of jobs that need the whole machine', () => {
    fc.assert(
      fc.property(anyTrace({ size: all, over: 20, lastSubmit: 200 }), (jobs) => {
        expect(live(jobs, 'fifo')).toEqual(simulated(jobs, 'fcfs'));
        expect(live(jobs, 'fifo')).toEqual(simulated(jobs, 'easy'));
        expect(live(jobs, 'fifo')).toEqual(simulated(jobs, 'conservative'));
      }),
    );
  });

  test('the shortest first, of jobs of one core or of the whole machine that are all there from the start', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(one, all).chain((size) => anyTrace({ size, over: 20, lastSubmit: 0 })),
        (jobs) => {
          expect(live(jobs, 'shortest')).toEqual(simulated(jobs, 'sjf'));
        },
      ),
    );
  });
});

test('with exact estimates the first that has to wait starts live when EASY starts it, no later than without backfilling', () => {
  fc.assert(
    fc.property(anyTrace({ size: some, over: 0, lastSubmit: 60 }), (jobs) => {
      // What is reserved for it is what strict order gives it.
      const [first] = jobs.filter(({ id, submit }) => simulated(jobs, 'fcfs')[id] !== submit);
      if (!first) return;
      expect(live(jobs, 'fifo')[first.id]).toBe(simulated(jobs, 'easy')[first.id]);
      expect(live(jobs, 'fifo')[first.id]).toBeLessThanOrEqual(simulated(jobs, 'fcfs')[first.id]!);
    }),
  );
});

describe('workloads', () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 120 })), { minLength: 1, maxLength: 12 });

  test('under deadlines those are late on one processor that earliest deadline first rejects, or others as long', () => {
    fc.assert(
      fc.property(lengths, (jobs) => {
        const { rejected } = earliestDeadlineFirst(
          Workload.parse({
            devices: [{ type: 'p' }],
            tasks: jobs.map(([length, deadline], index) => ({ id: String(index + 1), cost: { p: length }, deadline })),
          }),
        );
        const scheduler = open('deadline', { ...capacity, devices: [{ ...cpu, cores: 1 }] });
        scheduler.apply({ kind: 'paused' });
        jobs.forEach(([length, deadline], index) => {
          const task = request(index + 1, { enqueuedAt: 0, memoryBytes: 1, deadline: 1000 * deadline, ...seconds(length) });
          scheduler.apply({ kind: 'submitted', task });
        });
        const [first] = started(scheduler.apply({ kind: 'resumed' }));
        const late = scheduler.waiting(0, 100).filter((id) => scheduler.explain(id)?.reason.code === 'deadline-late');
        // When all are late one of them runs all the same.
        const [length = 0, deadline = 0] = jobs[Number(first) - 1] ?? [];
        const isFirstLate = first !== undefined && length > deadline;
        const lengthsOf = (ids: readonly string[]) => ids.map((id) => jobs[Number(id) - 1]![0]).toSorted((a, b) => a - b);
        expect(lengthsOf([...late, ...(isFirstLate ? [first] : [])])).toEqual(lengthsOf(rejected));
      }),
    );
  });

  test('fair shares give groups their turns in the order of dominant resource fairness, on a machine without a past', () => {
    const workload = Workload.parse({
      devices: [{ type: 'm', capacity: { cpu: 9, memory: 18 } }],
      tasks: [
        { id: 'a', group: 'a', demand: { cpu: 1, memory: 4 } },
        { id: 'b', group: 'b', demand: { cpu: 3, memory: 1 } },
      ],
    });
    const scheduler = open('fair', { memoryBytes: 18e9, foreignBytes: 0, devices: [{ ...cpu, cores: 9 }] });
    scheduler.apply({ kind: 'paused' });
    for (let id = 1; id <= 20; id += 1) {
      const demand = id % 2 ? { group: 'a', cores: 1, memoryBytes: 4e9 } : { group: 'b', cores: 3, memoryBytes: 1e9 };
      scheduler.apply({ kind: 'submitted', task: request(id, { enqueuedAt: 0, ...demand }) });
    }
    const order = started(scheduler.apply({ kind: 'resumed' })).map((id) => (Number(id) % 2 ? 'a' : 'b'));
    expect(order).toEqual(dominantShares(workload).order);
  });
});
