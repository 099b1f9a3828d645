import { attainedAfter, secondsDone } from '../../attained.ts';
import { placeOf } from '../../grant-place.ts';
import type { Attained, PreemptingTask, TaskRequest } from '../../scheduler-port.ts';
import { endOf, estimateAt } from './durations.ts';
import type { Need } from './leaving.ts';
import type { Running } from './ledger.ts';

/** Where something would stand in line; less is earlier. */
export interface Place {
  readonly tier: number;
  readonly rank: number;
}

/** Something that waits, and where it stands in line. */
export interface Ranked extends Place {
  readonly task: TaskRequest;
}

/** One that waits and could start if others ended. */
export interface Asking extends Ranked {
  /** Deadlines that cannot be met unless something makes room for it. */
  needs(): readonly Need[];
}

/** What runs, may be ended for others, and stands there in line, were it ended now. Who stands last gives way first. */
export interface Giver extends Place {
  /** From when on it gives way to one that waits, while that one waits; infinite for never. A quantum is seen to elsewhere. */
  from(asking: Asking): number;
  /** Why, beyond the places of both. */
  because?(asking: Asking): Pick<PreemptingTask, 'outran' | 'saves'>;
}

/** When what runs and allows it gives its place to what waits (scheduling rules, 1.11). `standing`: where one would stand that asks for it anew. */
export type GivingWay = (running: Running, now: number, standing: (task: TaskRequest) => Place) => Giver | undefined;

/** So many points of priority must lie between the one that waits and the one that is ended: ten minutes of ageing. */
const marginPoints = 10;

/** To what stands ten points of priority before it, unless it should end by itself within its grace. */
export const byPoints: GivingWay = (running, now, standing) => {
  if (endOf(running, now) <= now + graceMsOf(running)) return undefined;
  const place = standing(running.task);
  return { ...place, from: ({ rank }) => (place.rank >= rank + marginPoints ? running.startedAt : Infinity) };
};

/** So many seconds of waiting make up for one second of running, so that no long task waits for ever. */
export const waitingPerRunning = 10;

/** What was ended stands in line as if it took as long as it has had, and as if it had come when it was ended. */
export const rankOfAttained = ({ seconds, since }: Attained): number => seconds * 1000 + since / waitingPerRunning;

/**
 * What has run for longer than its P90 is no longer believed to be short, but to need as long again as it has had (scheduling rules, 1.5
 * and 1.6): it gives way to what should take less than that, its own end counted. What it would lose counts too, so that one that begins
 * anew gives way only to who has waited ten times as long as that one takes. Behind that one it stands in line, by what it has had.
 */
export const byOutrunning: GivingWay = (running, now) => {
  const { task, startedAt } = running;
  const p90Ms = p90MsOf(running);
  // What stands still does not run.
  if (p90Ms === undefined || running.grant.cores < task.cores) return undefined;
  const doneMs = secondsDone(task) * 1000;
  const graceMs = graceMsOf(running);
  const outruns = Math.floor(startedAt + thoughtToNeed(p90Ms, (task.attained?.seconds ?? 0) * 1000) - doneMs) + 1;
  const attained = attainedBy(running, now);
  return {
    tier: 0,
    rank: rankOfAttained(attained),
    from({ rank }) {
      // When its rank has passed that of the other by what its end costs; its rank grows with what it has had, and with time.
      const passes = task.preemptible?.losesWork
        ? (rank + graceMs) * waitingPerRunning
        : (rank + graceMs + startedAt - doneMs) / (1 + 1 / waitingPerRunning);
      return Math.max(Math.ceil(passes), outruns);
    },
    because: () => ({ outran: { ranSeconds: attained.seconds, p90Seconds: p90Ms / 1000 } }),
  };
};

const attainedBy = ({ task, startedAt }: Running, now: number): Attained =>
  attainedAfter(task, { seconds: Math.max(0, now - startedAt) / 1000, endSeconds: 0 }, now);

const p90MsOf = ({ task, grant }: Running): number | undefined => {
  const p90Seconds = estimateAt(task, placeOf(grant))?.p90Seconds;
  return p90Seconds === undefined ? undefined : p90Seconds * 1000;
};

const graceMsOf = ({ task }: Running): number => (task.preemptible?.graceSeconds ?? 0) * 1000;

/**
 * The P90, and twice that for each time that it was outrun before. So what gives way again and again runs longer each time: it comes to its
 * end whatever taking up its work costs, also where that begins anew.
 */
const thoughtToNeed = (p90Ms: number, attainedMs: number): number => {
  let needs = Math.max(1, p90Ms);
  while (needs <= attainedMs) needs *= 2;
  return needs;
};
