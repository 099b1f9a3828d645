import type { Settled } from '../onnx-worker.ts';
import type { WorkerRequest } from '../protocol.ts';
import type { Seat } from '../seat.ts';
import { isProviderName, type ProviderName } from './provider-names.ts';
import type { ProviderProof } from './providers-of.ts';

export interface ProviderProofs {
  /** Tries every provider of this runtime once; `nodes` are the files under /dev that they may need, and other ones mean another try. */
  prove(nodes: readonly string[]): Promise<readonly ProviderProof[]>;
  /** What came of the latest; undefined while nothing has been tried. */
  readonly known: readonly ProviderProof[] | undefined;
}

interface ProofOptions {
  /** A worker for nothing else. */
  open(nodes: readonly string[]): Promise<Seat>;
  /** How long one provider may take; TensorRT builds an engine even for the smallest model. */
  readonly limitMs?: number;
}

/**
 * Which execution providers work here, found out by a tiny session on each in a worker of their own: one that crashes or never comes
 * back costs that worker and is not there, with the reason.
 */
export const createProviderProofs = ({ open, limitMs = 60_000 }: ProofOptions): ProviderProofs => {
  let latest: { key: string; proofs: Promise<readonly ProviderProof[]> } | undefined;
  let known: readonly ProviderProof[] | undefined;

  const prove: ProviderProofs['prove'] = (nodes) => {
    const key = nodes.toSorted().join('\n');
    if (latest?.key === key) return latest.proofs;
    const proofs = tryAll(() => open(nodes), limitMs).then((found) => (known = found));
    latest = { key, proofs };
    return proofs;
  };

  return {
    prove,
    get known() {
      return known;
    },
  };
};

const tryAll = async (open: () => Promise<Seat>, limitMs: number): Promise<ProviderProof[]> => {
  const proofs: ProviderProof[] = [];
  let seat: Seat | undefined;
  try {
    seat = await open();
    for (const name of await listed(seat, limitMs)) {
      seat ??= await open();
      const { problem, isSpent } = await tryOne(seat, name, limitMs);
      proofs.push({ name, ...(problem !== undefined && { problem }) });
      if (isSpent) seat = undefined;
    }
  } finally {
    seat?.end();
  }
  return proofs;
};

const listed = async (seat: Seat, limitMs: number): Promise<ProviderName[]> => {
  const { answer } = await within(seat, limitMs, { kind: 'list-providers', job: 0 });
  return answer.kind === 'providers' ? answer.names.filter(isProviderName) : [];
};

/** `isSpent` when the worker is gone. */
const tryOne = async (seat: Seat, provider: ProviderName, limitMs: number): Promise<{ problem: string | undefined; isSpent: boolean }> => {
  const { answer, isLate } = await within(seat, limitMs, { kind: 'prove-provider', job: 0, provider });
  if (answer.kind === 'proven') return { problem: answer.problem, isSpent: false };
  if (answer.kind !== 'crashed') throw new Error(`a proof was answered as ${answer.kind}`);
  const problem = isLate ? `It did nothing for ${limitMs / 1000} seconds.` : `It ended the process (${answer.ending.signal}).`;
  return { problem, isSpent: true };
};

const within = async (seat: Seat, limitMs: number, request: WorkerRequest): Promise<{ answer: Settled; isLate: boolean }> => {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    seat.end();
  }, limitMs);
  try {
    const answer = await seat.worker.ask(request, () => undefined);
    return { answer, isLate };
  } finally {
    clearTimeout(timer);
  }
};
