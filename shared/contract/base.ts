import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';
import { RefusalReason } from '../model/reason.ts';

/** What a refused call answers: the reason as data, and its English sentence for programs. */
const refusal = z.object({ reason: RefusalReason, sentence: z.string() });

/** Every call of the contract starts here, so that every client knows the same errors. */
export const base = oc.errors({
  BAD_REQUEST: { status: 400, data: z.object({ issues: z.array(z.looseObject({ message: z.string() })), sentence: z.string() }) },
  UNAUTHORIZED: { status: 401 },
  NOT_FOUND: { status: 404, data: refusal },
  REFUSED: { status: 422, data: refusal },
});

/**
 * Credit for one stream. Sockets and ports have no back-pressure, so a client that reads over them gives a window
 * and adds to it through `app.acknowledge` as it reads; without it (server-sent events) the connection itself slows the host.
 */
const Credit = z.object({ id: z.uuid(), window: z.int().min(1).max(1024) });
export type Credit = z.infer<typeof Credit>;

/** The input of a call that answers with a stream. */
export const streamInput = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ ...shape, credit: Credit.exactOptional() });

export { eventIterator };
