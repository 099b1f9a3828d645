import type { JobDetail } from '../../shared/model/job.ts';
import { formatDuration } from '../../shared/words/format.ts';
import type { Core } from './core-client.ts';
import type { LiveLine } from './output.ts';
import { stateWord, reasonText } from './job-text.ts';
import type { Session } from './session.ts';
import { fitText } from './text-width.ts';

/** Draws where a job is, each time it changes and once a second, until the signal aborts. Nothing depends on it: it ends silently. */
export const drawProgress = async (session: Session, core: Core, id: number, live: LiveLine, signal: AbortSignal): Promise<void> => {
  let latest: JobDetail | undefined;
  const draw = (): void => {
    if (latest && !signal.aborted) live.draw(fitText(progressText(session, latest, Date.now()), live.columns - 1));
  };
  const timer = setInterval(draw, 1000);
  try {
    for await (const job of await core.client.jobs.watchOne({ id }, { signal })) {
      latest = job;
      draw();
    }
  } catch {
    // The wait itself, which runs beside this, tells why the core does not answer.
  } finally {
    clearInterval(timer);
  }
};

const barWidth = 24;

/** `[█████▌                  ] 23 %  detecting text  3.2 s` */
export const progressText = (session: Session, job: JobDetail, now: number): string => {
  const { state, progress } = job;
  const since = 'since' in state ? state.since : (state.startedAt ?? job.submittedAt);
  const spent = formatDuration(Math.max(0, now - since) / 1000, session.locale);
  const word = stateWord(session, state.kind);
  const detail = reasonText(session, job);
  if (!progress) return [`#${job.id}`, word, spent, detail].filter(Boolean).join('  ');
  const share = Math.min(1, Math.max(0, progress.done / progress.total));
  return `#${job.id}  ${shareBar(share)}  ${word}  ${spent}`;
};

/** `[█████▌                  ] 23 %`, of a share from 0 to 1. */
export const shareBar = (share: number): string => `[${bar(share)}] ${Math.floor(share * 100)} %`;

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

const bar = (share: number): string => {
  const full = Math.floor(share * barWidth);
  const part = eighths[Math.floor((share * barWidth - full) * 8)] ?? '';
  return `${'█'.repeat(full)}${part}`.padEnd(barWidth);
};
