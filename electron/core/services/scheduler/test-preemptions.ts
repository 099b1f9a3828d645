import { expect } from 'vitest';
import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import { attainedAfter } from '../../attained.ts';
import type { Capacity, Scheduler, SchedulerEvent, TaskRequest } from '../../scheduler-port.ts';
import { capacity, open } from './test-machine.ts';

/* Runs a queue to its end on a virtual clock: what is ended early goes on later where it was, or begins anew, and pays for that. */

const second = 1000;
/** Seconds; sums of fractions of them are compared with it. */
const rounding = 1e-6;
export const at = (seconds: number): number => 1_000_000 + seconds * second;

/** When a task comes, and how long it really takes. */
export interface Given {
  readonly arrives: number;
  readonly seconds: number;
  readonly task: TaskRequest;
}

interface Work {
  readonly seconds: number;
  /** With what it had. */
  task: TaskRequest;
  /** Seconds that are left to do. */
  left: number;
  /** Seconds of its segments, and how many there were. */
  segments: number[];
}

/** Something that runs; seconds of the play. */
export interface Run {
  readonly task: TaskRequest;
  readonly since: number;
  readonly endsAt: number;
  readonly isEnding: boolean;
}

interface Playing {
  readonly policy: PolicyName;
  readonly capacity?: Capacity;
  /** How long the end of something takes when it makes room, which is lost. */
  readonly costSeconds: number;
  /** How long it takes to take up its work again. */
  readonly resumeSeconds?: number;
  /** Looks at what runs just before something happens. */
  readonly look?: (now: number, running: readonly Run[], scheduler: Scheduler) => void;
}

export const playOut = (
  given: readonly Given[],
  { policy, capacity: machine = capacity, costSeconds, resumeSeconds = 0, look }: Playing,
) => {
  const scheduler = open(policy, machine);
  const cores = machine.devices.reduce((sum, device) => sum + device.cores, 0);
  const works = new Map<string, Work>();
  const running = new Map<string, Run>();
  const arrivals = given.toSorted((a, b) => a.arrives - b.arrives);
  const preemptions: { victim: string; by: string; at: number }[] = [];
  const ends = new Map<string, number>();
  let now = 0;
  let used = 0;
  const workOf = (id: string): Work => works.get(id)!;
  const sumOfCores = (): number => [...running.values()].reduce((sum, { task }) => sum + task.cores, 0);
  const take = (event: SchedulerEvent): void => {
    for (const decision of scheduler.apply(event, at(now))) {
      if (decision.kind === 'start') {
        const { task, left } = workOf(decision.task);
        running.set(decision.task, { task, since: now, endsAt: now + left, isEnding: false });
        expect(sumOfCores(), 'cores are free only once they are').toBeLessThanOrEqual(cores);
      }
      if (decision.kind !== 'preempt') continue;
      const run = running.get(decision.task)!;
      expect(run.isEnding).toBe(false);
      expect(now - run.since, 'it has had its quantum').toBeGreaterThanOrEqual(run.task.preemptible!.quantumSeconds - rounding);
      preemptions.push({ victim: decision.task, by: 'task' in decision.by ? decision.by.task : '', at: now });
      running.set(decision.task, { ...run, endsAt: now + costSeconds, isEnding: true });
    }
  };
  const finish = (id: string, { since, isEnding }: Run): SchedulerEvent => {
    const work = workOf(id);
    running.delete(id);
    work.segments.push(now - since);
    if (!isEnding) {
      ends.set(id, now);
      return { kind: 'ended', task: id, succeeded: true };
    }
    work.left = work.task.preemptible?.losesWork ? work.seconds : work.left - (now - since - costSeconds) + resumeSeconds;
    work.task = { ...work.task, attained: attainedAfter(work.task, { seconds: now - since, endSeconds: costSeconds }, at(now)) };
    return { kind: 'requeued', task: work.task };
  };
  for (let steps = 0; ; steps += 1) {
    expect(steps, 'it comes to an end').toBeLessThan(100_000);
    const [first] = [...running].sort(([, a], [, b]) => a.endsAt - b.endsAt);
    const wakesAt = ((scheduler.wakeAt ?? Infinity) - at(0)) / second;
    const next = Math.min(first?.[1].endsAt ?? Infinity, arrivals[0]?.arrives ?? Infinity, wakesAt);
    if (next === Infinity) break;
    used += (next - now) * scheduler.granted.cores;
    now = Math.max(now, next);
    look?.(now, [...running.values()], scheduler);
    if (first && first[1].endsAt <= now) take(finish(...first));
    else if (arrivals[0] && arrivals[0].arrives <= now) {
      const { seconds, task } = arrivals.shift()!;
      works.set(task.id, { seconds, task, left: seconds, segments: [] });
      take({ kind: 'submitted', task });
    } else take({ kind: 'timePassed' });
  }
  return { scheduler, works, preemptions, used, ends };
};
