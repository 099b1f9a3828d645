import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import type { Core } from './core-client.ts';
import { reasonText, stateWord } from './job-text.ts';
import type { Session } from './session.ts';
import { exitCodeOf, waitOrCancel } from './wait-for-job.ts';
import { CommandFailure, exitCodes } from './failure.ts';

/** Hands one job in; it is safe on disk when the number comes back. */
export const submitJob = async ({ client }: Core, job: JobRequest): Promise<number> => {
  const { ids } = await client.jobs.submit({ jobs: [job] });
  const [id] = ids;
  if (id === undefined) throw new Error('the core accepted a job without giving it a number');
  return id;
};

/** Runs one job to its end and answers it when it succeeded; ends the command with the job's own exit code otherwise. */
export const runJob = async (session: Session, core: Core, job: JobRequest): Promise<JobDetail> => {
  // Looked at before the job exists, so that Ctrl-C from here on cancels it rather than leaving it behind.
  void session.interruption.signal;
  const id = await submitJob(core, job);
  const waited = await waitOrCancel(session, core, id);
  if (waited.kind === 'interrupted') throw cancelled(id);
  const { state } = waited.job;
  if (state.kind === 'succeeded') return waited.job;
  throw new CommandFailure(exitCodeOf(state), problemOf(session, waited.job));
};

/** Why a job that ended without success did so. */
export const problemOf = (session: Session, job: JobDetail): CommandFailure['problem'] => {
  const { state, sentence } = job;
  if ('reason' in state) return { kind: 'reason', reason: state.reason, ...(sentence === undefined ? {} : { sentence }) };
  return endOf(session, job);
};

/** How a job ended, with its number. */
export const endOf = (session: Session, job: JobDetail): CommandFailure['problem'] => ({
  kind: 'text',
  key: 'job-ended',
  values: { id: String(job.id), state: stateWord(session, job.state.kind), why: reasonText(session, job) },
});

const cancelled = (id: number): CommandFailure =>
  new CommandFailure(exitCodes.cancelled, { kind: 'text', key: 'job-cancelled', values: { id: String(id) } });
