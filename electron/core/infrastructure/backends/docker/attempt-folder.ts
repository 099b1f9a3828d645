import { access, chmod, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailReason } from '../../../../../shared/model/reason.ts';
import type { TaskRun } from '../../../ports.ts';
import { markLogStart } from './container-log.ts';

/** What one attempt keeps on the disk beside its container. */
export interface AttemptFolder {
  /** Seen as /out by the container. */
  readonly output: string;
  make(): Promise<FailReason | undefined>;
  /** Written before the container starts: if it is gone later, it has run. */
  markStarted(): Promise<void>;
  wasStarted(): Promise<boolean>;
  remove(): Promise<void>;
}

export const attemptFolder = (run: TaskRun): AttemptFolder => {
  const output = join(run.folder, 'out');
  const started = join(run.folder, 'started');
  return {
    output,
    make: () => makeFolder(run, output),
    markStarted: () => writeFile(started, ''),
    wasStarted: () => exists(started),
    remove: () => removeAll(run.folder, [output, started, join(run.folder, 'log-start')]),
  };
};

const makeFolder = async (run: TaskRun, output: string): Promise<FailReason | undefined> => {
  try {
    if ((await mkdir(output, { recursive: true })) === undefined) return undefined;
    // The image's user is anybody: a container may write here whoever it runs as. Other users of this machine cannot come
    // here, because the data folder above is closed to them.
    await chmod(output, 0o777);
    await markLogStart(run);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { code: code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'not-writable', values: { path: run.folder } };
  }
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
};

/** What a container has written as another user inside folders of its own may not be removable; it stays. A log stays too. */
const removeAll = async (folder: string, paths: readonly string[]): Promise<void> => {
  for (const path of paths) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  await rmdir(folder).catch(() => undefined);
};
