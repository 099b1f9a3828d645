import type { TaskRequest } from '../../scheduler-port.ts';
import { endOf } from './durations.ts';
import type { Running } from './ledger.ts';

/** What it would mean to end something that runs, so that others can start. Milliseconds, and milliseconds since 1970. */
export interface Leaving {
  /** When it would have ended by itself; infinite where nobody knows. */
  readonly endsAt: number;
  /** When its place would be free. */
  readonly goneAt: number;
  /** How much longer it takes then in all, which is lost (scheduling rules, 1.11). */
  readonly costMs: number;
  /** How long it needs the machine once it is gone. */
  readonly laterMs: number;
}

/** Whether nothing is gained: it would be gone by itself, or begins anew and may be about to end for all that anybody knows. */
export const isFutile = ({ task }: Running, { endsAt, goneAt }: Leaving): boolean =>
  endsAt <= goneAt || (task.preemptible?.losesWork === true && endsAt === Infinity);

/**
 * Its end may take all of its grace, and to take up its work again, which nobody measures, is thought to take as long. What begins anew
 * loses all that it has done, also what it does before it may be ended.
 */
export const leavingOf = (one: Running, now: number): Leaving => {
  const { quantumSeconds = 0, graceSeconds = 0, losesWork } = one.task.preemptible ?? {};
  const graceMs = graceSeconds * 1000;
  const endsAt = endOf(one, now);
  const from = Math.max(now, one.startedAt + quantumSeconds * 1000);
  const againMs = losesWork ? Math.max(0, from - one.startedAt) : graceMs;
  return { endsAt, goneAt: from + graceMs, costMs: graceMs + againMs, laterMs: Math.max(0, endsAt - from) + againMs };
};

/** A deadline that cannot be met unless something makes room. Milliseconds since 1970. */
export interface Need {
  readonly job: TaskRequest['job'];
  readonly due: number;
  /** When it would end if nothing did; infinite where nobody knows. */
  readonly otherwiseAt: number;
  /** What is free later is of no use to it. */
  readonly startBy: number;
}

/** By when something that stands there is due; what has none, or has missed it, has nothing to miss. */
export const dueAt = ({ tier, rank }: { readonly tier: number; readonly rank: number }, now: number): number =>
  tier === 0 && rank > now ? rank : Infinity;

/** Whether ending it gains more than that costs, and what is ended could still be in time itself. */
export const isWorthIt = ({ goneAt, laterMs, costMs }: Leaving, due: number, need: Need): boolean =>
  need.due < due && need.otherwiseAt - need.due > costMs && goneAt <= need.startBy && (due === Infinity || goneAt + laterMs <= due);
