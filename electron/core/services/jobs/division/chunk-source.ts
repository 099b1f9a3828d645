import type { Chunk, Divider } from '../../../division-port.ts';
import type { ChunkSource, Findings } from '../../../ports.ts';
import type { PartEntry } from '../job-entry.ts';

/** What a job's parts share. */
export interface SharedWork {
  /** Undefined until the items are counted. */
  readonly divider: Divider | undefined;
  counted(items: number): void;
  done(chunk: Chunk, findings: Findings): void;
  /** Something may have come back, or all is done. */
  onChange(listener: () => void): () => void;
  /** Somebody took or finished something. */
  changed(): void;
}

/** Where one attempt of a part has its chunks from. */
export const createChunkSource = (
  entry: PartEntry,
  work: SharedWork,
  { now, signal }: { now: () => number; signal: AbortSignal },
): ChunkSource => {
  const { part } = entry;
  const index = part.number - 1;

  const next = async (): Promise<Chunk | undefined> => {
    for (;;) {
      signal.throwIfAborted();
      if (part.givesWay) return undefined;
      const taken = work.divider?.take(index, now()) ?? { kind: 'wait' as const };
      if (taken.kind === 'nothing') return undefined;
      if (taken.kind === 'chunk') {
        part.chunk = taken.chunk;
        part.chunkDone = 0;
        work.changed();
        return taken.chunk;
      }
      const afterMs = 'until' in taken && taken.until !== undefined ? taken.until - now() : undefined;
      await changeOrTime(work, { afterMs, signal, part });
    }
  };

  return {
    get items() {
      return work.divider?.items;
    },
    counted: work.counted,
    next,
    done: (chunk, findings, took) => {
      const isFirst = work.divider?.finished(index, chunk, took);
      delete part.chunk;
      part.failures = 0;
      Object.assign(part, work.divider?.progressOf(index));
      if (isFirst) work.done(chunk, findings);
      work.changed();
    },
  };
};

/** Resolves with a change, after a time, or when the attempt is to end or to give way. */
const changeOrTime = (
  work: SharedWork,
  { afterMs, signal, part }: { afterMs: number | undefined; signal: AbortSignal; part: PartEntry['part'] },
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => resolve();
  const forget = work.onChange(done);
  part.wake = done;
  signal.addEventListener('abort', done);
  const timer = afterMs === undefined ? undefined : setTimeout(done, Math.max(1, afterMs));
  return promise.finally(() => {
    forget();
    delete part.wake;
    signal.removeEventListener('abort', done);
    clearTimeout(timer);
  });
};
