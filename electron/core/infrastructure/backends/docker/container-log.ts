import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from 'dockerode';
import type { TaskRun } from '../../../ports.ts';
import { createFrameReader } from './log-frames.ts';

/** Remembers how long the log is before the container adds to it, so that it can be written again from there. */
export const markLogStart = async (run: TaskRun): Promise<void> => {
  await writeFile(markOf(run), String(await sizeOf(run.logFile)));
};

/**
 * Writes the container's whole log, from its beginning and for as long as it runs, after what the file held before. A core that
 * was away does not know how much it has written already; Docker keeps everything until the container is forgotten.
 */
export const writeLog = async (container: Container, run: TaskRun, signal: AbortSignal): Promise<void> => {
  const stream = await container.logs({ follow: true, stdout: true, stderr: true, abortSignal: signal });
  await using file = await open(run.logFile, 'a');
  await truncate(run.logFile, await logStartOf(run));
  const read = createFrameReader();
  for await (const chunk of stream) {
    for (const text of read(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) await file.write(text);
  }
};

const markOf = (run: TaskRun): string => join(run.folder, 'log-start');

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
};

const logStartOf = async (run: TaskRun): Promise<number> => {
  try {
    return Math.min(Number(await readFile(markOf(run), 'utf8')), await sizeOf(run.logFile));
  } catch {
    return 0;
  }
};
