import type { FailReason } from '../../../../../shared/model/reason.ts';
import { sentenceOf } from '../../../../../shared/words/reasons.ts';

/** Thrown inside the worker for what is wrong with a person's files; the worker answers with its reason. */
export class BadInput extends Error {
  readonly reason: FailReason;

  constructor(reason: FailReason) {
    super(sentenceOf(reason, 'en'));
    this.name = 'BadInput';
    this.reason = reason;
  }
}

/** What a file is, what is wrong with it. */
export const damaged = (file: string, kind: string, detail: string): BadInput =>
  new BadInput({ code: 'file-damaged', values: { file, kind, detail } });
