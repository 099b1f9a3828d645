import type { Grant, TaskRequest } from '../../scheduler-port.ts';
import type { TestScheduler } from './test-machine.ts';

/* Plays a workload on a scheduler under a virtual clock. */

/** A task, when it comes, and how long it really runs. */
export interface Play {
  readonly task: TaskRequest;
  readonly at: number;
  readonly ms: number;
  /** Present where that hangs on what it is granted. */
  readonly msWith?: (grant: Grant) => number;
}

interface Started {
  readonly at: number;
  readonly grant: Grant;
}

/** Looks at the scheduler after every decision. */
type Look = (now: number, scheduler: TestScheduler) => void;

/** When each task started, and where. Arrivals come before ends of the same moment. */
export const play = (scheduler: TestScheduler, plays: readonly Play[], look: Look = () => {}): Map<string, Started> => {
  const starts = new Map<string, Started>();
  const byId = new Map(plays.map((one) => [one.task.id, one]));
  const arrivals = plays.toSorted((a, b) => a.at - b.at || a.task.sequence - b.task.sequence);
  const ends: { at: number; task: string }[] = [];
  const next = (): { at: number; event: Parameters<TestScheduler['apply']>[0] } | undefined => {
    ends.sort((a, b) => a.at - b.at || Number(a.task) - Number(b.task));
    const [arrival] = arrivals;
    const [end] = ends;
    if (arrival && (!end || arrival.at <= end.at)) {
      arrivals.shift();
      return { at: arrival.at, event: { kind: 'submitted', task: arrival.task } };
    }
    if (!end) return undefined;
    ends.shift();
    return { at: end.at, event: { kind: 'ended', task: end.task, succeeded: true } };
  };
  for (let one = next(); one; one = next()) {
    const { at, event } = one;
    for (const decision of scheduler.apply(event, at)) {
      if (decision.kind !== 'start') continue;
      starts.set(decision.task, { at, grant: decision.grant });
      const { ms = 0, msWith = () => ms } = byId.get(decision.task) ?? {};
      ends.push({ at: at + msWith(decision.grant), task: decision.task });
    }
    look(at, scheduler);
  }
  return starts;
};

export const seconds = (p50Seconds: number, p90Seconds = p50Seconds) => ({ estimate: { p50Seconds, p90Seconds } });
