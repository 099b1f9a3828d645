import type { JobRow, JobState, Preemptions } from '../../../shared/model/job.ts';
import { ranSeconds } from '../../../shared/model/run-time.ts';
import type { Reason } from '../../../shared/model/reason.ts';
import type { JobAction } from '../../actions.ts';
import type { Words } from '../../words.tsx';

/** The mark of a state: five shapes, each with its own colour. */
export type Mark = 'waiting' | 'starting' | 'running' | 'done' | 'failed' | 'held' | 'paused' | 'cancelled';

type Ended = Extract<JobState, { endedAt: number }>;
type Started = Extract<JobState, { placement: unknown }>;

export const isEnded = (state: JobState): state is Ended => 'endedAt' in state;
export const isStarted = (state: JobState): state is Started => 'placement' in state;
/** It still runs, but only to save its work: it is ended to make room. */
export const isBeingEnded = (state: JobState): boolean => isStarted(state) && state.preemptedBy !== undefined;

const marks: Record<JobState['kind'], Mark> = {
  pending: 'waiting',
  held: 'held',
  starting: 'starting',
  running: 'running',
  paused: 'paused',
  preempted: 'waiting',
  completing: 'running',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  'timed-out': 'failed',
  'out-of-memory': 'failed',
  lost: 'failed',
};
export const markOf = (state: Pick<JobState, 'kind'>): Mark => marks[state.kind];

export const hasFailed = (state: JobState): boolean => markOf(state) === 'failed';

/** A job and what it is in words need no more than this of its row. */
type Stated = Pick<JobRow, 'state' | 'runtime'>;

/** What can be done with a job in its state, the most likely first. A process that has ended is gone. */
export const actionsFor = ({ state, runtime }: Stated): readonly JobAction[] => {
  if (state.kind === 'paused') return state.isResuming ? ['cancel'] : ['resume', 'cancel'];
  // It ends and goes back in line, whatever it is asked.
  if (isBeingEnded(state)) return ['cancel'];
  if (state.kind === 'running' && (runtime === 'command' || runtime === 'container')) return ['pause', 'cancel'];
  if (state.kind === 'pending') return ['next', 'hold', 'cancel'];
  if (state.kind === 'held') return ['release', 'cancel'];
  if (!isEnded(state)) return ['cancel'];
  return runtime === 'process' ? ['remove'] : ['retry', 'remove'];
};

/** Why it waits or why it did not succeed; nothing when there is nothing to explain. */
export const reasonOf = (row: Pick<JobRow, 'state' | 'wait'>): Reason | undefined => ('reason' in row.state ? row.state.reason : row.wait);

/** When the latest attempt began; a job that never started has none. */
export const startOf = (state: JobState): number | undefined => ('startedAt' in state ? state.startedAt : undefined);

/** Seconds in the present state, whole ones from one while they count up; or from start to end. */
export const soFar = ({ state }: Pick<JobRow, 'state'>, now: number): number => {
  if (isEnded(state)) return ranSeconds(state, now) ?? 0;
  // What went back in line waits anew.
  const elapsed = 'startedAt' in state ? (ranSeconds(state, now) ?? 0) : Math.max(0, now - state.since) / 1000;
  return Math.max(1, Math.ceil(elapsed));
};

/** How an adopted process ended is known to its parent alone, so that nobody can say it is done. */
export const stateText = ({ state, runtime }: Stated, words: Words): string =>
  words.text(runtime === 'process' && state.kind === 'succeeded' ? 'state.ended' : `state.${state.kind}`);

/** "Running 14 min", "Waiting 13 min, first in line", "Failed at 12:31 after 3 s". */
export const stateSentence = (row: JobRow, now: number, words: Words): string => {
  const state = stateText(row, words);
  const elapsed = soFar(row, now);
  if (!isEnded(row.state)) {
    const place =
      row.position === undefined ? '' : words.text(row.position === 1 ? 'job.firstInLine' : 'job.inLine', { position: row.position });
    return words.text('job.since', { state, elapsed }) + place;
  }
  const at = words.moment(row.state.endedAt, now);
  return row.state.startedAt === undefined
    ? words.text('job.endedAt', { state, at })
    : words.text('job.endedAfter', { state, at, elapsed });
};

/** By whom it was preempted last, how often, and what that has cost; nothing for what never was. */
export const preemptionText = ({ state }: Pick<JobRow, 'state'>, words: Words): string | undefined => {
  if (!state.preemptions) return undefined;
  const { by, count, lostSeconds } = state.preemptions;
  if ('reservation' in by) return words.text('job.preemptedFor', { ...by.reservation, count, lost: lostSeconds });
  return words.text('job.preempted', { by: [by], id: by.id, count, lost: lostSeconds, ...whyValues(by) });
};

/** Why it made room, as texts take it: what it had outrun, or whose deadline that saved. */
export const whyValues = ({ outran, saves }: PreemptingJob): Record<string, unknown> => ({
  ...(outran && { ran: outran.ranSeconds, p90: outran.p90Seconds }),
  ...(saves && { saves: [saves.job], due: saves.due }),
});

type PreemptingJob = Exclude<Preemptions['by'], { reservation: unknown }>;
