import { ranSeconds } from '../../../../shared/model/run-time.ts';
import { setLongTimeout } from '../../lib/long-timeout.ts';
import type { ExecutorOptions } from './execution.ts';
import type { Ends } from './end-attempts.ts';
import type { JobEntry } from './job-entry.ts';

/** Ends attempts that run longer than they may; the time that they stand still does not count. */
export interface TimeLimits {
  start(entry: JobEntry): void;
  forget(entry: JobEntry): void;
}

export const createTimeLimits = ({ now, ends }: Pick<ExecutorOptions, 'now'> & { readonly ends: Ends }): TimeLimits => ({
  start(entry) {
    const { active, spec, state } = entry;
    if (!active || spec.timeLimitSeconds === undefined || state.kind === 'paused') return;
    active.forgetTimeLimit?.();
    const leftSeconds = spec.timeLimitSeconds - (ranSeconds(state, now()) ?? 0);
    active.forgetTimeLimit = setLongTimeout(() => ends.abort(entry, 'time-limit'), Math.max(0, leftSeconds * 1000));
  },
  forget({ active }) {
    active?.forgetTimeLimit?.();
  },
});
