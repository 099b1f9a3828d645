import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import { placeOf } from '../../grant-place.ts';
import type { Capacity, Decision, DeviceCapacity, Grant, SchedulerEvent, SchedulerSnapshot, TaskRequest } from '../../scheduler-port.ts';
import { estimateAt } from './durations.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacityWith, cpu, gigabyte, gpu, open, request, waitsFor } from './test-machine.ts';

/*
 * Where tasks ran that others waited for decides between devices that are as good, and nothing else: the same scheduler with that knowledge
 * and without it. As after any choice between two, what comes later may differ where they are not the same to everybody: they may come
 * free at different times, or one of them may be named by somebody. So of any machine the first difference is looked at, and whole runs
 * are compared where each device is the same to everybody.
 */

interface Drawn {
  readonly cores: number;
  /** 0 for none. */
  readonly gpus: number;
  /** Gigabytes; 0 for the whole device. */
  readonly gpuMemory: number;
  readonly seconds: number;
  readonly slower: number;
  readonly group: string;
  readonly priority: number;
  readonly deadline: number | undefined;
  /** How many tasks before it those stand that it waits for. */
  readonly waitsForBefore: readonly number[];
  readonly on: string | undefined;
}

const anyTask: fc.Arbitrary<Drawn> = fc.record({
  cores: fc.integer({ min: 1, max: 4 }),
  gpus: fc.integer({ min: 0, max: 2 }),
  gpuMemory: fc.constantFrom(0, 0, 4, 8),
  seconds: fc.integer({ min: 1, max: 300 }),
  slower: fc.constantFrom(1, 1, 1.05, 2),
  group: fc.constantFrom('a', 'b'),
  priority: fc.integer({ min: -2, max: 2 }),
  deadline: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }),
  waitsForBefore: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
  on: fc.option(fc.constantFrom('a', 'b', 'gpu1'), { nil: undefined, freq: 4 }),
});

const taskOf = (drawn: Drawn, index: number): TaskRequest => {
  const { cores, gpus, gpuMemory, seconds, slower, group, priority, deadline, waitsForBefore, on } = drawn;
  const after = [...new Set(waitsForBefore.map((back) => index + 1 - back))].filter((id) => id > 0).map(waitsFor);
  return request(index + 1, {
    cores,
    memoryBytes: gigabyte / 8,
    group,
    priority,
    after,
    enqueuedAt: 0,
    ...(gpus > 0 && { device: { kind: 'gpu', count: gpus, ...(gpuMemory > 0 && { memoryBytes: gpuMemory * gigabyte }) } }),
    ...(on !== undefined && (on !== 'gpu1' || gpus === 1) && { on: [on] }),
    estimate: { p50Seconds: seconds, p90Seconds: 2 * seconds },
    estimateOn: Object.fromEntries(['b', 'gpu1'].map((id) => [id, { p50Seconds: seconds * slower, p90Seconds: 2 * seconds * slower }])),
    ...(deadline !== undefined && { deadline: deadline * 1000 }),
  });
};

const shareOf = (id: string, cores: number, numaNode: number): DeviceCapacity => ({ ...cpu, id, parent: 'cpu', cores, numaNode });
const card = (number: number, numaNode: number): DeviceCapacity => gpu(number, { name: 'Card', numaNode });
const machineWith = (...devices: DeviceCapacity[]): Capacity => ({ ...capacityWith(), devices: [{ ...cpu, cores: 0 }, ...devices] });
const anyMachine: Capacity = machineWith(
  shareOf('a', 4, 0),
  shareOf('b', 4, 0),
  shareOf('c', 2, 1),
  shareOf('d', 4, 1),
  card(0, 0),
  card(1, 0),
  card(2, 1),
);

const without = <Value extends object, Name extends keyof Value>(value: Value, name: Name): Omit<Value, Name> => {
  const { [name]: _, ...others } = value;
  return others;
};

/** The same without anything by which one device is nearer than another. */
const ignorantOf = (snapshot: SchedulerSnapshot): SchedulerSnapshot => ({
  ...snapshot,
  waiting: snapshot.waiting.map((task) => without(task, 'inputsFrom')),
  capacity: { ...snapshot.capacity, devices: snapshot.capacity.devices.map((device) => without(device, 'numaNode')) },
});

interface Step {
  readonly decisions: readonly Decision[];
  readonly next: SchedulerSnapshot;
}

const goOn = (snapshot: SchedulerSnapshot, now: number): Step => {
  const scheduler = fromSnapshot(snapshot);
  return { decisions: scheduler.apply({ kind: 'resumed' }, now), next: scheduler.snapshot(now, 1000) };
};

/** What has happened is taken in while the scheduler is paused, so that it can be made to forget before it decides. */
const takenIn = (snapshot: SchedulerSnapshot, event: SchedulerEvent, now: number): SchedulerSnapshot => {
  const scheduler = fromSnapshot(snapshot);
  expect(scheduler.apply(event, now)).toEqual([]);
  return scheduler.snapshot(now, 1000);
};

/** Plays a workload to its end; `decide` makes one step of what has just happened. Answers when each task started. */
const play = (
  queue: { readonly policy: PolicyName; readonly tasks: readonly TaskRequest[]; readonly machine: Capacity },
  decide: (snapshot: SchedulerSnapshot, now: number) => Step,
): ReadonlyMap<string, number> => {
  const startedAt = new Map<string, number>();
  const ends: { id: string; at: number }[] = [];
  const submitted = queue.tasks.map((task): SchedulerEvent => ({ kind: 'submitted', task }));
  let snapshot = open(queue.policy, queue.machine).snapshot(0, 1000);
  let event: SchedulerEvent | undefined = { kind: 'together', events: submitted };
  let now = 0;
  while (event) {
    const { decisions, next } = decide(takenIn(snapshot, event, now), now);
    snapshot = next;
    for (const decision of decisions) {
      if (decision.kind !== 'start') throw new Error(`nothing may be ended here, and a task is to ${decision.kind}`);
      const task = queue.tasks.find(({ id }) => id === decision.task);
      const seconds = (task && estimateAt(task, placeOf(decision.grant))?.p50Seconds) ?? 0;
      startedAt.set(decision.task, now);
      ends.push({ id: decision.task, at: now + seconds * 1000 });
    }
    const [first] = ends.sort((a, b) => a.at - b.at || Number(a.id) - Number(b.id));
    ends.shift();
    event = first && { kind: 'ended', task: first.id, succeeded: true };
    now = first?.at ?? now;
  }
  return startedAt;
};

const anyPolicy = fc.constantFrom(...PolicyName.options);

/** Cores that nobody holds, and memory of the devices. */
const createRoom = ({ capacity, running }: SchedulerSnapshot) => {
  const held = running.map(({ grant }) => grant);
  const deviceOf = (id: string): DeviceCapacity => {
    const found = capacity.devices.find((device) => device.id === id);
    if (!found) throw new Error(`no device is ${id}`);
    return found;
  };
  return {
    take: (grant: Grant) => void held.push(grant),
    freeCores: (id: string) => held.reduce((free, { device, cores }) => free - (device === id ? cores : 0), deviceOf(id).cores),
    freeMemory: (id: string) =>
      held
        .flatMap(({ accelerators }) => accelerators)
        .reduce((free, one) => free - (one.device === id ? (one.memoryBytes ?? 0) : 0), deviceOf(id).memoryBytes ?? 0),
    nameOf: (id: string) => deviceOf(id).name,
  };
};

test('the first thing that it changes in a decision is where a task goes, to a device that is as good', () => {
  let changed = 0;
  fc.assert(
    fc.property(anyPolicy, fc.array(anyTask, { minLength: 2, maxLength: 16 }), (policy, drawn) => {
      const tasks = drawn.map(taskOf);
      play({ policy, tasks, machine: anyMachine }, (snapshot, now) => {
        const step = goOn(snapshot, now);
        const ignorant = goOn(ignorantOf(snapshot), now).decisions;
        const room = createRoom(snapshot);
        for (const [index, decision] of step.decisions.entries()) {
          const other = ignorant[index];
          if (decision.kind !== 'start' || other?.kind !== 'start') throw new Error('only starts were expected');
          expect(decision.task).toBe(other.task);
          const [near, far] = [decision.grant, other.grant];
          const task = tasks.find(({ id }) => id === decision.task);
          if (placeOf(near) === placeOf(far) && near.device === far.device) {
            room.take(near);
            continue;
          }
          changed += 1;
          expect({ ...near, device: '', accelerators: near.accelerators.length }).toEqual({
            ...far,
            device: '',
            accelerators: far.accelerators.length,
          });
          expect(decision.near).toBeDefined();
          expect(room.freeCores(near.device)).toBe(room.freeCores(far.device));
          const isByMemory = task?.device?.memoryBytes !== undefined;
          const looks = (grant: Grant) =>
            grant.accelerators.map(({ device, memoryBytes }) => [room.nameOf(device), memoryBytes, isByMemory && room.freeMemory(device)]);
          expect(looks(near)).toEqual(looks(far));
          const secondsOf = (grant: Grant): number => (task && estimateAt(task, placeOf(grant))?.p50Seconds) ?? 0;
          if (policy === 'fastest') expect(secondsOf(near)).toBeLessThanOrEqual(secondsOf(far));
          return step;
        }
        expect(ignorant).toHaveLength(step.decisions.length);
        return step;
      });
    }),
    { numRuns: 100 },
  );
  expect(changed).toBeGreaterThan(20);
});

/** Each task has a whole share, or a whole card and next to none of the processor. */
const machines = [
  { machine: machineWith(shareOf('a', 2, 0), shareOf('b', 2, 0), shareOf('c', 2, 1), shareOf('d', 2, 1)), cores: 2, gpus: [0] },
  { machine: machineWith(shareOf('a', 2, 0), shareOf('b', 2, 1), card(0, 0), card(1, 0), card(2, 1)), cores: 1e-3, gpus: [0, 1, 1] },
];

test('where devices are the same to everybody, every task starts when it would start without', () => {
  let moved = 0;
  fc.assert(
    fc.property(anyPolicy, fc.constantFrom(...machines), fc.array(anyTask, { minLength: 2, maxLength: 20 }), (policy, given, drawn) => {
      const tasks = drawn.map((one, index): TaskRequest => {
        const gpus = given.gpus[one.gpus] ?? 0;
        return taskOf({ ...one, cores: given.cores, gpus, gpuMemory: 0, slower: 1, on: undefined }, index);
      });
      const queue = { policy, tasks, machine: given.machine };
      const starts = play(queue, (snapshot, now) => {
        const step = goOn(snapshot, now);
        moved += step.decisions.filter((decision) => decision.kind === 'start' && decision.near).length;
        return step;
      });
      expect(starts).toEqual(play(queue, (snapshot, now) => goOn(ignorantOf(snapshot), now)));
      expect(starts.size).toBe(tasks.length);
    }),
    { numRuns: 100 },
  );
  expect(moved).toBeGreaterThan(50);
});
