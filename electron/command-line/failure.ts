import type { Reason } from '../../shared/model/reason.ts';
import type { CommandLineKey } from '../../shared/words/command-line.ts';
import type { Values } from '../../shared/words/format.ts';

/** What went wrong, as data: a reason of the core, or a text of the command line's own. */
export type Problem =
  | { readonly kind: 'reason'; readonly reason: Reason; readonly sentence?: string }
  | { readonly kind: 'text'; readonly key: CommandLineKey; readonly values: Values };

/** The numbers that scripts rely on. A command that waits for a job ends with the job's own code instead. */
export const exitCodes = { done: 0, failed: 1, wrongUsage: 2, noCore: 3, timedOut: 124, cancelled: 130 } as const;

/** Thrown by a verb to end with a sentence on stderr and an exit code; run-command-line.ts is the only place that catches it. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  readonly problem: Problem;

  constructor(exitCode: number, problem: Problem) {
    super(problem.kind === 'reason' ? problem.reason.code : problem.key);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.problem = problem;
  }
}

export const wrongUsage = (key: CommandLineKey, values: Values = {}): CommandFailure =>
  new CommandFailure(exitCodes.wrongUsage, { kind: 'text', key, values });

export const wrongInput = (reason: Reason): CommandFailure => new CommandFailure(exitCodes.wrongUsage, { kind: 'reason', reason });

export const noCore = (key: CommandLineKey, values: Values = {}): CommandFailure =>
  new CommandFailure(exitCodes.noCore, { kind: 'text', key, values });
