import type { FailReason } from '../../../shared/model/reason.ts';
import { sentenceOf } from '../../../shared/words/reasons.ts';

/** Something is wrong with a file that a person gave; the job fails with this reason and the worker goes on. */
export class InputError extends Error {
  readonly reason: FailReason;

  constructor(reason: FailReason, options?: ErrorOptions) {
    super(sentenceOf(reason, 'en'), options);
    this.name = 'InputError';
    this.reason = reason;
  }
}
