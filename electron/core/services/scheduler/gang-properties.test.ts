import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Capacity, Grant, ReservedPart, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { cpu, gigabyte, gpu, jobOf, open, request, share, started, waitsFor } from './test-machine.ts';

/** A processor and a share of it with memory of its own, two plain GPUs and one that has shares. */
const machine: Capacity = {
  memoryBytes: 8 * gigabyte,
  foreignBytes: 0,
  devices: [
    { ...cpu, cores: 6 },
    { ...cpu, id: 'left', parent: 'cpu', cores: 2, memoryBytes: 2 * gigabyte },
    gpu(0),
    gpu(1, { memoryBytes: 8 * gigabyte }),
    gpu(2, { memoryBytes: 2 * gigabyte }),
    share('gpu2', 'half'),
    share('gpu2', 'other'),
  ],
};
const kinOf: Record<string, string[]> = { gpu2: ['half', 'other'], half: ['gpu2'], other: ['gpu2'] };

const changed = (a: number, b: number): Capacity => ({
  ...machine,
  memoryBytes: (1 + (a % 8)) * gigabyte,
  devices: machine.devices.map((device, place) => ({
    ...device,
    ...((a + place * b) % 5 === 0 && { unusable: { code: 'device-drained' as const, values: {} } }),
  })),
});

/** One task, or a gang of up to four that ask for the same but not for the same time. */
const tasksOf = (first: number, a: number, b: number, isGang: boolean): TaskRequest[] => {
  const size = isGang ? 1 + (a % 4) : 1;
  const device = { kind: 'gpu' as const, count: 1 + (b % 7 === 0 ? 1 : 0), ...(b % 2 === 0 && { memoryBytes: (1 + (a % 5)) * gigabyte }) };
  return Array.from({ length: size }, (_, place) => {
    const p90Seconds = 1 + ((a + b + place) % 5);
    return request(first + place, {
      cores: [0.3, 1, 1.5, 2, 3][b % 5] ?? 1,
      memoryBytes: (1 + (a % 4)) * (gigabyte / 4),
      group: ['default', 'lab', 'vision'][a % 3] ?? 'default',
      priority: b % 7,
      backend: b % 2 ? 'command' : 'docker',
      ...((a + b) % 3 !== 0 && { estimate: { p50Seconds: p90Seconds / 2, p90Seconds } }),
      ...((a + b) % 9 === 0 && { estimateOn: { cpu: { p50Seconds: 1, p90Seconds: 2 }, left: { p50Seconds: 3, p90Seconds: 4 } } }),
      ...(a % 11 === 0 && { deadline: b * 100 }),
      ...(a % 6 === 1 && { device }),
      ...(isGang && { gang: { set: `gang ${first}`, size } }),
    });
  });
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

interface Run {
  readonly task: TaskRequest;
  readonly grant: Grant;
}

/** That nothing which runs has more than there is. Capacities may have fallen below what was granted, so only what starts is held to them. */
const checkRoom = (running: readonly Run[], now: Capacity): void => {
  expect(sum(running.map(({ grant }) => grant.memoryBytes))).toBeLessThanOrEqual(now.memoryBytes);
  for (const { id, cores, memoryBytes = Infinity } of now.devices) {
    const own = running.filter(({ grant }) => grant.device === id);
    expect(sum(own.map(({ grant }) => grant.cores))).toBeLessThanOrEqual(cores + 1e-6);
    const parts = running.flatMap(({ grant }) => grant.accelerators).filter(({ device }) => device === id);
    const kin = running.flatMap(({ grant }) => grant.accelerators).filter(({ device }) => kinOf[id]?.includes(device));
    const bytes = [...own.map(({ grant }) => grant.memoryBytes), ...parts.map((part) => part.memoryBytes ?? 0)];
    expect(sum(bytes)).toBeLessThanOrEqual(memoryBytes);
    if (parts.some((part) => part.memoryBytes === undefined)) expect([...parts, ...kin]).toHaveLength(1);
  }
};

type Step = readonly [number, number, number];

/** Any events that a real core could send; what happens to one of a gang happens to all, as the jobs service does it. */
const simulate = (steps: readonly Step[], policy: PolicyName) => {
  const scheduler = open(policy, machine);
  const running = new Map<string, Run>();
  const waiting = new Map<string, TaskRequest>();
  const sizes = new Map<string, number>();
  let now = machine;
  let clock = 0;
  let nextId = 1;
  const apply = (event: SchedulerEvent): void => {
    clock += 700;
    const begun: Run[] = [];
    for (const decision of scheduler.apply(event, clock)) {
      const task = waiting.get(decision.task);
      expect(task, 'only waiting tasks are decided upon').toBeDefined();
      waiting.delete(decision.task);
      if (decision.kind !== 'start' || !task) continue;
      expect(decision.gang).toBe(task.gang?.set);
      begun.push({ task, grant: decision.grant });
      running.set(decision.task, { task, grant: decision.grant });
    }
    if (begun.length > 0) checkRoom([...running.values()], now);
    // Who starts with the others starts in the same decision as all of them, one behind the other.
    const sets = begun.map(({ task }) => task.gang?.set);
    for (const set of new Set(sets.filter((one) => one !== undefined))) {
      expect(sets.filter((one) => one === set)).toHaveLength(sizes.get(set) ?? 0);
      expect(sets.lastIndexOf(set) - sets.indexOf(set) + 1).toBe(sizes.get(set));
    }
  };
  const pick = <Value>(map: Map<string, Value>, number: number): Value | undefined => [...map.values()][number % Math.max(1, map.size)];
  const withIts = ({ id, gang }: TaskRequest): TaskRequest[] =>
    gang
      ? [...waiting.values(), ...[...running.values()].map(({ task }) => task)].filter((one) => one.gang?.set === gang.set)
      : [...waiting.values(), ...[...running.values()].map(({ task }) => task)].filter((one) => one.id === id);
  const together = (events: SchedulerEvent[]): void => apply({ kind: 'together', events });
  const end = ({ id }: TaskRequest, succeeded: boolean): void => {
    running.delete(id);
    apply({ kind: 'ended', task: id, succeeded });
  };

  const setCapacity = (next: Capacity): void => {
    now = next;
    apply({ kind: 'capacityChanged', capacity: next });
  };

  const steer: ((a: number, b: number) => void)[] = [
    (a, b) => {
      const dependency = (a + b) % 6 === 0 ? (pick(running, a)?.task ?? pick(waiting, a)) : undefined;
      const after = dependency ? [waitsFor(Number(dependency.id))] : [];
      const tasks = tasksOf(nextId, a, b, b % 3 > 0).map((task) => ({ ...task, after }));
      nextId += tasks.length;
      for (const task of tasks) waiting.set(task.id, task);
      for (const { gang } of tasks) if (gang) sizes.set(gang.set, gang.size);
      if (a % 2) together(tasks.map((task) => ({ kind: 'submitted', task })));
      else for (const task of tasks) apply({ kind: 'submitted', task });
    },
    (a, b) => {
      const one = pick(running, a)?.task;
      if (!one) return;
      if (b % 4 !== 0) return end(one, true);
      // The others are ended with it, one after the other.
      for (const member of withIts(one)) end(member, false);
    },
    (a, b) => {
      const one = pick(waiting, a);
      if (!one) return;
      const members = withIts(one);
      const isHeld = !one.isHeld;
      if (b % 3 === 0) {
        for (const { id } of members) waiting.delete(id);
        for (const { id } of members) apply({ kind: 'removed', task: id });
        return;
      }
      for (const member of members) {
        const next = { ...member, isHeld };
        waiting.set(member.id, next);
        apply({ kind: 'changed', task: next });
      }
    },
    (a) => apply({ kind: 'policyChanged', policy: PolicyName.options[a % PolicyName.options.length] ?? 'fifo' }),
    (a, b) => setCapacity(a % 3 === 0 ? machine : changed(a, b)),
    (a) => apply({ kind: 'backendChanged', backend: 'docker', ...(a % 2 ? { unavailable: 'down.' } : {}) }),
    (a, b) => {
      const part: ReservedPart = {
        id: 1,
        memoryBytes: (b % 3) * gigabyte,
        endsRunning: false,
        group: ['lab', 'vision'][a % 2] ?? 'lab',
        cores: b % 4,
        devices: [[], ['gpu0'], ['gpu2'], ['left']][a % 4] ?? [],
        windows: [{ from: clock + ((a % 5) - 2) * 1000, to: clock + (b % 9) * 1000 }],
      };
      apply({ kind: 'reservedChanged', parts: b % 3 === 0 ? [] : [part] });
    },
    (a) => {
      const estimates = [...waiting.keys()].map((task, place) => {
        const p50Seconds = 1 + ((a + place) % 4);
        return { task, estimate: { p50Seconds, p90Seconds: 2 * p50Seconds } };
      });
      apply({ kind: 'estimated', estimates });
    },
    (a) => {
      const one = pick(running, a)?.task;
      if (!one || withIts(one).length < (one.gang?.size ?? 1)) return;
      const members = withIts(one).map((task) => ({ ...task, after: [] }));
      for (const member of members) running.delete(member.id);
      for (const member of members) waiting.set(member.id, member);
      const held = sum([...running.values()].map(({ grant }) => grant.memoryBytes));
      now = { ...now, memoryBytes: held + gigabyte };
      together(members.map(({ id }) => ({ kind: 'startRefused', task: id, freeBytes: gigabyte })));
    },
    (a) => {
      clock -= a * 10;
      apply({ kind: 'timePassed' });
    },
  ];
  for (const [kind, a, b] of steps) {
    // Mostly something comes or ends.
    const which = kind < 6 ? 0 : kind < 11 ? 1 : kind - 9;
    steer[which]?.(a, b);
    const held = [...waiting.values()].filter(({ isHeld }) => isHeld).length;
    expect(scheduler.counts).toEqual({ waiting: waiting.size - held, held, running: running.size });
    expect(scheduler.granted.cores).toBeCloseTo(sum([...running.values()].map(({ grant }) => grant.cores)), 9);
    const line = [...scheduler.waiting(0, 10_000), ...scheduler.held(0, 10_000)];
    expect(line.toSorted()).toEqual([...waiting.keys()].toSorted());
    for (const id of line) expect(scheduler.explain(id)?.reason.code).not.toBe('next-decision');
  }
  return { running, waiting, apply, end, setCapacity };
};

const startsAlone = (tasks: readonly TaskRequest[]): boolean => {
  const free = tasks.map((task): SchedulerEvent => ({ kind: 'submitted', task: { ...task, after: [], isHeld: false } }));
  return started(open('fifo', machine).apply({ kind: 'together', events: free })).length === tasks.length;
};

const anySteps = fc.array(fc.tuple(fc.nat(18), fc.nat(1000), fc.nat(1000)), { maxLength: 100, size: 'max' });
const anyPolicy = fc.constantFrom(...PolicyName.options);

describe('under any sequence of events and under each policy', () => {
  test('all of a gang start in one decision or none does, and nothing is over-committed', () => {
    fc.assert(
      fc.property(anySteps, anyPolicy, (steps, policy) => void simulate(steps, policy)),
      { numRuns: 150 },
    );
  });

  test('whatever fits on the idle machine starts once arrivals stop', () => {
    fc.assert(
      fc.property(anySteps, anyPolicy, (steps, policy) => {
        const { running, waiting, apply, end, setCapacity } = simulate(steps, policy);
        for (const [id, task] of waiting) {
          if (!task.isHeld) continue;
          const next = { ...task, isHeld: false };
          waiting.set(id, next);
          apply({ kind: 'changed', task: next });
        }
        apply({ kind: 'reservedChanged', parts: [] });
        setCapacity(machine);
        apply({ kind: 'backendChanged', backend: 'docker' });
        apply({ kind: 'timePassed' });
        for (let left = 10_000; running.size > 0 && left > 0; left -= 1) {
          const [first] = running.values();
          end(first!.task, true);
        }
        const sets = Map.groupBy(waiting.values(), ({ id, gang }) => gang?.set ?? id);
        const waitsForHopeless = (task: TaskRequest): boolean => task.after.some((one) => waiting.has(one.task));
        expect([...sets.values()].filter((tasks) => startsAlone(tasks) && !tasks.some(waitsForHopeless))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

/** Tasks and gangs that come one after the other, each with a P90 that it never outruns, and how long they really take. */
const anyLoad = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 4 }),
    isGang: fc.boolean(),
    cores: fc.constantFrom(0.5, 1, 2, 3),
    p90: fc.integer({ min: 1, max: 50 }),
    part: fc.double({ min: 0.05, max: 1, noNaN: true }),
    gap: fc.nat(10),
    wantsGpu: fc.boolean(),
  }),
  { minLength: 3, maxLength: 25 },
);

test('a gang at the head never starts later than was promised first, where nothing takes longer than its P90', () => {
  let promised = 0;
  fc.assert(
    fc.property(anyLoad, (load) => {
      const scheduler = open('fifo', machine);
      const lasts = new Map<string, number>();
      const ends: { at: number; task: string }[] = [];
      const promises = new Map<string, number>();
      const look = (at: number, event: SchedulerEvent): void => {
        for (const task of started(scheduler.apply(event, at))) {
          expect(at).toBeLessThanOrEqual(promises.get(task) ?? Infinity);
          ends.push({ at: at + (lasts.get(task) ?? 0), task });
        }
        const [head] = scheduler.waiting(0, 1);
        const startsAt = head === undefined ? undefined : scheduler.explain(head)?.startsAt;
        if (head === undefined || startsAt === undefined || promises.has(head)) return;
        promises.set(head, startsAt);
        promised += 1;
      };
      const passUntil = (time: number): void => {
        for (;;) {
          ends.sort((a, b) => a.at - b.at || Number(a.task) - Number(b.task));
          if (!ends[0] || ends[0].at > time) return;
          const next = ends.shift()!;
          look(next.at, { kind: 'ended', task: next.task, succeeded: true });
        }
      };
      let id = 1;
      let clock = 0;
      for (const { size, isGang, cores, p90, part, gap, wantsGpu } of load) {
        clock += gap * 1000;
        passUntil(clock);
        const count = isGang ? Math.min(size, Math.floor(4 / cores), wantsGpu ? 3 : 4) || 1 : 1;
        const device = wantsGpu ? { device: { kind: 'gpu' as const, count: 1 } } : {};
        const tasks = Array.from({ length: count }, (_, place) =>
          request(id + place, {
            cores,
            memoryBytes: gigabyte / 4,
            enqueuedAt: clock,
            estimate: { p50Seconds: p90 / 2, p90Seconds: p90 + place },
            job: jobOf(id + place),
            ...device,
            ...(isGang && { gang: { set: `gang ${id}`, size: count } }),
          }),
        );
        tasks.forEach((task, place) => lasts.set(task.id, Math.round((p90 + place) * part * 1000)));
        id += count;
        look(clock, { kind: 'together', events: tasks.map((task) => ({ kind: 'submitted', task })) });
      }
      passUntil(Infinity);
      expect(scheduler.counts).toEqual({ waiting: 0, held: 0, running: 0 });
    }),
    { numRuns: 200 },
  );
  expect(promised).toBeGreaterThan(100);
});
