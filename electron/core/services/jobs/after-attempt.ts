import type { EndedState, RanOn } from '../../../../shared/model/job.ts';
import { consideredIn, nearIn } from '../../../../shared/model/considered.ts';
import { pausedMs } from '../../../../shared/model/run-time.ts';
import { grantedDevices } from '../../grant-place.ts';
import type { Backend, Outcome } from '../../ports.ts';
import { gangOf } from './gangs.ts';
import type { JobEntry } from './job-entry.ts';

/** Work without side effects starts again by itself after a crash, but not for ever. */
const repeatableAttempts = 3;

type Step = { kind: 'end' } | { kind: 'again'; countsAttempt: boolean; unavailable?: string; isPreempted?: true };

/** Whether an attempt's end is the job's end. Pure. */
export const nextStep = (entry: JobEntry, outcome: Outcome, backend: Pick<Backend, 'isRepeatable'>): Step => {
  const stopReason = entry.active?.stopReason;
  if (stopReason === 'device-lost' && outcome.kind !== 'succeeded' && mayRunAgain(entry, backend))
    return { kind: 'again', countsAttempt: true };
  if (stopReason === 'preempt' && outcome.kind !== 'succeeded') return { kind: 'again', countsAttempt: true, isPreempted: true };
  if (stopReason) return { kind: 'end' };
  // Alone it could not start again, and the others have no use for waiting.
  if (gangOf(entry.spec)) return { kind: 'end' };
  if (outcome.kind === 'stopped') return { kind: 'again', countsAttempt: true };
  if (outcome.kind === 'failed' && outcome.reason.code === 'docker-unavailable') {
    return { kind: 'again', countsAttempt: false, unavailable: outcome.reason.values.detail };
  }
  if (outcome.kind !== 'failed' && outcome.kind !== 'lost') return { kind: 'end' };
  if (ownAttempts(entry) <= entry.spec.retries) return { kind: 'again', countsAttempt: true };
  const crashed = outcome.kind === 'lost' || outcome.reason.code === 'worker-crashed';
  if (crashed && backend.isRepeatable && ownAttempts(entry) < repeatableAttempts) return { kind: 'again', countsAttempt: true };
  return { kind: 'end' };
};

/** Without those that were ended to make room. */
const ownAttempts = ({ attempts, preemptions }: JobEntry): number => attempts - (preemptions?.count ?? 0);

/** Work that had no effect waits for another device or for the return of its own; other work has its retries. */
const mayRunAgain = (entry: JobEntry, { isRepeatable }: Pick<Backend, 'isRepeatable'>): boolean =>
  isRepeatable || ownAttempts(entry) <= entry.spec.retries;

/** The state a job ends in. Pure. */
export const endedState = (entry: JobEntry, outcome: Outcome, facts: { at: number; ranOn?: RanOn }): EndedState => {
  const considered = consideredIn(entry.state);
  const near = nearIn(entry.state);
  const common = {
    attempt: entry.attempts,
    ...('startedAt' in entry.state && entry.state.startedAt !== undefined && { startedAt: entry.state.startedAt }),
    endedAt: facts.at,
    ...pausedFor(entry, facts.at),
    ...('predicted' in entry.state && entry.state.predicted && { predicted: entry.state.predicted }),
    ...(considered && { considered }),
    ...(near && { near }),
    ...grantedOn(entry),
    ...(entry.active?.endedUnseen && { endedUnseen: true as const }),
    ...(facts.ranOn && { ranOn: facts.ranOn }),
  };
  const exit = 'exitCode' in outcome && outcome.exitCode !== undefined ? { exitCode: outcome.exitCode } : {};
  const { stopReason, endedFor } = entry.active ?? {};
  // A result that was ready before the stop arrived is kept: the work is done.
  if (outcome.kind === 'succeeded') return { kind: 'succeeded', ...common, ...exit };
  if (stopReason === 'cancel') return { kind: 'cancelled', ...common };
  if (stopReason === 'time-limit') {
    return { kind: 'timed-out', ...common, reason: { code: 'time-limit', values: { limitSeconds: entry.spec.timeLimitSeconds ?? 0 } } };
  }
  if (stopReason === 'memory-limit') {
    const limitBytes = entry.active?.memoryLimitBytes ?? entry.demand.memoryBytes;
    return { kind: 'out-of-memory', ...common, reason: { code: 'memory-limit', values: { limitBytes } } };
  }
  if (endedFor) return { kind: stopReason === 'device-memory' ? 'out-of-memory' : 'failed', ...common, reason: endedFor };
  if (outcome.kind === 'failed') return { kind: 'failed', ...common, reason: outcome.reason, ...exit };
  if (outcome.kind === 'out-of-memory') return { kind: 'out-of-memory', ...common, reason: outcome.reason, ...exit };
  return { kind: 'lost', ...common, reason: { code: 'lost', values: { backend: entry.spec.runtime } } };
};

/** A divided job ran where each of its parts did. */
const grantedOn = ({ state, parts }: JobEntry): { grantedOn?: string[] } => {
  if (parts || !('placement' in state)) return {};
  const { device, accelerators = [] } = state.placement;
  return { grantedOn: grantedDevices({ device, accelerators }) };
};

const pausedFor = ({ state }: JobEntry, at: number): { pausedMs?: number } => {
  const paused = pausedMs(state, at);
  return paused > 0 ? { pausedMs: paused } : {};
};
