import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and the missing ones above it; throws the system's error where it cannot. Node's own recursive mkdir goes
 * round for ever where a folder says that it takes no others by ENOENT, as /proc does.
 */
export const makeFolder = (path: string, mode?: number): void => {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.toReversed()) makeOne(folder, mode);
  // What is there already may be something else than a folder.
  if (missing.length === 0) mkdirSync(path, { recursive: true });
};

const makeOne = (path: string, mode: number | undefined): void => {
  try {
    mkdirSync(path, mode === undefined ? {} : { mode });
  } catch (error) {
    // Another process may have made it in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
};
