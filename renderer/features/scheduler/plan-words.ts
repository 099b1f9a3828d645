import type { PlannedRun } from '../../../shared/model/plan.ts';
import type { Words } from '../../words.tsx';

/** The time of a prediction, or of what has been: ~14:20, 14:20:07 in the next minutes, and with its day where that is far away. */
export const momentText = (at: number, now: number, isPredicted: boolean, words: Words): string => {
  const apart = Math.abs(at - now);
  const text = apart < sameDayMs ? words.clock(at, apart < nearMs) : words.moment(at, now);
  return isPredicted ? `~${text}` : text;
};

/** Within so long a time of day is not taken for that of another day. */
const sameDayMs = 20 * 3_600_000;
/** Within so long a minute would say too little. */
const nearMs = 600_000;

/** ~14:20, or ~23 Nov where that is far away: as much as a column has room for. */
export const startText = (at: number, now: number, words: Words): string =>
  `~${Math.abs(at - now) < sameDayMs ? words.clock(at) : words.day(at)}`;

/** "Ran 13:10 to 13:20", "Runs since 13:10, should end about ~14:20", "Starts about ~14:20, ends about ~14:31". */
export const timesText = (run: PlannedRun, now: number, words: Words): string => {
  const { kind, startsAt, endsAt } = run;
  const start = momentText(startsAt, now, kind === 'planned', words);
  if (endsAt === undefined) return words.text(kind === 'planned' ? 'plan.startsOpen' : 'plan.runsOpen', { start });
  const end = momentText(endsAt, now, kind !== 'ended', words);
  if (kind === 'ended') return words.text('plan.ran', { start, end, elapsed: (endsAt - startsAt) / 1000 });
  if (kind === 'running') return words.text(endsAt < now ? 'plan.runsLate' : 'plan.runs', { start, end });
  return words.text('plan.starts', { start, end });
};

/** All of a bar in one sentence, for those who do not see it. */
export const runSentence = (run: PlannedRun, now: number, words: Words): string => {
  const name = run.part === undefined ? run.job.name : `${run.job.name} ${run.part}`;
  const latest = latestText(run, now, words);
  return [name, run.group, run.devices.join(', '), timesText(run, now, words), latest, deadlineText(run, now, words)]
    .filter((part) => part !== undefined)
    .join('. ');
};

export const latestText = ({ endsAt, endsAtLatest }: PlannedRun, now: number, words: Words): string | undefined =>
  endsAtLatest === undefined || endsAtLatest - (endsAt ?? 0) < 1000
    ? undefined
    : words.text('plan.latestAt', { at: momentText(endsAtLatest, now, true, words) });

export const deadlineText = ({ deadline, endsAt, kind }: PlannedRun, now: number, words: Words): string | undefined => {
  if (deadline === undefined) return undefined;
  const isMissed = (endsAt ?? Infinity) > deadline;
  const at = momentText(deadline, now, false, words);
  return words.text(kind === 'ended' ? (isMissed ? 'plan.missed' : 'plan.met') : isMissed ? 'plan.willMiss' : 'plan.willMeet', { at });
};
