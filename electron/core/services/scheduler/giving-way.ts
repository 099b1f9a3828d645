import { attainedAfter, secondsDone } from '../../attained.ts';
import { placeOf } from '../../grant-place.ts';
import type { Attained, Outran, TaskRequest } from '../../scheduler-port.ts';
import { endOf, estimateAt } from './durations.ts';
import type { Running } from './ledger.ts';

/** Something that waits, and where it stands in line. */
export interface Ranked {
  readonly task: TaskRequest;
  readonly rank: number;
}

/** When what runs and allows it gives its place to what waits (scheduling rules, 1.11). A quantum is seen to elsewhere. */
export interface GivingWay {
  /** Where it would stand in line, were it ended now; who stands last gives way first. `standing`: where one would that asks for it anew. */
  rankOf(running: Running, now: number, standing: (task: TaskRequest) => number): number;
  /** From when on it gives way to one that stands there, while that one waits; infinite for never. `rank`: where it would stand itself. */
  from(running: Running, waiting: Ranked, now: number, rank: number): number;
  /** What it has outrun, where it gives way because of that. */
  outranBy?(running: Running, now: number): Outran | undefined;
}

/** So many points of priority must lie between the one that waits and the one that is ended: ten minutes of ageing. */
const marginPoints = 10;

/** To what stands ten points of priority before it, unless it should end by itself within its grace. */
export const byPoints: GivingWay = {
  rankOf: ({ task }, _, standing) => standing(task),
  from: (running, waiting, now, rank) =>
    rank >= waiting.rank + marginPoints && endOf(running, now) > now + graceMsOf(running) ? running.startedAt : Infinity,
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
export const byOutrunning: GivingWay = {
  rankOf: (running, now) => rankOfAttained(attainedBy(running, now)),
  from(running, waiting) {
    const { task, startedAt } = running;
    const p90Ms = p90MsOf(running);
    // What stands still does not run.
    if (p90Ms === undefined || running.grant.cores < task.cores) return Infinity;
    const doneMs = secondsDone(task) * 1000;
    const outruns = startedAt + thoughtToNeed(p90Ms, (task.attained?.seconds ?? 0) * 1000) - doneMs;
    // When its rank has passed that of the other by what its end costs; its rank grows with what it has had, and with time.
    const passes = task.preemptible?.losesWork
      ? (waiting.rank + graceMsOf(running)) * waitingPerRunning
      : (waiting.rank + graceMsOf(running) + startedAt - doneMs) / (1 + 1 / waitingPerRunning);
    return Math.max(Math.ceil(passes), Math.floor(outruns) + 1);
  },
  outranBy(running, now) {
    const p90Ms = p90MsOf(running);
    return p90Ms === undefined ? undefined : { ranSeconds: attainedBy(running, now).seconds, p90Seconds: p90Ms / 1000 };
  },
};

const attainedBy = ({ task, startedAt }: Running, now: number): Attained => attainedAfter(task, Math.max(0, now - startedAt) / 1000, now);

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
