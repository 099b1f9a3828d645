import { expect, test } from 'vitest';
import type { Capacity, Grant } from '../../scheduler-port.ts';
import { figuresOf, type JudgedRun } from './schedule-figures.ts';

const capacity: Capacity = { memoryBytes: 1, foreignBytes: 0, devices: [] };
/** Four cores and two GPUs. */
const machine = {
  capacity,
  resources: ['cores', 'memory', 'gpu', 'npu'],
  measure: () => ({ total: [4, 1, 2, 0], amountsOf: ({ cores, accelerators }: Grant) => [cores, 1, accelerators.length, 0] }),
};
const grant = (cores: number, gpus = 0): Grant => ({
  device: 'cpu',
  cores,
  memoryBytes: 1,
  accelerators: Array.from({ length: gpus }, (_, index) => ({ device: `gpu${index}` })),
});
/** Times in seconds. */
const run = (job: number, [enqueued, started, ends]: [number, number, number], values: Partial<JudgedRun> = {}): JudgedRun => ({
  job,
  group: 'a',
  enqueuedAt: enqueued * 1000,
  startedAt: started * 1000,
  endsAt: ends * 1000,
  grant: grant(1),
  ranBefore: false,
  ...values,
});

test('waits, slowdowns and groups of a small schedule', () => {
  const runs = [
    run(1, [0, 0, 100]),
    run(2, [0, 100, 104]), // 4 s count as 10 s: (100 + 10) / 10
    run(3, [50, 150, 200], { group: 'b', deadline: 199_000 }), // (100 + 50) / 50
  ];
  const { fairness, ...figures } = figuresOf(runs, 0, machine);
  expect(figures).toEqual({
    jobs: 3,
    makespanSeconds: 200,
    meanWaitSeconds: 200 / 3,
    p95WaitSeconds: 100,
    maxWaitSeconds: 100,
    meanBoundedSlowdown: (1 + 11 + 3) / 3,
    utilization: { cores: (100 + 4 + 50) / (4 * 200), gpu: 0 },
    missedDeadlines: 1,
    groups: [
      { name: 'a', jobs: 2, meanWaitSeconds: 50, maxWaitSeconds: 100, meanBoundedSlowdown: 6 },
      { name: 'b', jobs: 1, meanWaitSeconds: 100, maxWaitSeconds: 100, meanBoundedSlowdown: 3 },
    ],
  });
  expect(fairness).toBeCloseTo((6 + 3) ** 2 / (2 * (36 + 9)), 12);
});

test('of parts of one job the first start and the last end count', () => {
  const parts = [run(1, [0, 10, 30]), run(1, [0, 20, 60])];
  expect(figuresOf(parts, 0, machine)).toMatchObject({ jobs: 1, meanWaitSeconds: 10, meanBoundedSlowdown: (10 + 50) / 50 });
});

test('what ran before uses the machine and is not judged; nothing at all has no means', () => {
  const before = run(1, [-100, -50, Infinity], { grant: grant(2, 1), ranBefore: true });
  expect(figuresOf([before, run(2, [0, 0, 100], { grant: grant(2, 1) })], 0, machine)).toMatchObject({
    jobs: 1,
    makespanSeconds: 100,
    maxWaitSeconds: 0,
    utilization: { cores: 1, gpu: 1 },
  });
  expect(figuresOf([before], 0, machine)).toEqual({ jobs: 0, makespanSeconds: 0, utilization: {}, missedDeadlines: 0, groups: [] });
});
