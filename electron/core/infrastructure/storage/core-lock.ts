import { DatabaseSync } from 'node:sqlite';

export interface CoreLock {
  release(): void;
}

/**
 * Takes the data folder for this core, or answers undefined when another core has it. The lock is an exclusive transaction:
 * the kernel frees it with the process, also on kill -9, and no pid file can go stale.
 */
export const takeCoreLock = (lockFile: string): CoreLock | undefined => {
  const database = new DatabaseSync(lockFile);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => database.close() };
};

/** SQLITE_BUSY. */
const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === 5;
