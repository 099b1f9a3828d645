import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../../../e2e/tools/seeded.ts';
import type { GroupState } from '../../../../shared/contract/scheduler.ts';
import type { Capacity, Grant, GroupSettings, TaskRequest } from '../../scheduler-port.ts';
import { createFairShares } from './fair-shares.ts';
import { createScheduler } from './scheduler.ts';
import {
  capacity,
  capacityWith,
  cpu,
  end,
  gigabyte,
  gpu,
  oneCore,
  open,
  request,
  started,
  submit,
  type TestScheduler,
} from './test-machine.ts';

const of = (group: string, values: Partial<TaskRequest> = {}): Partial<TaskRequest> => ({ group, memoryBytes: 1, ...values });
const weighted = (weight: number): GroupSettings => ({ weight, quota: {} });
const stateOf = (scheduler: TestScheduler, group: string, now: number): GroupState =>
  scheduler.groups(now).find(({ name }) => name === group)!;

const day = 86_400_000;
const hour = day / 24;

/** Ends whatever began first, again and again, each after `ms`; answers who started, the first ones included. */
const drainInOrder = (scheduler: TestScheduler, first: readonly string[], ms = 1000, from = 0): string[] => {
  const order = [...first];
  for (let at = 0; at < order.length; at += 1) {
    order.push(...started(scheduler.apply({ kind: 'ended', task: order[at]!, succeeded: true }, from + (at + 1) * ms)));
  }
  return order;
};

describe('whose turn it is', () => {
  test('tasks go round between groups by dominant share: the worked example of dominant resource fairness', () => {
    const nine: Capacity = { memoryBytes: 18 * gigabyte, foreignBytes: 0, devices: [{ ...cpu, cores: 9 }] };
    const scheduler = open('fair', nine);
    scheduler.apply({ kind: 'paused' });
    for (const id of [1, 2, 3, 4]) submit(scheduler, request(id, { group: 'A', cores: 1, memoryBytes: 4 * gigabyte }));
    for (const id of [11, 12, 13]) submit(scheduler, request(id, { group: 'B', cores: 3, memoryBytes: gigabyte }));
    expect(scheduler.waiting(0, 5)).toEqual(['1', '11', '2', '12', '3']);
    expect(started(scheduler.apply({ kind: 'resumed' }))).toEqual(['1', '11', '2', '12', '3']);
    expect(scheduler.groups(0)).toMatchObject([
      { name: 'A', sharePercent: expect.closeTo(200 / 3, 4), running: 3, waiting: 1 },
      { name: 'B', sharePercent: expect.closeTo(200 / 3, 4), running: 2, waiting: 1 },
    ]);
  });

  test('a group of weight 2 gets two starts for each of a group of weight 1', () => {
    const scheduler = open('fair', oneCore);
    scheduler.apply({ kind: 'groupChanged', group: 'b', settings: weighted(2) });
    const first = submit(scheduler, ...Array.from({ length: 12 }, (_, at) => request(at + 1, of(at < 6 ? 'a' : 'b'))));
    const order = drainInOrder(scheduler, first).slice(0, 9);
    expect(order.map((id) => (Number(id) <= 6 ? 'a' : 'b')).toSorted()).toEqual([...'aaabbbbbb']);
  });

  test('inside a group priority and waiting count', () => {
    const scheduler = open('fair', oneCore);
    const first = submit(scheduler, request(1, of('a')), request(2, of('a')), request(3, of('a', { priority: 5 })));
    expect(drainInOrder(scheduler, first)).toEqual(['1', '3', '2']);
  });

  test('what was put first by hand goes before the turn of any group', () => {
    const scheduler = open('fair', oneCore);
    submit(scheduler, request(1, of('a')), request(2, of('a')), request(3, of('b')));
    scheduler.apply({ kind: 'changed', task: request(2, of('a', { boost: 1 })) });
    expect(scheduler.waiting(0, 2)).toEqual(['2', '3']);
    expect(started(end(scheduler, 1))).toEqual(['2']);
  });

  test('groups that wait alike go by name, and a thousand tasks of one time stamp by their numbers', () => {
    const scheduler = open('fair', oneCore);
    scheduler.apply({ kind: 'paused' });
    submit(scheduler, ...Array.from({ length: 1000 }, (_, at) => request(at + 1, of(at % 2 === 0 ? 'b' : 'a', { enqueuedAt: 7 }))));
    const line = scheduler.waiting(0, 1000);
    expect(line.slice(0, 4)).toEqual(['2', '1', '4', '3']);
    expect(new Set(line).size).toBe(1000);
    expect(line.map((id) => scheduler.explain(id)?.position)).toEqual(line.map((_, at) => at + 1));
    expect(scheduler.waiting(700, 40)).toEqual(line.slice(700, 740));
    expect(scheduler.waiting(480, 40)).toEqual(line.slice(480, 520));
  });

  test('what a part of a group uses counts for the whole: a lab of two gets as much as a person alone', () => {
    const scheduler = open('fair', oneCore);
    const groups = ['lab/alice', 'lab/bob', 'eve'];
    const first = submit(scheduler, ...Array.from({ length: 60 }, (_, at) => request(at + 1, of(groups[at % 3]!))));
    const order = drainInOrder(scheduler, first).slice(0, 24);
    const count = (group: string): number => order.filter((id) => groups[(Number(id) - 1) % 3] === group).length;
    expect({ eve: count('eve'), alice: count('lab/alice'), bob: count('lab/bob') }).toEqual({ eve: 12, alice: 6, bob: 6 });
  });

  test('jobs of a group itself stand beside its parts; more slashes mean nothing', () => {
    const scheduler = open('fair', oneCore);
    const first = submit(scheduler, ...[1, 2, 3, 4].map((id) => request(id, of(id % 2 ? 'lab/' : '/lab//alice'))));
    expect(drainInOrder(scheduler, first)).toHaveLength(4);
    expect(scheduler.groups(0).map(({ name }) => name)).toEqual(['lab', 'lab/alice']);
  });
});

describe('use', () => {
  const grant: Grant = { device: 'cpu', cores: 2, memoryBytes: gigabyte, accelerators: [] };

  test('halves in a day without use', () => {
    const scheduler = open('fair');
    scheduler.apply({ kind: 'recovered', task: request(1, { group: 'a', cores: 2 }), grant });
    scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, hour);
    const [before, after] = [stateOf(scheduler, 'a', hour), stateOf(scheduler, 'a', hour + day)];
    expect(before.used.coreSeconds).toBeGreaterThan(0.98 * 7200);
    expect(after.used.coreSeconds).toBeCloseTo(before.used.coreSeconds / 2, 6);
    expect(after.used.byteSeconds / before.used.byteSeconds).toBeCloseTo(0.5, 9);
  });

  test('does not depend on how often the time was told', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 * hour }), { maxLength: 20 }), (times) => {
        const useAfter = (told: readonly number[]): number => {
          const scheduler = open('fair');
          scheduler.apply({ kind: 'recovered', task: request(1, { group: 'a', cores: 2 }), grant });
          for (const at of told) scheduler.apply({ kind: 'backendChanged', backend: 'docker' }, at);
          return stateOf(scheduler, 'a', 10 * hour).used.coreSeconds;
        };
        expect(useAfter(times.toSorted((a, b) => a - b))).toBeCloseTo(useAfter([]), 5);
      }),
    );
  });

  test('a clock that steps back counts as one that stands still', () => {
    const useWith = (times: readonly number[]): number => {
      const scheduler = open('fair');
      scheduler.apply({ kind: 'recovered', task: request(1, { group: 'a', cores: 2 }), grant });
      for (const at of times) scheduler.apply({ kind: 'backendChanged', backend: 'docker' }, at);
      return stateOf(scheduler, 'a', times.at(-1)!).used.coreSeconds;
    };
    expect(useWith([hour, 0, hour])).toBeCloseTo(useWith([hour, 2 * hour]), 6);
    expect(useWith([hour, -100 * day])).toBeCloseTo(useWith([hour]), 6);
  });

  test('counts devices by kind, a part of a device by its memory', () => {
    const scheduler = open('fair', capacityWith(gpu(0), gpu(1)));
    submit(scheduler, request(1, of('a', { device: { kind: 'gpu', count: 1, memoryBytes: 4 * gigabyte } })));
    expect(stateOf(scheduler, 'a', 10_000).used.deviceSeconds['gpu']).toBeCloseTo(2.5, 3);
  });

  test('goes on under the next core where the last one left it', () => {
    const scheduler = open('fair', oneCore);
    drainInOrder(scheduler, submit(scheduler, request(1, of('lab/alice')), request(2, of('eve'))), hour);
    const use = scheduler.groupUse(3 * hour);
    const next = createScheduler({
      policy: 'fair',
      isPaused: false,
      capacity: oneCore,
      use: JSON.parse(JSON.stringify(use)) as typeof use,
    });
    expect(next.groups(0).map(({ name, sharePercent }) => [name, sharePercent.toFixed(6)])).toEqual(
      scheduler.groups(3 * hour).map(({ name, sharePercent }) => [name, sharePercent.toFixed(6)]),
    );
  });
});

describe('on a full machine', () => {
  /** Groups that always have something to do, tasks of any size and length; answers core time by group and the longest task. */
  const saturate = (weights: readonly number[], seed: number, hours: number) => {
    const random = seeded(seed);
    const scheduler = open('fair');
    const used = weights.map(() => 0);
    const running = new Map<string, { group: number; cores: number; startedAt: number; endsAt: number }>();
    const waiting = new Map<string, { group: number; cores: number }>();
    const longest = 600_000;
    let id = 0;
    let now = 0;
    const take = (ids: readonly string[]): void => {
      for (const one of ids) {
        const task = waiting.get(one)!;
        waiting.delete(one);
        running.set(one, { ...task, startedAt: now, endsAt: now + 1000 + Math.floor(random() * longest) });
      }
    };
    const add = (group: number): void => {
      id += 1;
      const task = { group, cores: 1 + Math.floor(random() * 2) };
      waiting.set(String(id), task);
      take(started(scheduler.apply({ kind: 'submitted', task: request(id, of(`g${group}`, { cores: task.cores })) }, now)));
    };
    weights.forEach((weight, group) => scheduler.apply({ kind: 'groupChanged', group: `g${group}`, settings: weighted(weight) }));
    scheduler.apply({ kind: 'paused' });
    for (let round = 0; round < 6; round += 1) weights.forEach((_, group) => add(group));
    take(started(scheduler.apply({ kind: 'resumed' }, now)));
    let widest = 0;
    const lag = (): number => {
      const each = weights.map((weight, group) => {
        const held = [...running.values()].filter((task) => task.group === group);
        return (used[group]! + held.reduce((sum, task) => sum + task.cores * (now - task.startedAt), 0)) / weight;
      });
      return Math.max(...each) - Math.min(...each);
    };
    while (now < hours * hour) {
      const [task, ended] = [...running].reduce((a, b) => (a[1].endsAt <= b[1].endsAt ? a : b));
      now = ended.endsAt;
      used[ended.group]! += ended.cores * (now - ended.startedAt);
      running.delete(task);
      take(started(scheduler.apply({ kind: 'ended', task, succeeded: true }, now)));
      add(ended.group);
      widest = Math.max(widest, lag());
    }
    return { used, widest, longest };
  };

  test('each group gets what its weight says, and none is ever ahead by more than its longest task on the whole machine', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(1, 2, 3, 5), { minLength: 2, maxLength: 5 }), fc.nat(1e6), (weights, seed) => {
        const { used, widest, longest } = saturate(weights, seed, 12);
        const [total, weight] = [used.reduce((a, b) => a + b), weights.reduce<number>((a, b) => a + b, 0)];
        // In core milliseconds.
        expect(widest).toBeLessThanOrEqual((cpu.cores * longest) / Math.min(...weights));
        used.forEach((one, group) => expect(Math.abs(one / total - weights[group]! / weight)).toBeLessThan(0.03));
      }),
      { numRuns: 15 },
    );
  });

  test('with one resource what groups get is max-min fair, up to one task', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 6 }), (wanted) => {
        const wide: Capacity = { memoryBytes: gigabyte, foreignBytes: 0, devices: [{ ...cpu, cores: 40 }] };
        const scheduler = open('fair', wide);
        scheduler.apply({ kind: 'paused' });
        let id = 0;
        const groupOf = new Map<string, number>();
        wanted.forEach((count, group) => {
          for (let at = 0; at < count; at += 1) groupOf.set(String((id += 1)), group);
        });
        for (const [one, group] of groupOf) submit(scheduler, request(Number(one), of(`g${group}`)));
        const got = wanted.map(() => 0);
        for (const one of started(scheduler.apply({ kind: 'resumed' }))) got[groupOf.get(one)!]! += 1;
        const most = Math.max(...got);
        expect(got.reduce((a, b) => a + b)).toBe(Math.min(40, id));
        got.forEach((one, group) => expect(one === wanted[group] || one >= most - 1).toBe(true));
      }),
    );
  });

  test('a group that was away for long has saved nothing up: it gets its part, not what it missed', () => {
    const scheduler = open('fair', oneCore);
    // Both worked alike once; `idle` has rested for ten days, while `busy` went on until nine days ago.
    const early = submit(scheduler, request(1, of('idle')), request(2, of('busy')), request(3, of('busy')));
    drainInOrder(scheduler, early, hour);
    const now = 40 * day;
    scheduler.apply({ kind: 'paused' }, now);
    submit(scheduler, ...Array.from({ length: 40 }, (_, at) => request(at + 10, of(at < 20 ? 'idle' : 'busy'))));
    const order = drainInOrder(scheduler, started(scheduler.apply({ kind: 'resumed' }, now)), 60_000, now).slice(0, 20);
    const idle = order.filter((id) => Number(id) < 30).length;
    expect(Math.abs(idle - 10)).toBeLessThanOrEqual(1);
  });
});

describe('the tree', () => {
  const anyGroup = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((path) => path.join('/'));

  test('if a group ranks above its sibling every part of it ranks above every part of the sibling', () => {
    const anyUse = fc.array(fc.tuple(anyGroup, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 1000 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(anyUse, fc.dictionary(anyGroup, fc.constantFrom(0.5, 2, 7)), (uses, weights) => {
        const shares = createFairShares(capacity, {
          settings: Object.fromEntries(Object.entries(weights).map(([name, one]) => [name, weighted(one)])),
        });
        let now = 0;
        uses.forEach(([group, cores, ms], at) => {
          shares.hold(request(at, { group }), { device: 'cpu', cores, memoryBytes: 1, accelerators: [] });
          shares.advance((now += ms));
          if (at % 3 > 0) shares.release(String(at));
        });
        const leaves = [...new Set(uses.map(([group]) => shares.leafOf(group)))].toSorted(shares.compare);
        for (const depth of [1, 2]) {
          const tops = leaves.map((leaf) => leaf.name.split('/').slice(0, depth).join('/'));
          // Whatever has the same top stands together.
          expect(tops.filter((top, at) => top !== tops[at - 1])).toHaveLength(new Set(tops).size);
        }
        for (const [at, leaf] of leaves.entries())
          for (const later of leaves.slice(at + 1)) expect(shares.compare(later, leaf)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('quotas', () => {
  test('a group at its quota stands aside, blocks nobody, and says so in numbers', () => {
    const scheduler = open('fair');
    scheduler.apply({ kind: 'groupChanged', group: 'lab', settings: { weight: 1, quota: { cores: 2 } } });
    const tasks = [
      request(1, of('lab/alice')),
      request(2, of('lab')),
      request(3, of('lab/bob')),
      request(4, of('eve')),
      request(5, of('eve')),
    ];
    expect(submit(scheduler, ...tasks)).toEqual(['1', '2', '4', '5']);
    expect(scheduler.explain('3')?.reason).toEqual({
      code: 'group-quota',
      values: { group: 'lab', resource: 'cores', need: 1, used: 2, quota: 2 },
    });
    expect(started(end(scheduler, 4))).toEqual([]);
    expect(started(end(scheduler, 1))).toEqual(['3']);
  });

  test('holds under every policy and for devices, and lets go when it is taken away', () => {
    for (const policy of ['fifo', 'priority', 'fair'] as const) {
      const scheduler = open(policy, capacityWith(gpu(0), gpu(1)));
      scheduler.apply({ kind: 'groupChanged', group: 'lab', settings: { weight: 1, quota: { devices: { gpu: 1 } } } });
      const device = { kind: 'gpu' as const, count: 1 };
      expect(
        submit(scheduler, request(1, of('lab', { device })), request(2, of('lab', { device })), request(3, of('eve', { device }))),
      ).toEqual(['1', '3']);
      end(scheduler, 3);
      expect(scheduler.explain('2')?.reason).toEqual({
        code: 'group-quota',
        values: { group: 'lab', resource: 'gpu', need: 1, used: 1, quota: 1 },
      });
      expect(started(scheduler.apply({ kind: 'groupChanged', group: 'lab', settings: weighted(1) }))).toEqual(['2']);
    }
  });

  test('no group ever holds more than its quota, whatever comes and goes', () => {
    const anyStep = fc.tuple(fc.nat(2), fc.nat(4), fc.constantFrom('lab', 'lab/alice', 'lab/bob', 'eve'));
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 80 }), fc.constantFrom('fifo' as const, 'fair' as const), (steps, policy) => {
        const scheduler = open(policy);
        const quotas: Record<string, number> = { lab: 3, 'lab/alice': 1.5 };
        for (const [group, cores] of Object.entries(quotas))
          scheduler.apply({ kind: 'groupChanged', group, settings: { weight: 1, quota: { cores } } });
        const cores = new Map<string, { group: string; cores: number }>();
        const running = new Set<string>();
        steps.forEach(([kind, number, group], at) => {
          if (kind < 2) cores.set(String(at), { group, cores: 0.5 * (number + 1) });
          const ended = [...running][number];
          if (kind === 2 && ended !== undefined) running.delete(ended);
          const event =
            kind < 2
              ? ({ kind: 'submitted', task: request(at, of(group, { cores: 0.5 * (number + 1) })) } as const)
              : ({ kind: 'ended', task: ended ?? '', succeeded: true } as const);
          for (const one of started(scheduler.apply(event, at * 1000))) running.add(one);
          for (const [limited, quota] of Object.entries(quotas)) {
            const held = [...running]
              .map((one) => cores.get(one)!)
              .filter((one) => one.group === limited || one.group.startsWith(`${limited}/`));
            expect(held.reduce((sum, one) => sum + one.cores, 0)).toBeLessThanOrEqual(quota + 1e-9);
          }
        });
      }),
    );
  });
});

describe('on a live queue', () => {
  test('the reason names whose turn it is and what both groups have had', () => {
    const scheduler = open('fair', oneCore);
    submit(scheduler, request(1, of('vision')), request(2, of('vision')), request(3, of('lab/alice')));
    expect(scheduler.explain('2')?.reason).toEqual({
      code: 'fair-share',
      values: { group: 'vision', sharePercent: 100, ahead: { id: 3, name: 'job-3' }, aheadGroup: 'lab', aheadSharePercent: 0 },
    });
    expect(scheduler.explain('3')?.reason.code).toBe('cores-busy');
  });

  test('of groups that have had the same the reason says that the name decides', () => {
    const scheduler = open('fair', oneCore);
    submit(scheduler, request(1, of('vision')), request(2, of('b')), request(3, of('a')));
    expect(scheduler.explain('2')?.reason).toEqual({
      code: 'fair-share',
      values: { group: 'b', sharePercent: 0, ahead: { id: 3, name: 'job-3' }, aheadGroup: 'a', aheadSharePercent: 0, evenFirst: 'a' },
    });
  });

  test('the policy changes with 20,000 pending: nobody is lost and the order is another', () => {
    const scheduler = open('fifo', oneCore);
    for (let id = 1; id <= 20_001; id += 1) submit(scheduler, request(id, of(`g${Math.floor(id / 401)}`)));
    expect(scheduler.waiting(0, 3)).toEqual(['2', '3', '4']);
    scheduler.apply({ kind: 'policyChanged', policy: 'fair' });
    expect(scheduler.counts).toEqual({ waiting: 20_000, held: 0, running: 1 });
    // One of each of the other groups, by name, before the group that runs.
    expect(scheduler.waiting(0, 3)).toEqual(['401', '4010', '4411']);
    expect(new Set(scheduler.waiting(0, 30_000)).size).toBe(20_000);
    scheduler.apply({ kind: 'policyChanged', policy: 'fifo' });
    expect(scheduler.waiting(0, 3)).toEqual(['2', '3', '4']);
  });
});
