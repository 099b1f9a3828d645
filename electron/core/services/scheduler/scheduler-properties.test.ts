import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type {
  Capacity,
  Decision,
  DeviceCapacity,
  Grant,
  ReservedPart,
  Scheduler,
  SchedulerEvent,
  TaskRequest,
} from '../../scheduler-port.ts';
import { capacity, cpu, end, gigabyte, gpu, oneCore, open, request, share, started, submit, waitsFor } from './test-machine.ts';

const fpga = (number: number): DeviceCapacity => ({ id: `fpga${number}`, kind: 'fpga', name: `FPGA ${number}`, cores: 0, foreign: [] });

/** A processor and a share of it with memory of its own, two plain GPUs, one with shares one of which has a share, and two FPGAs. */
const machine: readonly DeviceCapacity[] = [
  cpu,
  { ...cpu, id: 'left', parent: 'cpu', cores: 2, memoryBytes: 2 * gigabyte },
  gpu(0),
  gpu(1, { memoryBytes: 8 * gigabyte }),
  gpu(2, { memoryBytes: 2 * gigabyte }),
  share('gpu2', 'half'),
  share('gpu2', 'other', { memoryBytes: 6 * gigabyte }),
  share('other', 'quarter', { memoryBytes: 2 * gigabyte }),
  fpga(0),
  fpga(1),
];
const whole: Capacity = { memoryBytes: 8 * gigabyte, foreignBytes: gigabyte, devices: machine };

const drained = { code: 'device-drained' as const, values: {} };

/** The machine with as much memory as other programs leave, and some devices that get no work. */
const changed = (a: number, b: number): Capacity => ({
  ...whole,
  memoryBytes: (a % 9) * gigabyte,
  devices: machine.map((device, place) => ({
    ...device,
    ...(device.memoryBytes !== undefined && { memoryBytes: Math.round((device.memoryBytes * ((b + place) % 4)) / 3) }),
    ...((a + place) % 7 === 0 && { unusable: drained }),
  })),
});

/** Numbers to a task: from a part of a core to all, with and without devices, some bound to devices that they name. */
const taskOf = (id: number, a: number, b: number): TaskRequest => {
  const kind = (['gpu', 'gpu', 'fpga'] as const)[a % 7];
  const named = [undefined, undefined, undefined, ['cpu'], ['left'], ['gpu2', 'half'], ['gpu1', 'fpga1']][b % 7];
  return request(id, {
    // Work for devices mostly needs little else, so that it is the devices that run out.
    cores: (kind ? [0.1, 0.1, 0.1, 0.1, 2] : [0.3, 1, 1, 2, 4])[a % 5] ?? 1,
    memoryBytes: kind ? gigabyte / 10 : (1 + (b % 8)) * (gigabyte / 2),
    group: ['default', 'lab', 'lab/alice', 'lab/bob', 'vision'][(a + b) % 5] ?? 'default',
    priority: a % 7,
    backend: b % 2 ? 'command' : 'docker',
    ...((a + b) % 3 === 0 && { estimate: { p50Seconds: 1 + (a % 3), p90Seconds: 2 + (a % 3) } }),
    ...((a + b) % 6 === 0 && { estimateOn: { gpu1: { p50Seconds: 1, p90Seconds: 2 }, fpga1: { p50Seconds: 5, p90Seconds: 5 } } }),
    ...(a % 11 === 0 && { limitSeconds: 1 + (b % 4) }),
    ...(a % 13 === 0 && { deadline: b * 100 }),
    ...(named && { on: named }),
    // A device and all of its shares, a share, and both kinds of device at once.
    ...(!named && a % 4 === 0 && { notOn: [['gpu1'], ['left'], ['half', 'fpga1']][b % 3] ?? [] }),
    ...(b % 4 === 0 && { prefer: a % 2 ? 'pack' : 'spread' }),
    ...(kind && { device: { kind, count: 1 + (b % 3 === 0 ? 1 : 0), ...(a % 2 === 0 && { memoryBytes: (1 + (a % 6)) * gigabyte }) } }),
  });
};

/** Kept beside the scheduler: what it should have granted. */
const createBooks = () => {
  const running = new Map<string, { task: TaskRequest; grant: Grant }>();
  const grants = (): { device: string; memoryBytes?: number; cores: number }[] =>
    [...running.values()].flatMap(({ grant }) => [
      { device: grant.device, cores: grant.cores, memoryBytes: grant.memoryBytes },
      ...grant.accelerators.map((one) => ({ ...one, cores: 0 })),
    ]);
  return { running, grants };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const kinOf = (device: string): string[] => {
  const above = (id: string): string[] => {
    const parent = machine.find((one) => one.id === id)?.parent;
    return parent === undefined ? [] : [parent, ...above(parent)];
  };
  return [...above(device), ...machine.filter((one) => above(one.id).includes(device)).map(({ id }) => id)];
};

/** That a grant may be given on a machine with this capacity to a task that asked so, beside all others. */
const checkStart = (task: TaskRequest, grant: Grant, now: Capacity, books: ReturnType<typeof createBooks>): void => {
  const grants = books.grants();
  const device = (id: string): DeviceCapacity => now.devices.find((one) => one.id === id)!;
  const on = (id: string) => grants.filter((one) => one.device === id);
  expect(sum([...books.running.values()].map((one) => one.grant.memoryBytes))).toBeLessThanOrEqual(now.memoryBytes);
  expect(sum(on(grant.device).map(({ cores }) => cores))).toBeLessThanOrEqual(device(grant.device).cores + 1e-6);
  for (const { device: id, memoryBytes } of [grant, ...grant.accelerators]) {
    expect(device(id).unusable, `${id} may be used`).toBeUndefined();
    for (const above of kinOf(id).filter((one) => device(id).parent === one)) expect(device(above).unusable).toBeUndefined();
    const total = device(id).memoryBytes;
    if (total !== undefined && memoryBytes !== undefined) {
      expect(sum(on(id).map((one) => one.memoryBytes ?? 0)), `memory of ${id}`).toBeLessThanOrEqual(total);
    }
  }
  expect(grant.accelerators).toHaveLength(task.device?.count ?? 0);
  for (const { device: id, memoryBytes } of grant.accelerators) {
    expect(device(id).kind).toBe(task.device?.kind);
    expect(memoryBytes).toBe(device(id).memoryBytes === undefined ? undefined : task.device?.memoryBytes);
    expect(grant.accelerators.filter((other) => other.device === id || kinOf(id).includes(other.device))).toHaveLength(1);
  }
  for (const id of [grant.device, ...grant.accelerators.map((one) => one.device)]) {
    const named = task.on?.filter((one) => device(one).kind === device(id).kind) ?? [];
    if (named.length > 0) expect(named).toContain(id);
    for (const barred of task.notOn ?? []) expect(id === barred || device(id).parent === barred, `${id} is not ruled out`).toBe(false);
  }
};

const groupsOf = (group: string): string[] => group.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));

/** That nothing is taken that is kept for another group while the task may run. */
const checkReserved = (
  task: TaskRequest,
  grant: Grant,
  parts: readonly ReservedPart[],
  at: number,
  now: Capacity,
  { running }: ReturnType<typeof createBooks>,
): void => {
  const p90Seconds = Math.max(task.estimate?.p90Seconds ?? Infinity, ...Object.values(task.estimateOn ?? {}).map((one) => one.p90Seconds));
  const longest = Math.min(p90Seconds, task.limitSeconds ?? Infinity) * 1000;
  const meets = ({ from, to }: ReservedPart['windows'][number]): boolean =>
    to > at && (from <= at || (longest < Infinity && from < at + longest));
  const others = parts.filter(({ group, windows }) => !groupsOf(task.group).includes(group) && windows.some(meets));
  const memoryOf = (id: string): number | undefined => now.devices.find((one) => one.id === id && one.kind !== 'cpu')?.memoryBytes;
  const isByMemory = ({ deviceMemoryBytes }: ReservedPart, id: string): boolean =>
    deviceMemoryBytes !== undefined && memoryOf(id) !== undefined;
  const keptBy = (isWhole: boolean): string[] =>
    others.flatMap((part) => part.devices.flatMap((id) => (isByMemory(part, id) === isWhole ? [] : [id, ...kinOf(id)])));
  for (const id of [grant.device, ...grant.accelerators.map(({ device }) => device)]) expect(keptBy(true)).not.toContain(id);
  const isOf = (one: TaskRequest, { group }: ReservedPart): boolean => groupsOf(one.group).includes(group);
  const all = [...running.values()];
  for (const { device: id, memoryBytes } of grant.accelerators) {
    if (memoryBytes === undefined) expect(keptBy(false), 'what is kept by memory is not granted whole').not.toContain(id);
    const bytesOn = (some: typeof all): number =>
      sum(some.flatMap((one) => one.grant.accelerators.filter(({ device }) => device === id).map((held) => held.memoryBytes ?? 0)));
    const kept = others.filter((part) => part.devices.includes(id) && isByMemory(part, id));
    const unusedBytes = kept.map((part) => Math.max(0, (part.deviceMemoryBytes ?? 0) - bytesOn(all.filter((one) => isOf(one.task, part)))));
    if (kept.length > 0) expect(bytesOn(all) + sum(unusedBytes)).toBeLessThanOrEqual(memoryOf(id) ?? 0);
  }
  const bytesOf = (some: typeof all): number => sum(some.map((one) => one.grant.memoryBytes));
  const unusedBytes = others.map((part) => Math.max(0, part.memoryBytes - bytesOf(all.filter((one) => isOf(one.task, part)))));
  if (sum(unusedBytes) > 0) expect(bytesOf(all) + sum(unusedBytes)).toBeLessThanOrEqual(now.memoryBytes);
  if (grant.device !== 'cpu') return;
  const onCpu = [...running.values()].filter((one) => one.grant.device === 'cpu');
  const coresOf = (some: typeof onCpu): number => sum(some.map((one) => one.grant.cores));
  const unused = others.map(({ group, cores }) =>
    Math.max(0, cores - coresOf(onCpu.filter((one) => groupsOf(one.task.group).includes(group)))),
  );
  expect(coresOf(onCpu) + sum(unused)).toBeLessThanOrEqual(4 + 1e-6);
};

/** A device that is granted whole is granted to one, and neither are its shares nor what it is a share of. */
const checkWhole = (books: ReturnType<typeof createBooks>): void => {
  const grants = books.grants().filter((one) => !['cpu', 'left'].includes(one.device));
  for (const one of grants.filter(({ memoryBytes }) => memoryBytes === undefined)) {
    expect(grants.filter((other) => other.device === one.device || kinOf(one.device).includes(other.device))).toEqual([one]);
  }
};

/** What waits has a place and a reason, and when that is somebody ahead it is somebody ahead. */
const checkReasons = (scheduler: Scheduler, line: readonly string[]): void => {
  const known = line.map((id) => scheduler.explain(id));
  expect(known.map((why) => why?.position)).toEqual(line.map((_, index) => index + 1));
  expect(known.map((why) => why?.reason.code)).not.toContain('next-decision');
  known.forEach((why, index) => {
    // Whose turn it is now says nothing about how the turns after that go round.
    if (why?.reason.code === 'fair-share') expect(line).toContain(String(why.reason.values.ahead.id));
    const ahead = why?.reason.code === 'behind' ? line.indexOf(String(why.reason.values.first.id)) : -1;
    if (ahead >= index || (ahead < 0 && why?.reason.code === 'behind')) throw new Error(`${line[index]} is not behind ${line[ahead]}`);
  });
};

const anyPart = (a: number, b: number): Omit<ReservedPart, 'windows'> => ({
  id: 1,
  group: ['lab', 'lab/bob', 'vision'][a % 3] ?? 'lab',
  cores: b % 5,
  memoryBytes: (a % 4) * gigabyte,
  ...(a % 2 === 0 && { deviceMemoryBytes: (1 + (b % 3)) * gigabyte }),
  endsRunning: false,
  devices: [[], ['gpu0'], ['gpu2', 'fpga1'], ['left'], ['half']][(a + b) % 5] ?? [],
});

type Step = readonly [number, number, number];

/** Drives a scheduler with any events that a real core could send. */
const simulate = (steps: readonly Step[], policy: PolicyName) => {
  const scheduler = open(policy, whole);
  const books = createBooks();
  const { running } = books;
  const waiting = new Map<string, TaskRequest>();
  const log: Decision[] = [];
  let now = whole;
  let parts: readonly ReservedPart[] = [];
  let nextId = 0;
  let clock = 0;
  const apply = (event: SchedulerEvent): void => {
    clock += 700;
    const decisions = scheduler.apply(event, clock);
    log.push(...decisions);
    for (const decision of decisions) {
      const task = waiting.get(decision.task);
      expect(task, 'only waiting tasks are decided upon').toBeDefined();
      waiting.delete(decision.task);
      if (decision.kind !== 'start' || !task) continue;
      running.set(decision.task, { task, grant: decision.grant });
      checkStart(task, decision.grant, now, books);
      checkReserved(task, decision.grant, parts, clock, now, books);
    }
  };
  const reserve = (next: readonly ReservedPart[]): void => {
    parts = next;
    apply({ kind: 'reservedChanged', parts });
  };
  const setCapacity = (next: Capacity): void => {
    now = next;
    apply({ kind: 'capacityChanged', capacity: next });
  };
  const pick = <Value>(map: Map<string, Value>, number: number): string | undefined => [...map.keys()][number % Math.max(1, map.size)];
  const backInLine = (id: string | undefined): TaskRequest | undefined => {
    const task = id === undefined ? undefined : running.get(id)?.task;
    if (!task) return undefined;
    running.delete(task.id);
    waiting.set(task.id, { ...task, after: [] });
    return { ...task, after: [] };
  };

  for (const [index, [kind, a, b]] of steps.entries()) {
    if (kind < 5) {
      nextId += 1;
      const dependency = (a + b) % 5 === 0 ? (pick(running, a) ?? pick(waiting, a)) : undefined;
      const task = { ...taskOf(nextId, a, b), after: dependency === undefined ? [] : [waitsFor(Number(dependency))] };
      waiting.set(task.id, task);
      apply({ kind: 'submitted', task });
    } else if (kind < 8) {
      const id = pick(running, a);
      if (id !== undefined) running.delete(id);
      if (id !== undefined) apply({ kind: 'ended', task: id, succeeded: b % 4 !== 0 });
    } else if (kind === 8) {
      const id = pick(waiting, a);
      if (id !== undefined) waiting.delete(id);
      if (id !== undefined) apply({ kind: 'removed', task: id });
    } else if (kind === 9) setCapacity(changed(a, b));
    else if (kind === 10) apply({ kind: 'backendChanged', backend: 'docker', ...(a % 2 ? { unavailable: 'down.' } : {}) });
    else if (kind === 11) apply(a % 2 ? { kind: 'paused' } : { kind: 'resumed' });
    else if (kind === 12) {
      const task = backInLine(pick(running, a));
      if (task) apply({ kind: 'requeued', task });
    } else if (kind === 14) {
      const from = clock + ((a % 9) - 3) * 1000;
      const next = {
        ...anyPart(a, b),
        windows: [{ from, to: from + (b % 7) * 1000 }, ...(a % 5 === 0 ? [{ from: from + 10_000, to: Infinity }] : [])],
      };
      reserve(b % 4 === 0 ? [] : [...parts.slice(-1), next]);
    } else {
      const task = backInLine(pick(running, a));
      const memoryBytes = sum([...running.values()].map((one) => one.grant.memoryBytes));
      if (task) now = { ...now, memoryBytes };
      if (task) apply({ kind: 'startRefused', task: task.id, freeBytes: 0 });
    }
    checkWhole(books);
    expect(scheduler.granted.cores).toBeCloseTo(sum([...running.values()].map((one) => one.grant.cores)), 9);
    expect(scheduler.granted.memoryBytes).toBe(sum([...running.values()].map((one) => one.grant.memoryBytes)));
    expect(scheduler.counts).toEqual({ waiting: waiting.size, held: 0, running: running.size });
    const line = scheduler.waiting(0, 10_000);
    expect(line.toSorted()).toEqual([...waiting.keys()].toSorted());
    if (index % 16 === 15) checkReasons(scheduler, line);
  }
  return { scheduler, running, waiting, apply, setCapacity, reserve, log };
};

const fitsAlone = (task: TaskRequest): boolean => submit(open('fifo', whole), { ...task, after: [] }).length > 0;

const anySteps = fc.array(fc.tuple(fc.nat(14), fc.nat(1000), fc.nat(1000)), { maxLength: 120, size: 'max' });
const anyPolicy = fc.constantFrom(...PolicyName.options);

describe('under any sequence of events', () => {
  test('no device is over-committed, whole ones are granted to one, every task is somewhere and knows why', () => {
    fc.assert(
      fc.property(anySteps, anyPolicy, (steps, policy) => void simulate(steps, policy)),
      { numRuns: 120 },
    );
  });

  test('the same events give the same decisions', () => {
    fc.assert(
      fc.property(anySteps, anyPolicy, (steps, policy) => {
        expect(simulate(steps, policy).log).toEqual(simulate(steps, policy).log);
      }),
      { numRuns: 40 },
    );
  });

  test('everything that fits on the idle machine ends once arrivals stop and all devices are back', () => {
    fc.assert(
      fc.property(anySteps, anyPolicy, (steps, policy) => {
        const { running, waiting, apply, setCapacity, reserve } = simulate(steps, policy);
        reserve([]);
        setCapacity(whole);
        apply({ kind: 'backendChanged', backend: 'docker' });
        apply({ kind: 'resumed' });
        for (let left = 10_000; running.size > 0 && left > 0; left -= 1) {
          const [id] = running.keys();
          running.delete(id!);
          apply({ kind: 'ended', task: id!, succeeded: true });
        }
        const waitsForHopeless = (task: TaskRequest): boolean => task.after.some((one) => waiting.has(one.task));
        expect([...waiting.values()].filter((task) => fitsAlone(task) && !waitsForHopeless(task))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('no stream of later tasks keeps one from starting that fits on the idle machine', () => {
    const anyTask = fc.tuple(fc.nat(1000), fc.nat(1000));
    fc.assert(
      fc.property(
        fc.array(anyTask, { minLength: 20, maxLength: 60 }),
        anyTask,
        fc.constantFrom('fifo' as const, 'fair' as const),
        (stream, [a, b], policy) => {
          // Who came first goes first in a group; a group whose others hog something that nobody else wants has had its turn.
          const patient = { ...taskOf(1_000_000, a, b), priority: 0, group: 'patient' };
          fc.pre(fitsAlone(patient));
          const scheduler = open(policy, whole);
          const line: string[] = [];
          let next = 0;
          let now = 0;
          const arrive = (): void => {
            const [c, d] = stream[next % stream.length]!;
            next += 1;
            const task = { ...taskOf(next, c, d), priority: 0, enqueuedAt: now };
            line.push(...started(scheduler.apply({ kind: 'submitted', task }, now)));
          };
          // Two arrive for each that ends, so that the machine is full throughout.
          for (let count = 0; count < 30; count += 1) arrive();
          line.push(...started(scheduler.apply({ kind: 'submitted', task: { ...patient, enqueuedAt: now, sequence: next + 0.5 } }, now)));
          for (let ends = 0; ends < 300 && !line.includes(patient.id) && line.length > 0; ends += 1) {
            now += 1000;
            arrive();
            arrive();
            line.push(...started(scheduler.apply({ kind: 'ended', task: line.shift()!, succeeded: true }, now)));
          }
          expect(scheduler.explain(patient.id)).toBeUndefined();
        },
      ),
      { numRuns: 150 },
    );
  });

  test('an equal or lower demand that came earlier with no less priority never starts later', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 2, maxLength: 30 }), anyPolicy, (priorities, policy) => {
        const scheduler = open(policy, oneCore);
        const order: string[] = [];
        priorities.forEach((priority, index) => order.push(...submit(scheduler, request(index + 1, { priority }))));
        for (let at = 0; at < order.length; at += 1) order.push(...started(end(scheduler, Number(order[at]))));
        expect(order).toHaveLength(priorities.length);
        const place = new Map(order.map((id, index) => [Number(id), index]));
        for (let early = 2; early <= priorities.length; early += 1) {
          for (let late = early + 1; late <= priorities.length; late += 1) {
            const dominates = policy === 'fifo' || priorities[early - 1]! >= priorities[late - 1]!;
            if (dominates) expect(place.get(early)!).toBeLessThan(place.get(late)!);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('a machine without devices grants all of its cores', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 40 }), (cores) => {
      const scheduler = open('fifo', capacity);
      submit(scheduler, ...cores.map((one, index) => request(index + 1, { cores: [0.1, 0.7, 1, 2][one % 4] ?? 1, memoryBytes: 1 })));
      expect(scheduler.granted.cores).toBeLessThanOrEqual(4 + 1e-6);
      const head = scheduler.waiting(0, 1)[0];
      const needed = head === undefined ? 0 : [0.1, 0.7, 1, 2][cores[Number(head) - 1]! % 4]!;
      expect(head === undefined || scheduler.granted.cores + needed > 4).toBe(true);
    }),
  );
});
