import type { JobDetail } from '../../shared/model/job.ts';
import { ranSeconds } from '../../shared/model/run-time.ts';

/** How long a job waited in the queue and how long it ran, in seconds; a part that never was is absent. */
export interface JobTimes {
  waitSeconds?: number;
  runSeconds?: number;
}

export const jobTimes = ({ submittedAt, state }: JobDetail): JobTimes => {
  const startedAt = 'startedAt' in state ? state.startedAt : undefined;
  if (startedAt === undefined) return {};
  const waitSeconds = Math.max(0, startedAt - submittedAt) / 1000;
  const runSeconds = 'endedAt' in state ? ranSeconds(state, state.endedAt) : undefined;
  return { waitSeconds, ...(runSeconds !== undefined && { runSeconds }) };
};
