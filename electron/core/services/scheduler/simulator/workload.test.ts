import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SimulationError } from './simulation-error.ts';
import { simulateWorkload, type Schedule, type WorkloadPolicy } from './simulate-workload.ts';
import { Workload } from './workload.ts';

const run = (workload: unknown, policy: WorkloadPolicy) => simulateWorkload(Workload.parse(workload), policy);
const schedule = (workload: unknown, policy: WorkloadPolicy): Schedule => {
  const result = run(workload, policy);
  if (!('tasks' in result)) throw new Error(`${policy} makes no schedule`);
  return result;
};

/** The ten tasks of Topcuoglu, Hariri and Wu (2002), figure 2. */
const costs = [
  [14, 16, 9],
  [13, 19, 18],
  [11, 13, 19],
  [13, 8, 17],
  [12, 13, 10],
  [13, 16, 9],
  [7, 15, 11],
  [5, 11, 14],
  [18, 12, 20],
  [21, 7, 16],
];
const edges: [number, number, number][] = [
  [1, 2, 18],
  [1, 3, 12],
  [1, 4, 9],
  [1, 5, 11],
  [1, 6, 14],
  [2, 8, 19],
  [2, 9, 16],
  [3, 7, 23],
  [4, 8, 27],
  [4, 9, 23],
  [5, 9, 13],
  [6, 8, 15],
  [7, 10, 17],
  [8, 10, 11],
  [9, 10, 13],
];
const tenTasks = {
  devices: ['p1', 'p2', 'p3'].map((type) => ({ type })),
  tasks: costs.map(([p1, p2, p3], index) => ({
    id: String(index + 1),
    cost: { p1, p2, p3 },
    after: edges.flatMap(([from, to, transfer]) => (to === index + 1 ? [{ id: String(from), transfer }] : [])),
  })),
};

describe('the ten tasks of the HEFT paper', () => {
  test('take 80 with HEFT', () => expect(schedule(tenTasks, 'heft').makespan).toBe(80));
  test('take 86 with CPOP', () => expect(schedule(tenTasks, 'cpop').makespan).toBe(86));
});

test('HEFT puts a late task into an earlier gap: without insertion these three would take longer', () => {
  const { tasks, makespan } = schedule(
    {
      devices: [{ type: 'p' }, { type: 'q' }],
      tasks: [
        { id: 'a', cost: { p: 10, q: 2 } },
        { id: 'b', cost: { p: 10 }, after: [{ id: 'a', transfer: 5 }] },
        { id: 'c', cost: { p: 6 } },
      ],
    },
    'heft',
  );
  expect(tasks.map(({ id, start }) => [id, start])).toEqual([
    ['a', 0],
    ['b', 7],
    ['c', 0],
  ]);
  expect(makespan).toBe(17);
});

const arbitraryGraph = fc
  .record({
    devices: fc.integer({ min: 1, max: 4 }),
    tasks: fc.array(fc.record({ costs: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 4, maxLength: 4 }), submit: fc.nat(20) }), {
      minLength: 1,
      maxLength: 14,
    }),
    edges: fc.array(fc.tuple(fc.nat(13), fc.nat(13), fc.nat(20)), { maxLength: 25 }),
  })
  .map(({ devices, tasks, edges: drawn }) => {
    const unique = new Map(drawn.filter(([from, to]) => from < to && to < tasks.length).map((edge) => [`${edge[0]} ${edge[1]}`, edge]));
    return {
      devices: Array.from({ length: devices }, (_, index) => ({ type: `t${index}` })),
      tasks: tasks.map(({ costs: own, submit }, index) => ({
        id: String(index),
        submit,
        cost: Object.fromEntries(own.slice(0, devices).map((cost, device) => [`t${device}`, cost])),
        after: [...unique.values()].flatMap(([from, to, transfer]) => (to === index ? [{ id: String(from), transfer }] : [])),
      })),
    };
  });

describe('HEFT, CPOP and list scheduling over unlike devices', () => {
  test.each(['heft', 'cpop', 'fcfs', 'sjf'] as const)(
    '%s keeps the order of the graph, one task at a time on a device, and beats no lower bound',
    (policy) => {
      fc.assert(
        fc.property(arbitraryGraph, (workload) => {
          const { tasks, metrics } = schedule(workload, policy);
          const placed = new Map(tasks.map((task) => [task.id, task]));
          for (const { id, submit, after, cost } of workload.tasks) {
            const own = placed.get(id);
            if (!own) throw new Error(`task ${id} was not placed`);
            expect(own.start).toBeGreaterThanOrEqual(submit);
            expect(own.end - own.start).toBeCloseTo(cost[own.device.split(':')[0] ?? ''] ?? Number.NaN, 9);
            for (const { id: earlier, transfer } of after) {
              const before = placed.get(earlier);
              expect(own.start).toBeGreaterThanOrEqual((before?.end ?? 0) + (before?.device === own.device ? 0 : transfer));
            }
          }
          for (const { device } of tasks) {
            const own = tasks.filter((task) => task.device === device).sort((a, b) => a.start - b.start);
            own.slice(1).forEach((task, index) => expect(task.start).toBeGreaterThanOrEqual(own[index]?.end ?? 0));
          }
          if (metrics.slr !== undefined && workload.tasks.every(({ submit }) => submit === 0))
            expect(metrics.slr).toBeGreaterThanOrEqual(1);
          expect(metrics.util ?? 0).toBeLessThanOrEqual(1 + 1e-9);
        }),
      );
    },
  );

  test('on one device the makespan is the sum of all costs', () => {
    fc.assert(
      fc.property(arbitraryGraph, (workload) => {
        const single = { devices: [{ type: 't0' }], tasks: workload.tasks.map((task) => ({ ...task, submit: 0 })) };
        const total = single.tasks.reduce((all, { cost }) => all + (cost['t0'] ?? 0), 0);
        expect(schedule(single, 'heft').makespan).toBe(total);
      }),
    );
  });
});

describe('dominant resource fairness', () => {
  const example = {
    devices: [{ type: 'node', capacity: { cpu: 9, memory: 18 } }],
    tasks: [
      { id: 'a', group: 'A', demand: { cpu: 1, memory: 4 } },
      { id: 'b', group: 'B', demand: { cpu: 3, memory: 1 } },
    ],
  };

  test('the example of its paper: three tasks and two, both with two thirds', () => {
    expect(run(example, 'drf')).toEqual({
      policy: 'drf',
      order: ['A', 'B', 'A', 'B', 'A'],
      allocated: { A: 3, B: 2 },
      dominantShare: { A: 12 / 18, B: 6 / 9 },
    });
  });

  test('with one resource it is max-min: equal groups get within one task of each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 6 }), (cpu, groups) => {
        const result = run(
          {
            devices: [{ type: 'n', capacity: { cpu } }],
            tasks: Array.from({ length: groups }, (_, index) => ({ id: String(index), group: `g${index}`, demand: { cpu: 1 } })),
          },
          'drf',
        );
        const counts = 'allocated' in result ? Object.values(result.allocated) : [];
        expect(counts.reduce((all, count) => all + count, 0)).toBe(cpu);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('each group has at least an equal part of its dominant resource, but for the largest task of all (sharing incentive)', () => {
    const amount = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, amount), { minLength: 2, maxLength: 5 }), (demands) => {
        const capacity = 60;
        const result = run(
          {
            devices: [{ type: 'n', capacity: { cpu: capacity, memory: capacity } }],
            tasks: demands.map(([cpu, memory], index) => ({ id: String(index), group: `g${index}`, demand: { cpu, memory } })),
          },
          'drf',
        );
        if (!('dominantShare' in result)) throw new Error('no shares');
        const largestTask = Math.max(...demands.flat()) / capacity;
        for (const share of Object.values(result.dominantShare)) {
          expect(share).toBeGreaterThanOrEqual(1 / demands.length - largestTask - 1e-9);
        }
      }),
    );
  });

  test('a group of twice the weight gets twice as much', () => {
    const result = run(
      {
        devices: [{ type: 'n', capacity: { cpu: 30 } }],
        groups: [{ name: 'a', weight: 2 }, { name: 'b' }],
        tasks: ['a', 'b'].map((group) => ({ id: group, group, demand: { cpu: 1 } })),
      },
      'drf',
    );
    expect(result).toMatchObject({ allocated: { a: 20, b: 10 } });
  });
});

describe('earliest deadline first', () => {
  const jobs: [number, number][] = [
    [4, 6],
    [1, 8],
    [6, 9],
    [3, 11],
    [6, 20],
    [8, 25],
    [7, 28],
    [10, 35],
  ];
  const workload = { devices: [{ type: 'p' }], tasks: jobs.map(([p, deadline], index) => ({ id: String(index), cost: { p }, deadline })) };

  test('turns away as few as possible: six of the eight are on time', () => {
    const result = schedule(workload, 'edf');
    expect(result.rejected?.toSorted()).toEqual(['2', '5']);
    expect(result.metrics).toMatchObject({ n: 6, missedDeadlines: 0 });
  });

  const tasks = fc.array(fc.record({ p: fc.integer({ min: 1, max: 9 }), submit: fc.nat(30), slack: fc.nat(20) }), {
    minLength: 1,
    maxLength: 12,
  });

  test('whoever is admitted is on time, on one device and on several', () => {
    fc.assert(
      fc.property(tasks, fc.integer({ min: 1, max: 3 }), (drawn, count) => {
        const { metrics, rejected = [] } = schedule(
          {
            devices: [{ type: 'p', count }],
            tasks: drawn.map(({ p, submit, slack }, index) => ({ id: String(index), cost: { p }, submit, deadline: submit + p + slack })),
          },
          'edf',
        );
        expect(metrics.missedDeadlines).toBe(0);
        expect(metrics.n + rejected.length).toBe(drawn.length);
      }),
    );
  });

  test('on one device with all there at once no other choice has more on time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 9 }),
        (drawn) => {
          const { metrics } = schedule(
            { devices: [{ type: 'p' }], tasks: drawn.map(([p, deadline], index) => ({ id: String(index), cost: { p }, deadline })) },
            'edf',
          );
          expect(metrics.n).toBe(mostOnTime(drawn));
        },
      ),
    );
  });
});

/** By trying every choice. */
const mostOnTime = (tasks: readonly [number, number][]): number => {
  const sorted = [...tasks].sort((a, b) => a[1] - b[1]);
  let most = 0;
  for (let choice = 0; choice < 2 ** sorted.length; choice += 1) {
    let now = 0;
    let count = 0;
    const isOnTime = sorted.every(([cost, deadline], index) => {
      if ((choice & (1 << index)) === 0) return true;
      now += cost;
      count += 1;
      return now <= deadline;
    });
    if (isOnTime) most = Math.max(most, count);
  }
  return most;
};

describe('sharing equal devices', () => {
  const three = { devices: [{ type: 'p' }], tasks: [3, 1, 2].map((p, index) => ({ id: String(index), cost: { p } })) };
  const ends = (policy: WorkloadPolicy) => schedule(three, policy).tasks.map(({ end }) => end);

  test('the shortest remaining first', () => expect(ends('srpt')).toEqual([6, 1, 3]));
  test('processor sharing ends the short ones at their sizes and the number left', () => expect(ends('ps')).toEqual([6, 3, 5]));
  test('least attained shares like that when all came at once', () => expect(ends('las')).toEqual([6, 3, 5]));
  test('a task that comes later has all of the device until it has caught up', () => {
    const later = {
      devices: [{ type: 'p' }],
      tasks: [
        { id: 'a', cost: { p: 4 } },
        { id: 'b', cost: { p: 1 }, submit: 2 },
      ],
    };
    expect(schedule(later, 'las').tasks.map(({ start, end }) => [start, end])).toEqual([
      [0, 5],
      [2, 3],
    ]);
  });
  test('unlike devices are refused with a reason', () => {
    expect(() => run({ devices: [{ type: 'p' }, { type: 'q' }], tasks: [] }, 'ps')).toThrow(
      new SimulationError('one-type-only', { policy: 'ps' }),
    );
  });
});

describe('throughput shares', () => {
  const two = {
    devices: [
      { type: 'v100', count: 1 },
      { type: 'k80', count: 1 },
    ],
    tasks: [
      { id: 'a', throughput: { v100: 40, k80: 10 }, steps: 400 },
      { id: 'b', throughput: { v100: 20, k80: 10 }, steps: 200 },
    ],
  };
  const objective = (workload: unknown, policy: WorkloadPolicy): number => {
    const result = run(workload, policy);
    return 'objective' in result ? result.objective : Number.NaN;
  };

  test('each task where it is comparatively best: a on the fast device, b on the other, and the sum is largest', () => {
    expect(run(two, 'gavel-maxsum')).toMatchObject({ objective: 1.5, shares: { a: { v100: 1, k80: 0 }, b: { v100: 0, k80: 1 } } });
  });

  test('the makespan is the least in which all steps are done', () => {
    // a needs 10 s of the fast device, b 20 s of the slow one; moving x seconds of b to the fast one costs a the same.
    const least = objective(two, 'gavel-makespan');
    expect(least).toBeGreaterThan(10);
    expect(least).toBeLessThan(20);
  });

  const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 5 });
  const counts = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
  const workloadOf = (drawn: readonly [number, number][], [x, y]: readonly [number, number]) => ({
    devices: [
      { type: 'x', count: x },
      { type: 'y', count: y },
    ],
    tasks: drawn.map(([a, b], index) => ({ id: String(index), throughput: { x: a, y: b }, steps: 100 })),
  });

  test.each(['gavel-maxmin', 'gavel-makespan', 'gavel-ftf', 'gavel-maxsum'] as const)(
    '%s stays within every task’s time and every type’s devices',
    (policy) => {
      fc.assert(
        fc.property(rows, counts, (drawn, devices) => {
          const result = run(workloadOf(drawn, devices), policy);
          if (!('shares' in result)) throw new Error('no shares');
          const shares = Object.values(result.shares);
          for (const parts of shares) expect((parts['x'] ?? 0) + (parts['y'] ?? 0)).toBeLessThanOrEqual(1 + 1e-6);
          for (const [index, type] of ['x', 'y'].entries()) {
            expect(shares.reduce((all, parts) => all + (parts[type] ?? 0), 0)).toBeLessThanOrEqual((devices[index] ?? 0) + 1e-6);
            for (const parts of shares) expect(parts[type] ?? 0).toBeGreaterThanOrEqual(-1e-9);
          }
        }),
      );
    },
  );

  test('on one type of device max-min gives everybody the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }), (speeds) => {
        const workload = {
          devices: [{ type: 'x', count: 2 }],
          tasks: speeds.map((x, index) => ({ id: String(index), throughput: { x } })),
        };
        expect(objective(workload, 'gavel-maxmin')).toBeCloseTo(Math.min(1, 2 / speeds.length), 6);
      }),
    );
  });

  test('max-min is the same when one task counts its steps in another unit', () => {
    fc.assert(
      fc.property(rows, counts, fc.integer({ min: 2, max: 9 }), (drawn, devices, factor) => {
        const scaled = drawn.map(([a, b], index): [number, number] => (index === 0 ? [a * factor, b * factor] : [a, b]));
        expect(objective(workloadOf(scaled, devices), 'gavel-maxmin')).toBeCloseTo(
          objective(workloadOf(drawn, devices), 'gavel-maxmin'),
          6,
        );
      }),
    );
  });

  test('the makespan never rises when a device is added', () => {
    fc.assert(
      fc.property(rows, counts, (drawn, [x, y]) => {
        expect(objective(workloadOf(drawn, [x + 1, y]), 'gavel-makespan')).toBeLessThanOrEqual(
          objective(workloadOf(drawn, [x, y]), 'gavel-makespan') + 1e-6,
        );
      }),
    );
  });
});

describe('what makes no sense is named', () => {
  test('a cycle, task by task', () => {
    const cyclic = {
      devices: [{ type: 'p' }],
      tasks: [
        { id: 'a', cost: { p: 1 }, after: [{ id: 'b' }] },
        { id: 'b', cost: { p: 1 }, after: [{ id: 'a' }] },
      ],
    };
    expect(() => run(cyclic, 'heft')).toThrow(new SimulationError('cycle', { tasks: 'a → b → a' }));
  });
  test('a predecessor that is not there', () => {
    expect(() => run({ devices: [{ type: 'p' }], tasks: [{ id: 'a', cost: { p: 1 }, after: [{ id: 'x' }] }] }, 'heft')).toThrow(
      new SimulationError('after-unknown', { task: 'a', before: 'x' }),
    );
  });
  test.each(['heft', 'cpop', 'ps', 'edf', 'sfq'] as const)('a task of several devices under %s, which gives each task one', (policy) => {
    expect(() => run({ devices: [{ type: 'p', count: 4 }], tasks: [{ id: 'a', cost: { p: 1 }, count: 3 }] }, policy)).toThrow(
      new SimulationError('one-device-only', { policy, task: 'a', count: 3 }),
    );
  });
  test('so many small demands that filling the machine would not end', () => {
    const tasks = [{ id: 'a', demand: { cores: 1e-9 } }];
    expect(() => run({ devices: [{ type: 'p', capacity: { cores: 4 } }], tasks }, 'drf')).toThrow(
      new SimulationError('too-many-tasks', { limit: 1_000_000 }),
    );
  });
  test('a task that no device can run', () => {
    expect(() => run({ devices: [{ type: 'p' }], tasks: [{ id: 'a', cost: { q: 1 } }] }, 'fcfs')).toThrow(
      new SimulationError('no-type-for', { task: 'a', count: 1 }),
    );
  });
});
