import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Decision, Scheduler, SchedulerEvent } from '../../scheduler-port.ts';
import { fromSnapshot } from './snapshot.ts';
import { capacityWith, evenly, gpu, jobOf, open, request } from './test-machine.ts';

const machine = capacityWith(gpu(0), gpu(1));

type Step = readonly [kind: number, a: number, b: number];

/** The event that a step means for whoever waits and runs now. */
const eventOf = (scheduler: Scheduler, [kind, a, b]: Step, id: number, now: number): SchedulerEvent | undefined => {
  const { running } = scheduler.snapshot(now, 0);
  if (kind < 4) {
    const before = [...running.map(({ task }) => task.id), ...scheduler.waiting(0, 100)][b % 7];
    const values = { cores: 1 + (a % 3), priority: b % 5, group: `group ${a % 3}`, isHeld: a % 11 === 0, enqueuedAt: now };
    return {
      kind: 'submitted',
      task: request(id, {
        ...values,
        ...(a % 5 === 0 && { deadline: now + (b % 30) * 1000 }),
        ...(a % 7 === 0 && { notBefore: now + (b % 10) * 1000 }),
        ...(b % 2 === 0 && { estimate: { p50Seconds: 1 + (a % 5), p90Seconds: 2 + (a % 5) } }),
        ...(a % 4 === 0 && { device: { kind: 'gpu' as const, count: 1 + (b % 2) } }),
        ...(before !== undefined && b % 3 === 0 && { after: [{ task: before, job: jobOf(Number(before)) }] }),
      }),
    };
  }
  if (kind === 9) return { kind: 'backendChanged', backend: 'command', ...(a % 3 === 0 && { unavailable: 'down.' }) };
  if (kind === 10) {
    const from = now + (a % 7) * 1000 - 3000;
    const part = {
      id: 1,
      memoryBytes: 0,
      endsRunning: a % 2 === 0,
      group: `group ${b % 3}`,
      cores: a % 4,
      devices: a % 3 === 0 ? ['gpu1'] : [],
      windows: [{ from, to: from + (b % 9) * 1000 }],
    };
    return { kind: 'reservedChanged', parts: b % 5 === 0 ? [] : [part] };
  }
  const ends = running[a % Math.max(1, running.length)];
  return ends && { kind: 'ended', task: ends.task.id, succeeded: b % 4 !== 0 };
};

const drive = (schedulers: readonly Scheduler[], steps: readonly Step[], from: number): Decision[][] => {
  const decided = schedulers.map((): Decision[] => []);
  for (const [place, step] of steps.entries()) {
    const now = (from + place) * 900;
    const event = eventOf(schedulers[0]!, step, from + place, now);
    if (event) schedulers.forEach((one, index) => decided[index]!.push(...one.apply(event, now)));
  }
  return decided;
};

const anySteps = fc.array(fc.tuple(fc.nat(10), fc.nat(1000), fc.nat(1000)), { minLength: 10, maxLength: 60 });

test('a scheduler made of a snapshot decides what the one decides that it was taken of', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PolicyName.options),
      fc.constantFrom(machine, evenly),
      anySteps,
      anySteps,
      (policy, given, before, after) => {
        const live = open(policy, given);
        drive([live], before, 1);
        const held = live.held(0, 1000);
        for (const id of held) live.apply({ kind: 'removed', task: id }, before.length * 900);
        const now = before.length * 900;
        const copy = fromSnapshot(structuredClone(live.snapshot(now, 1000)));
        for (const one of [live, copy]) one.apply({ kind: 'resumed' }, now);
        expect(copy.waiting(0, 1000)).toEqual(live.waiting(0, 1000));
        const [expected, found] = drive([live, copy], after, before.length + 1);
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});
