import type { JobState } from './job.ts';

/** Seconds that the latest attempt has run so far, or ran, without those that it was paused; undefined where none has started. */
export const ranSeconds = (state: JobState, now: number): number | undefined => {
  if (!('startedAt' in state) || state.startedAt === undefined) return undefined;
  const until = 'endedAt' in state ? state.endedAt : state.kind === 'paused' ? state.since : now;
  return Math.max(0, until - state.startedAt - (state.pausedMs ?? 0)) / 1000;
};

/** Milliseconds that the latest attempt has been paused in all. */
export const pausedMs = (state: JobState, now: number): number => {
  const before = ('pausedMs' in state && state.pausedMs) || 0;
  return state.kind === 'paused' ? before + Math.max(0, now - state.since) : before;
};
