import type { RefusalReason } from '../../../shared/model/reason.ts';
import { sentenceOf } from '../../../shared/words/reasons.ts';

/** Thrown to refuse a call before it changed anything; dispatch.ts is the only place that turns it into a reply. */
export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(sentenceOf(reason, 'en'));
    this.name = 'Refusal';
    this.reason = reason;
  }
}
