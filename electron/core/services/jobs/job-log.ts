import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptPaths, type Layout } from '../../infrastructure/storage/layout.ts';
import { Refusal } from '../../lib/refusal.ts';
import { hasStarted } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import type { JobViews } from './job-views.ts';

export interface JobLog {
  read(id: number, attempt: number | undefined, offset: number): Promise<{ text: string; nextOffset: number; size: number }>;
  follow(id: number, signal: AbortSignal): AsyncGenerator<{ text: string }, void, void>;
}

/** The most that one answer carries; calls are limited to 1 MiB. */
const chunkBytes = 256 * 1024;
/** How often a growing log is looked at. */
const followMs = 100;

/** What jobs print, read from the files that they write themselves. */
export const createJobLog = ({ layout, table, views }: { layout: Layout; table: JobTable; views: JobViews }): JobLog => {
  const attemptOf = async (id: number): Promise<number> => {
    const entry = table.entry(id);
    if (entry) return entry.attempts;
    const { state } = await views.detail(id);
    return 'attempt' in state ? state.attempt : 0;
  };

  const read: JobLog['read'] = async (id, attempt, offset) => {
    const attempts = await attemptOf(id);
    if (attempt !== undefined && attempt > attempts) throw new Refusal({ code: 'attempt-unknown', values: { id, attempt, attempts } });
    return readChunk(attemptPaths(layout, id, attempt ?? attempts).logFile, offset);
  };

  async function* follow(id: number, signal: AbortSignal): AsyncGenerator<{ text: string }, void, void> {
    let attempt = await attemptOf(id);
    let offset = 0;
    while (!signal.aborted) {
      // Asked before reading: what was printed before the end is then in the file.
      const entry = table.entry(id);
      if (entry && entry.attempts !== attempt && hasStarted(entry.state)) [attempt, offset] = [entry.attempts, 0];
      const { text, nextOffset } = await readChunk(attemptPaths(layout, id, attempt).logFile, offset);
      offset = nextOffset;
      if (text !== '') yield { text };
      else if (!entry) return;
      else await delay(followMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return { read, follow };
};

/** Reads on from a byte offset, never in the middle of a character. A log that is not there yet is empty. */
const readChunk = async (path: string, offset: number): Promise<{ text: string; nextOffset: number; size: number }> => {
  const file = await openLog(path);
  if (!file) return { text: '', nextOffset: offset, size: 0 };
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(chunkBytes, Math.max(0, size - offset)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    const whole = wholeCharacters(buffer.subarray(0, bytesRead));
    return { text: whole.toString('utf8'), nextOffset: offset + whole.length, size };
  } finally {
    await file.close();
  }
};

const openLog = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw new Refusal({ code: 'file-unreadable', values: { path } });
  }
};

/** Cuts off the beginning of a character whose end has not been read yet. */
export const wholeCharacters = (bytes: Buffer): Buffer => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back && bytes.length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
};
