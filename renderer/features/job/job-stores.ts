import { createStore } from 'zustand/vanilla';
import type { JobDetail, JobId } from '../../../shared/model/job.ts';
import type { WaitReason } from '../../../shared/model/reason.ts';
import type { Connection, Problem } from '../../connection.ts';
import { watch } from '../../watch.ts';
import { followExplanation, type ExplanationState } from './explanation-store.ts';
import type { Followed } from './followed.ts';
import { appendLog, emptyLog, type LogText } from './log-text.ts';

export interface JobState {
  job: JobDetail | undefined;
  problem: Problem | undefined;
}
export interface LogState {
  log: LogText;
  hasEnded: boolean;
  problem: Problem | undefined;
}

export interface JobStores {
  followJob: (id: JobId) => Followed<JobState>;
  followLog: (id: JobId) => Followed<LogState>;
  followExplanation: (id: JobId) => Followed<ExplanationState>;
  /** Why a job waits now; nothing of one that does not, or where the core cannot say. */
  whyWaits: (id: JobId) => Promise<WaitReason | undefined>;
}

export const createJobStores = (connection: Connection): JobStores => ({
  followJob: (id) => {
    const store = createStore<JobState>(() => ({ job: undefined, problem: undefined }));
    const stop = watch(connection, {
      open: (credit, signal) => connection.api.jobs.watchOne({ id, credit }, { signal }),
      onValue: (job) => store.setState({ job, problem: undefined }),
      onProblem: (problem) => store.setState({ problem }),
    });
    return { ...store, stop };
  },
  followLog: (id) => {
    const start: LogState = { log: emptyLog, hasEnded: false, problem: undefined };
    const store = createStore<LogState>(() => start);
    const controller = new AbortController();
    const reading = connection.openStream({
      open: (credit, signal) => connection.api.jobs.followLog({ id, credit }, { signal }),
      onStart: () => store.setState(start),
      onValue: ({ text }) => store.setState(({ log }) => ({ log: appendLog(log, text) })),
      onProblem: (problem) => store.setState({ problem }),
      signal: controller.signal,
    });
    void reading.then(() => store.setState({ hasEnded: true }));
    return { ...store, stop: () => controller.abort() };
  },
  followExplanation: (id) => followExplanation(connection, id),
  whyWaits: async (id) => {
    try {
      return (await connection.api.jobs.get({ id })).wait;
    } catch {
      // The job may be gone by now, or the core; both are told elsewhere.
      return undefined;
    }
  },
});
