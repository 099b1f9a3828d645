import type { JobDetail } from '../../shared/model/job.ts';
import { ranSeconds } from '../../shared/model/run-time.ts';

/** How long a job waited in the queue, each time that it did, and how long its latest attempt ran, in seconds; a part that never was is absent. */
export interface JobTimes {
  waitSeconds?: number;
  runSeconds?: number;
}

export const jobTimes = ({ events, state }: Pick<JobDetail, 'events' | 'state'>): JobTimes => {
  if (!('startedAt' in state) || state.startedAt === undefined) return {};
  const waitSeconds = waitedMs(events) / 1000;
  const runSeconds = 'endedAt' in state ? ranSeconds(state, state.endedAt) : undefined;
  return { waitSeconds, ...(runSeconds !== undefined && { runSeconds }) };
};

/** What it ran before it was preempted or started anew it did not wait. */
const waitedMs = (events: JobDetail['events']): number =>
  events.reduce((total, { at, state }, index) => {
    const isWaiting = state.kind === 'pending' || state.kind === 'held';
    return isWaiting ? total + Math.max(0, (events[index + 1]?.at ?? at) - at) : total;
  }, 0);
