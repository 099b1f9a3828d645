import { setTimeout as delay } from 'node:timers/promises';
import type { JobDetail, JobState } from '../../shared/model/job.ts';
import { isConnectionLost } from './call-failed.ts';
import { failureOfCall, type Core } from './core-client.ts';
import { exitCodes, noCore } from './failure.ts';
import { drawProgress } from './progress-line.ts';
import { isWrongInput } from './wrong-input.ts';
import { attachToCore } from './reach-core.ts';
import type { Session } from './session.ts';

export type Waited = { kind: 'ended'; job: JobDetail } | { kind: 'interrupted' };

/** Waits for the end of a job, with a progress line on a terminal. Goes on with the next core when this one hands over. */
export const waitForJob = async (session: Session, core: Core, id: number): Promise<Waited> => {
  const { signal } = session.interruption;
  let current = core;
  while (!signal.aborted) {
    try {
      const wait = session.output.live ? watchJob : askForEnd;
      return { kind: 'ended', job: await wait(session, current, id) };
    } catch (error) {
      if (signal.aborted) break;
      if (!isConnectionLost(error)) throw error;
      current = await nextCore(session, id);
    } finally {
      session.output.live?.clear();
    }
  }
  return { kind: 'interrupted' };
};

/** Waits like waitForJob; Ctrl-C cancels the job and waits until it has let go of everything. */
export const waitOrCancel = async (session: Session, core: Core, id: number): Promise<Waited> => {
  const waited = await waitForJob(session, core, id);
  if (waited.kind === 'ended') return waited;
  session.output.say(session.text('cancelling', { id: String(id) }));
  try {
    await core.client.jobs.cancel({ ids: [id] });
  } catch (error) {
    // Refused when the job has just ended by itself, which is as good.
    if (!failureOfCall(error)) throw error;
  }
  await core.client.jobs.wait({ id });
  return waited;
};

/** The exit code that a job gives to the command that waited for it. */
export const exitCodeOf = (state: JobState): number => {
  switch (state.kind) {
    case 'succeeded':
      return exitCodes.done;
    case 'failed':
      return state.exitCode || (isWrongInput(state.reason.code) ? exitCodes.wrongUsage : exitCodes.failed);
    case 'out-of-memory':
      return state.exitCode || exitCodes.failed;
    case 'timed-out':
      return exitCodes.timedOut;
    case 'cancelled':
      return exitCodes.cancelled;
    default:
      return exitCodes.failed;
  }
};

const askForEnd = ({ interruption }: Session, { client }: Core, id: number): Promise<JobDetail> =>
  client.jobs.wait({ id }, { signal: interruption.signal });

const watchJob = async (session: Session, core: Core, id: number): Promise<JobDetail> => {
  const live = session.output.live;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, session.interruption.signal]);
  const drawing = live && drawProgress(session, core, id, live, signal);
  try {
    return await askForEnd(session, core, id);
  } finally {
    abort.abort();
    await drawing;
  }
};

/** How long the folder may be without a core, such as while a desktop takes over. */
const handOverMs = 10_000;

const nextCore = async (session: Session, id: number): Promise<Core> => {
  const deadline = Date.now() + handOverMs;
  while (Date.now() < deadline && !session.interruption.signal.aborted) {
    const core = await attachToCore(session.place);
    if (core) return core;
    await delay(100);
  }
  throw noCore('core-gone-while-waiting', { id: String(id) });
};
