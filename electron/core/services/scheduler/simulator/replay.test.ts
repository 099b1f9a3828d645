import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replayPolicies, type ReplayPolicyName } from './replay-policies.ts';
import { replay, summarise, type Replay } from './replay.ts';
import { SimulationError } from './simulation-error.ts';
import { parseSwf, type TraceJob } from './trace.ts';

const processors = 8;
const names = Object.keys(replayPolicies) as ReplayPolicyName[];
const run = (jobs: readonly TraceJob[], name: ReplayPolicyName): Replay => replay(jobs, processors, replayPolicies[name]);
const summary = (jobs: readonly TraceJob[], name: ReplayPolicyName) => summarise(run(jobs, name), processors);
const startsOf = (jobs: readonly TraceJob[], name: ReplayPolicyName): Record<number, number> => {
  const { jobs: sorted, starts } = run(jobs, name);
  return Object.fromEntries(sorted.map(({ id }, index) => [id, starts[index] ?? 0]));
};

const trace = (largest = processors) =>
  fc
    .array(
      fc.record({ submit: fc.nat(60), run: fc.integer({ min: 1, max: 30 }), over: fc.nat(40), size: fc.integer({ min: 1, max: largest }) }),
      {
        minLength: 1,
        maxLength: 40,
      },
    )
    .map((jobs) =>
      jobs.map(({ submit, run: seconds, over, size }, index): TraceJob => ({
        id: index + 1,
        submit,
        run: seconds,
        estimate: seconds + over,
        size,
      })),
    );

describe.each(names)('%s', (name) => {
  test('starts every job once it is there, and never uses more processors than there are', () => {
    fc.assert(
      fc.property(trace(), (jobs) => {
        const { jobs: sorted, starts } = run(jobs, name);
        const changes: [number, number][] = sorted.flatMap(({ submit, run: seconds, size }, index) => {
          const start = starts[index] ?? -1;
          expect(start).toBeGreaterThanOrEqual(submit);
          return [
            [start, size],
            [start + seconds, -size],
          ] as [number, number][];
        });
        let used = 0;
        for (const [, change] of changes.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
          used += change;
          expect(used).toBeLessThanOrEqual(processors);
        }
      }),
    );
  });

  test('does not depend on the order of the records, and scales with time', () => {
    fc.assert(
      fc.property(trace(), (jobs) => {
        expect(startsOf(jobs.toReversed(), name)).toEqual(startsOf(jobs, name));
        const slower = jobs.map((job) => ({ ...job, submit: job.submit * 4, run: job.run * 4, estimate: job.estimate * 4 }));
        expect(summary(slower, name).meanWait).toBeCloseTo(4 * summary(jobs, name).meanWait, 6);
      }),
    );
  });
});

describe('backfilling', () => {
  test('EASY: nobody who stands at the head starts later than was reserved when it came there', () => {
    fc.assert(
      fc.property(trace(), (jobs) => {
        const { jobs: sorted, starts } = run(jobs, 'easy');
        // A head's first reservation is what it would get if nothing came after it: replayed without all later ones.
        for (const [index, job] of sorted.entries()) {
          const alone = run(
            sorted.slice(0, index + 1).map((one) => ({ ...one, run: one.estimate })),
            'fcfs',
          );
          const reserved = alone.starts[alone.jobs.findIndex(({ id }) => id === job.id)] ?? 0;
          expect(starts[index]).toBeLessThanOrEqual(reserved);
          if ((starts[index] ?? 0) > job.submit) break;
        }
      }),
    );
  });

  test('EASY lets a short narrow job pass a wide head, and not one that would delay it', () => {
    const job = (id: number, submit: number, seconds: number, size: number): TraceJob => ({
      id,
      submit,
      run: seconds,
      estimate: seconds,
      size,
    });
    const jobs = [job(1, 0, 10, 6), job(2, 1, 10, 8), job(3, 2, 9, 2), job(4, 2, 8, 2)];
    expect(startsOf(jobs, 'easy')).toEqual({ 1: 0, 2: 10, 3: 20, 4: 2 });
    expect(startsOf(jobs, 'fcfs')).toEqual({ 1: 0, 2: 10, 3: 20, 4: 20 });
    expect(startsOf(jobs, 'firstfit')).toEqual({ 1: 0, 2: 18, 3: 2, 4: 10 });
  });

  test.each(['easy', 'easy-sjbf', 'conservative', 'firstfit'] as const)(
    '%s is first come, first served when every job needs the whole machine',
    (name) => {
      fc.assert(
        fc.property(trace(), (jobs) => {
          const wide = jobs.map((job) => ({ ...job, size: processors }));
          expect(startsOf(wide, name)).toEqual(startsOf(wide, 'fcfs'));
        }),
      );
    },
  );

  test('conservative: with exact estimates no job starts later than with those before it alone', () => {
    fc.assert(
      fc.property(trace(), (jobs) => {
        const exact = jobs.map((job) => ({ ...job, estimate: job.run }));
        const { jobs: sorted, starts } = run(exact, 'conservative');
        for (const index of sorted.keys()) {
          const before = run(sorted.slice(0, index + 1), 'conservative');
          expect(starts[index]).toBeLessThanOrEqual(before.starts[index] ?? 0);
        }
      }),
    );
  });
});

test('a summary counts waits, slowdown and use', () => {
  const jobs: TraceJob[] = [
    { id: 1, submit: 0, run: 10, estimate: 10, size: 8 },
    { id: 2, submit: 0, run: 20, estimate: 20, size: 4 },
  ];
  expect(summary(jobs, 'fcfs')).toEqual({
    n: 2,
    meanWait: 5,
    p95Wait: 10,
    maxWait: 10,
    meanBSLD: 1.25,
    makespan: 30,
    util: (80 + 80) / (8 * 30),
    longestQueue: 2,
  });
});

describe('the Standard Workload Format', () => {
  test('comments, unknown fields and jobs that never ran', () => {
    const text = `; a comment
1 5 0 10 4 -1 -1 4 60 -1 1 3 1 1 1 -1 -1 -1
2 6 0 0 -1 -1 -1 2 -1 -1 1 3 1 1 1 -1 -1 -1
3 7 0 -1 4 -1 -1 4 60 -1 0 3 1 1 1 -1 -1 -1
4 8 0 90 1 -1 -1 1 60 -1 1 3 1 1 1 -1 -1 -1
`;
    expect(parseSwf(text)).toEqual([
      { id: 1, submit: 5, run: 10, estimate: 60, size: 4, user: 3 },
      { id: 2, submit: 6, run: 1, estimate: 1, size: 2, user: 3 },
      { id: 4, submit: 8, run: 90, estimate: 90, size: 1, user: 3 },
    ]);
  });

  test('what is not a trace is refused with the line', () => {
    expect(() => parseSwf('; fine\nnot a record')).toThrow(new SimulationError('record', { line: 2 }));
    expect(() => parseSwf('')).toThrow(new SimulationError('no-jobs'));
  });

  test('a job that needs more than the machine has is named', () => {
    expect(() => summary([{ id: 9, submit: 0, run: 1, estimate: 1, size: 99 }], 'easy')).toThrow(
      new SimulationError('job-too-large', { job: 9, size: 99, processors: 8 }),
    );
  });
});
