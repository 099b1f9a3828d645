import type { RefusalReason } from '../../../shared/model/reason.ts';
import { sentenceOf } from '../../../shared/words/reasons.ts';

const codes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** A refusal outside the contract, in the form in which the contract's own are sent, so that one reader of errors is enough. */
export const refusalBody = (status: number, reason: RefusalReason) => {
  const sentence = sentenceOf(reason, 'en');
  return { defined: false, code: codes[status] ?? 'REFUSED', status, message: sentence, data: { reason, sentence } };
};
