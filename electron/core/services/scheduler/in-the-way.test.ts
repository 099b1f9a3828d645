import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Decision, Grant, ReservedPart, TaskRequest } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacityWith, gigabyte, gpu, jobOf, open, request, type TestScheduler } from './test-machine.ts';
import { seconds } from './test-play.ts';

const part = (values: Partial<ReservedPart>): ReservedPart => ({
  id: 7,
  group: 'lab',
  cores: 0,
  memoryBytes: 0,
  devices: [],
  endsRunning: true,
  windows: [{ from: 100_000, to: 200_000 }],
  ...values,
});

const mayEnd = { preemptible: { quantumSeconds: 60, graceSeconds: 6 } };
const withGpu = { device: { kind: 'gpu' as const, count: 1 } };

/** Starts these, reserves, and tells what is ended when it begins. */
const opened = (tasks: readonly TaskRequest[], ...parts: ReservedPart[]) => {
  const scheduler = open('fifo', capacityWith(gpu(0)));
  for (const task of tasks) scheduler.apply({ kind: 'submitted', task }, 90_000);
  expect(scheduler.counts).toMatchObject({ waiting: 0, running: tasks.length });
  expect(endedBy(scheduler.apply({ kind: 'reservedChanged', parts }, 99_999))).toEqual([]);
  expect(scheduler.wakeAt).toBe(100_000);
  const decisions = scheduler.apply({ kind: 'timePassed' }, 100_000);
  return { scheduler, decisions, ended: endedBy(decisions) };
};
const endedBy = (decisions: readonly Decision[]): string[] => decisions.flatMap(({ kind, task }) => (kind === 'preempt' ? [task] : []));
const heldUp = (scheduler: TestScheduler, id = 7) =>
  scheduler
    .heldUp(100_000)
    .get(id)
    ?.map(({ job, isEnding }) => [job.id, isEnding]);

test('when it begins what others run in it is ended where it allows that, whatever its quantum, and what does not is said to hold it up', () => {
  const { scheduler, decisions } = opened([request(1, { ...withGpu, ...mayEnd })], part({ devices: ['gpu0'] }));
  expect(decisions).toEqual([{ kind: 'preempt', task: '1', by: { reservation: { id: 7, group: 'lab' } } }]);
  expect(scheduler.explain('1')?.reason).toEqual({ code: 'ends-for-reservation', values: { id: 7, group: 'lab', graceSeconds: 6 } });
  expect(heldUp(scheduler)).toEqual([[1, true]]);
  expect(endedBy(scheduler.apply({ kind: 'timePassed' }, 101_000)), 'once').toEqual([]);
  scheduler.apply({ kind: 'submitted', task: request(2, { group: 'lab', ...withGpu }) }, 101_000);
  const freed = scheduler.apply({ kind: 'requeued', task: request(1, { ...withGpu, ...mayEnd }) }, 102_000);
  expect(freed).toMatchObject([{ kind: 'start', task: '2' }]);
  expect(heldUp(scheduler)).toBeUndefined();

  const other = opened([request(1, withGpu)], part({ devices: ['gpu0'] }));
  expect([other.ended, heldUp(other.scheduler)]).toEqual([[], [[1, false]]]);
  const unasked = opened([request(1, { ...withGpu, ...mayEnd })], part({ devices: ['gpu0'], endsRunning: false }));
  expect([unasked.ended, heldUp(unasked.scheduler)]).toEqual([[], [[1, false]]]);
  const own = opened([request(1, { ...withGpu, ...mayEnd, group: 'lab/alice' })], part({ devices: ['gpu0'] }));
  expect([own.ended, heldUp(own.scheduler)]).toEqual([[], undefined]);
});

test('of cores and memory as few are ended as suffice, the least important first, then the last that began', () => {
  const three = [1, 2, 3].map((id) => request(id, { ...mayEnd, memoryBytes: 2 * gigabyte, priority: id === 2 ? -1 : 0 }));
  expect(opened(three, part({ cores: 1 })).ended).toEqual([]);
  expect(opened(three, part({ cores: 2 })).ended).toEqual(['2']);
  expect(opened(three, part({ memoryBytes: 5 * gigabyte })).ended).toEqual(['2', '3']);
  expect(opened(three, part({ cores: 2, memoryBytes: 6 * gigabyte })).ended).toEqual(['2', '3']);
  // One that does not allow it is left, however many cores are missing.
  expect(opened([request(1, { cores: 2 }), ...three.slice(1)], part({ cores: 4 })).ended).toEqual(['2', '3']);
});

test('a device of which memory is reserved is shared on; who has it whole is ended', () => {
  const sharing = (id: number, bytes: number) =>
    request(id, { ...mayEnd, device: { kind: 'gpu', count: 1, memoryBytes: bytes * gigabyte } });
  const ofMemory = part({ devices: ['gpu0'], deviceMemoryBytes: 10 * gigabyte });
  expect(opened([sharing(1, 4), sharing(2, 2)], ofMemory).ended).toEqual([]);
  expect(opened([sharing(1, 4), sharing(2, 8)], ofMemory).ended).toEqual(['2']);
  expect(opened([request(1, { ...withGpu, ...mayEnd })], ofMemory).ended).toEqual(['1']);
});

test('several that begin together end enough for all of them, and nothing that has one of its own', () => {
  const two = [request(1, mayEnd), request(2, mayEnd), request(3, { ...mayEnd, group: 'vision' })];
  const lab = part({ cores: 2 });
  const vision = part({ id: 8, group: 'vision', cores: 2 });
  const { decisions, scheduler } = opened(two, lab, vision);
  expect(decisions).toEqual([
    { kind: 'preempt', task: '2', by: { reservation: { id: 7, group: 'lab' } } },
    { kind: 'preempt', task: '1', by: { reservation: { id: 7, group: 'lab' } } },
  ]);
  expect([heldUp(scheduler), heldUp(scheduler, 8)]).toEqual([[[2, true]], [[2, true]]]);
});

test('what is free of a device is free for one of those that reserve its memory, first for who waits for what runs', () => {
  const sharing = (id: number, gigabytes: number) =>
    request(id, { ...mayEnd, cores: 0.1, memoryBytes: 1, device: { kind: 'gpu', count: 1, memoryBytes: gigabytes * gigabyte } });
  const kept = (id: number, group: string, gigabytes: number, endsRunning = true) =>
    part({ id, group, devices: ['gpu0'], deviceMemoryBytes: gigabytes * gigabyte, endsRunning });
  const both = opened([sharing(1, 3), sharing(2, 3)], kept(7, 'lab', 6), kept(8, 'vision', 6));
  expect([both.ended, heldUp(both.scheduler), heldUp(both.scheduler, 8)]).toEqual([['2'], undefined, [[2, true]]]);
  const patient = opened([sharing(1, 3), sharing(2, 3)], kept(7, 'lab', 6), kept(8, 'vision', 6, false));
  expect(patient.ended).toEqual(['2']);
  expect(opened([sharing(1, 3), sharing(2, 3)], kept(7, 'lab', 4), kept(8, 'vision', 6)).ended).toEqual([]);
});

test('what began while it was kept runs its quantum before it may be ended for it', () => {
  const scheduler = open();
  scheduler.apply({ kind: 'reservedChanged', parts: [part({ cores: 2 })] }, 100_000);
  for (const id of [1, 2]) scheduler.apply({ kind: 'submitted', task: request(id, mayEnd) }, 110_000);
  const less = { ...capacityWith(), devices: capacityWith().devices.map((one) => ({ ...one, cores: 3 })) };
  expect(endedBy(scheduler.apply({ kind: 'capacityChanged', capacity: less }, 120_000))).toEqual([]);
  expect(endedBy(scheduler.apply({ kind: 'timePassed' }, 170_000))).toEqual(['2']);
});

test('what a reservation ends is known to whoever goes on from there, and ends no second one', () => {
  const { scheduler } = opened([request(1, { ...withGpu, ...mayEnd })], part({ devices: ['gpu0'] }));
  const next = fromSnapshot(scheduler.snapshot(100_500, 10));
  expect(next.explain('1')?.reason.code).toBe('ends-for-reservation');
  expect(endedBy(next.apply({ kind: 'resumed' }, 101_000))).toEqual([]);
});

interface Held {
  readonly task: TaskRequest;
  readonly grant: Grant;
}

test('in any queue only what may be is ended, never more than was lacking, and what is lacking then nobody could give', () => {
  const anyStep = fc.tuple(fc.nat(5), fc.nat(1000));
  const anyPart = fc.record({ cores: fc.nat(4), memoryBytes: fc.nat(8).map((count) => count * gigabyte), hasGpu: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 50 }),
      fc.constantFrom(...PolicyName.options),
      anyPart,
      (steps, policy, { hasGpu, ...kept }) => {
        const scheduler = open(policy, capacityWith(gpu(0)));
        const parts = [part({ ...kept, devices: hasGpu ? ['gpu0'] : [], windows: [{ from: 15_000, to: 30_000 }] })];
        scheduler.apply({ kind: 'reservedChanged', parts }, 0);
        const waiting = new Map<string, TaskRequest>();
        const running = new Map<string, Held>();
        const ending = new Set<string>();
        const isLab = ({ task }: Held): boolean => task.group.startsWith('lab');
        const sum = (some: readonly Held[], of: (grant: Grant) => number): number => some.reduce((total, one) => total + of(one.grant), 0);
        const bytes = (grant: Grant): number => grant.memoryBytes;
        const cores = (grant: Grant): number => grant.cores;
        /** Of cores and of memory, were these gone. */
        const lacks = (gone: ReadonlySet<string>): number[] => {
          const left = [...running.values()].filter(({ task }) => !gone.has(task.id));
          const lack = (whole: number, reserved: number, of: (grant: Grant) => number): number =>
            Math.max(0, reserved - sum(left.filter(isLab), of)) - (whole - sum(left, of));
          return [lack(4, kept.cores, cores), lack(8 * gigabyte, kept.memoryBytes, bytes)];
        };
        const isLacking = (gone: ReadonlySet<string>): boolean => lacks(gone).some((amount) => amount > 1e-6);
        const hasGpuOf = ({ grant }: Held): boolean => hasGpu && grant.accelerators.length > 0;
        steps.forEach(([kind, a], index) => {
          const now = (index + 1) * 700;
          const ends = [...running.keys()][a % Math.max(1, running.size)];
          const task = request(index + 1, {
            cores: 1 + (a % 3),
            memoryBytes: (1 + (a % 4)) * gigabyte,
            group: ['lab', 'other', 'default'][a % 3] ?? '',
            ...(a % 5 === 0 && withGpu),
            ...(a % 2 === 0 && { preemptible: { quantumSeconds: 0, graceSeconds: 1 } }),
            ...(a % 7 === 0 && seconds(1 + (a % 9))),
          });
          if (kind < 4) waiting.set(task.id, task);
          const back = ends === undefined ? undefined : running.get(ends)?.task;
          const wasEnding = ends !== undefined && ending.has(ends);
          if (kind >= 4 && back) {
            running.delete(back.id);
            ending.delete(back.id);
            if (wasEnding) waiting.set(back.id, back);
          }
          const decisions = scheduler.apply(
            kind < 4
              ? { kind: 'submitted', task }
              : !back
                ? { kind: 'timePassed' }
                : wasEnding
                  ? { kind: 'requeued', task: back }
                  : { kind: 'ended', task: back.id, succeeded: true },
            now,
          );
          for (const decision of decisions) {
            if (decision.kind === 'preempt') {
              expect([...ending]).not.toContain(decision.task);
              const one = running.get(decision.task)!;
              expect(one.task.preemptible).toBeDefined();
              ending.add(decision.task);
              if (!('reservation' in decision.by)) continue;
              expect([isLab(one), now >= 15_000 && now < 30_000]).toEqual([false, true]);
            }
            if (decision.kind === 'start') running.set(decision.task, { task: waiting.get(decision.task)!, grant: decision.grant });
            if (decision.kind === 'start') waiting.delete(decision.task);
          }
          if (now < 15_000 || now >= 30_000) return;
          const others = [...running.values()].filter((one) => !isLab(one));
          for (const { kind: what, task: id, ...rest } of decisions) {
            if (what !== 'preempt' || !('by' in rest) || !('reservation' in rest.by) || hasGpuOf(running.get(id)!)) continue;
            const without = new Set([...ending].filter((one) => one !== id));
            expect(isLacking(without), `${id} was not ended for nothing`).toBe(true);
          }
          expect(others.filter((one) => hasGpuOf(one) && one.task.preemptible && !ending.has(one.task.id))).toEqual([]);
          const [lackOfCores = 0, lackOfMemory = 0] = lacks(ending);
          const open = others.filter(({ task: one }) => one.preemptible && !ending.has(one.id));
          if (lackOfCores > 1e-6 || lackOfMemory > 1e-6) expect(open).toEqual([]);
          expect(scheduler.heldUp(now).has(7)).toBe(isLacking(new Set()) || others.some(hasGpuOf));
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('who is named as holding it up is named once', () => {
  const { scheduler } = opened([request(1, { ...mayEnd, ...withGpu, cores: 3, job: jobOf(1) })], part({ cores: 4, devices: ['gpu0'] }));
  expect(heldUp(scheduler)).toEqual([[1, true]]);
});
