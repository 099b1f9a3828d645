import type { FailReason } from '../../../../../shared/model/reason.ts';
import { signalOf } from '../../../lib/exit-signal.ts';

/** The part of a container's state that tells how it ended. */
export interface EndedState {
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
}

export type Ending =
  | { kind: 'succeeded'; exitCode: number }
  | { kind: 'failed'; exitCode: number; reason: FailReason }
  | { kind: 'out-of-memory'; exitCode: number; reason: FailReason };

const killed = 137;

/**
 * Docker sets OOMKilled when any process of the container was killed at the limit, whatever the container then ended with; only
 * together with 137 was it the one that mattered.
 */
export const endingOf = ({ ExitCode: exitCode, OOMKilled: wasKilledForMemory }: EndedState, limitBytes: number): Ending => {
  if (wasKilledForMemory && exitCode === killed) {
    return { kind: 'out-of-memory', exitCode, reason: { code: 'memory-limit', values: { limitBytes } } };
  }
  if (wasKilledForMemory)
    return { kind: 'out-of-memory', exitCode, reason: { code: 'memory-limit-child', values: { limitBytes, exitCode } } };
  if (exitCode === 0) return { kind: 'succeeded', exitCode };
  const signal = signalOf(exitCode);
  if (signal !== undefined) return { kind: 'failed', exitCode, reason: { code: 'signal', values: { signal } } };
  return { kind: 'failed', exitCode, reason: { code: 'exit-code', values: { exitCode } } };
};
