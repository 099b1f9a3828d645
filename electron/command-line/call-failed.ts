import type { RefusalReason } from '../../shared/model/reason.ts';

/** Raised when the core cannot be spoken to: nobody listens, or the connection broke off. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('The core does not answer.', { cause });
    this.name = 'ConnectionLost';
  }
}

/** Whether the core went away before or during a call. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof ConnectionLost || (error instanceof Error && error.cause !== undefined && isConnectionLost(error.cause));

/** An answer that is an error of the contract. */
export class CallFailed extends Error {
  readonly code: string;
  /** Present for REFUSED and NOT_FOUND. */
  readonly refusal: { reason: RefusalReason; sentence: string } | undefined;

  private constructor(code: string, message: string, refusal: CallFailed['refusal']) {
    super(message);
    this.name = 'CallFailed';
    this.code = code;
    this.refusal = refusal;
  }

  /** From oRPC's error as it travels: `{ code, status, message, data }`. */
  static of(answer: unknown): CallFailed {
    const {
      code = 'UNKNOWN',
      message = 'The core answered with an error that it did not explain.',
      data,
    } = (answer ?? {}) as Partial<WireError>;
    return new CallFailed(code, message, data && 'reason' in data && 'sentence' in data ? (data as CallFailed['refusal']) : undefined);
  }
}

interface WireError {
  code: string;
  message: string;
  data: object;
}
