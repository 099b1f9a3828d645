import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growTree } from './fair-tree.ts';
import { simulateWorkload, type WorkloadPolicy } from './simulate-workload.ts';
import { Workload, type Placed } from './workload.ts';
import { SimulationError } from './simulation-error.ts';

/* Groups that take turns on equal devices: start-time fair queueing and Slurm's fair tree. */

interface Given {
  readonly group: string;
  readonly cost: number;
  readonly submit?: number;
}
const workloadOf = (weights: Readonly<Record<string, number>>, tasks: readonly Given[], more: object = {}) =>
  Workload.parse({
    devices: [{ type: 'p' }],
    groups: Object.entries(weights).map(([name, weight]) => ({ name, weight })),
    tasks: tasks.map(({ group, cost, submit = 0 }, index) => ({ id: String(index), group, submit, cost: { p: cost } })),
    ...more,
  });
const placedBy = (policy: WorkloadPolicy, workload: Workload): readonly Placed[] => {
  const result = simulateWorkload(workload, policy);
  if (!('tasks' in result)) throw new Error(`${policy} makes no schedule`);
  return result.tasks;
};
/** The groups in the order in which their tasks started. */
const orderOf = (policy: WorkloadPolicy, workload: Workload): string[] =>
  placedBy(policy, workload)
    .toSorted((a, b) => a.start - b.start)
    .map(({ id }) => workload.tasks[Number(id)]?.group ?? '');
const times = (count: number, group: string, cost = 1): Given[] => Array.from({ length: count }, () => ({ group, cost }));

const anyTasks = fc.array(
  fc.record({ group: fc.constantFrom('a', 'b', 'c'), cost: fc.integer({ min: 1, max: 20 }), submit: fc.nat(100) }),
  { minLength: 1, maxLength: 60 },
);
const anyWeights = fc.record({ a: fc.integer({ min: 1, max: 5 }), b: fc.integer({ min: 1, max: 5 }), c: fc.integer({ min: 1, max: 5 }) });

describe.each(['sfq', 'fair-tree'] as const)('%s', (policy) => {
  test('runs every task once it is there, one at a time on each device, and leaves none idle while tasks wait', () => {
    fc.assert(
      fc.property(anyWeights, anyTasks, fc.integer({ min: 1, max: 3 }), (weights, tasks, count) => {
        const placed = placedBy(policy, workloadOf(weights, tasks, { devices: [{ type: 'p', count }] }));
        expect(placed).toHaveLength(tasks.length);
        for (const [index, { start, end }] of placed.entries()) {
          expect(start).toBeGreaterThanOrEqual(tasks[index]?.submit ?? 0);
          expect(end - start).toBe(tasks[index]?.cost);
          // Whoever waits, waits while all devices are busy.
          const waitedAt = start > (tasks[index]?.submit ?? 0) ? start - 0.5 : undefined;
          if (waitedAt !== undefined) expect(placed.filter((one) => one.start <= waitedAt && waitedAt < one.end)).toHaveLength(count);
        }
        for (const device of new Set(placed.map((one) => one.device))) {
          const there = placed.filter((one) => one.device === device).toSorted((a, b) => a.start - b.start);
          for (const [index, one] of there.entries()) expect(one.start).toBeGreaterThanOrEqual(there[index - 1]?.end ?? 0);
        }
      }),
    );
  });

  test('on a load that never ends gives each group its weight, within one task', () => {
    const workload = workloadOf({ a: 1, b: 3 }, [...times(50, 'a'), ...times(150, 'b')]);
    const order = orderOf(policy, workload);
    for (const served of [20, 40, 80, 160]) {
      expect(Math.abs(order.slice(0, served).filter((group) => group === 'b').length - 0.75 * served)).toBeLessThanOrEqual(1);
    }
  });

  test('needs devices of one type and tasks that wait for no other', () => {
    const two = workloadOf({}, times(1, 'a'), { devices: [{ type: 'p' }, { type: 'q' }] });
    expect(() => placedBy(policy, two)).toThrow(new SimulationError('one-type-only', { policy }));
  });
});

describe('start-time fair queueing', () => {
  test('of unit tasks with weights 1 and 2 serves abb, and again', () =>
    expect(orderOf('sfq', workloadOf({ a: 1, b: 2 }, [...times(4, 'a'), ...times(8, 'b')])).join('')).toBe('abbabbabbabb'));

  test('while two groups wait, neither gets ahead of its weight by more than one task of each', () => {
    fc.assert(
      fc.property(anyWeights, anyTasks, (weights, tasks) => {
        const all = tasks.map(({ group, cost }) => ({ group, cost }));
        const placed = placedBy('sfq', workloadOf(weights, all)).map((one, index) => ({
          ...one,
          ...(all[index] ?? { group: '', cost: 0 }),
        }));
        const of = (name: string) => placed.filter(({ group }) => group === name);
        for (const [f, m] of [
          ['a', 'b'],
          ['a', 'c'],
          ['b', 'c'],
        ] as const) {
          // Both have tasks that wait until the first of them starts its last one.
          const until = Math.min(...[f, m].map((name) => Math.max(0, ...of(name).map(({ start }) => start))));
          const most = (name: 'a' | 'b' | 'c'): number => Math.max(0, ...of(name).map(({ cost }) => cost)) / weights[name];
          const work = (name: 'a' | 'b' | 'c', from: number, to: number): number =>
            of(name).reduce((sum, { start, end, cost }) => (start >= from && end <= to ? sum + cost : sum), 0) / weights[name];
          const moments = [0, ...placed.map(({ end }) => end)].filter((moment) => moment <= until);
          for (const from of moments)
            for (const to of moments)
              if (from < to) expect(Math.abs(work(f, from, to) - work(m, from, to))).toBeLessThanOrEqual(most(f) + most(m) + 1e-9);
        }
      }),
    );
  });

  test('a group that was idle has earned nothing by that', () => {
    const order = orderOf('sfq', workloadOf({}, [...times(20, 'a'), ...times(6, 'b').map((task) => ({ ...task, submit: 10 }))]));
    expect(order.slice(10, 22).filter((group) => group === 'b')).toHaveLength(6);
    expect(order.slice(10, 14).filter((group) => group === 'b')).toHaveLength(2);
  });
});

describe('the fair tree', () => {
  const tree = { lab: 1, 'lab/alice': 1, 'lab/bob': 1, night: 1, 'night/carol': 1 };
  const groups = ['lab/alice', 'lab/bob', 'night/carol'];

  test('use halves in every half-life', () => {
    const grown = growTree(
      workloadOf(
        tree,
        groups.flatMap((group) => times(1, group)),
        { halfLife: 100 },
      ),
    );
    grown.use('lab/alice', 80, 0);
    expect(grown.used('lab', 0)).toBe(80);
    expect(grown.used('lab/alice', 100)).toBe(40);
    expect(grown.used('lab', 300)).toBe(10);
  });

  test('all of a group stand before all of a sibling that has had more, whatever each of them has had', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...groups), fc.integer({ min: 1, max: 100 })), { maxLength: 20 }), (uses) => {
        const grown = growTree(
          workloadOf(
            tree,
            groups.flatMap((group) => times(1, group)),
          ),
        );
        for (const [index, [group, amount]] of uses.entries()) grown.use(group, amount, index);
        const ranking = grown.ranking(uses.length);
        const [lab, night] = [grown.used('lab', uses.length), grown.used('night', uses.length)];
        if (lab < night) expect(ranking.at(-1)).toBe('night/carol');
        if (night < lab) expect(ranking[0]).toBe('night/carol');
        const [alice, bob] = [grown.used('lab/alice', uses.length), grown.used('lab/bob', uses.length)];
        if (alice < bob) expect(ranking.indexOf('lab/alice')).toBeLessThan(ranking.indexOf('lab/bob'));
      }),
    );
  });

  test('divides first between groups and then within them: one alone in a group gets as much as two in another', () => {
    const order = orderOf('fair-tree', workloadOf(tree, [...times(40, 'lab/alice'), ...times(40, 'lab/bob'), ...times(40, 'night/carol')]));
    const had = (group: string): number => order.slice(0, 40).filter((one) => one === group).length;
    expect([had('lab/alice'), had('lab/bob'), had('night/carol')]).toEqual([10, 10, 20]);
  });
});
