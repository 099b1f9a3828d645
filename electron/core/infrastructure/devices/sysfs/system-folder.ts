import { closeSync, existsSync, openSync, readdirSync, readSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * A folder of sysfs or procfs. What is not there or cannot be read is undefined or empty: hardware goes away, and a driver may
 * refuse a file. Reads are synchronous on purpose: the kernel answers from memory in some µs, a trip through the thread pool costs
 * ten times as much.
 */
export interface SystemFolder {
  /** The whole content without the white space around it; an empty file has none. */
  read(path: string): string | undefined;
  /** A file that holds one whole number, decimal or after 0x. */
  number(path: string): number | undefined;
  /** Names in a folder, in no order. */
  list(path: string): string[];
  /** Last name of the path that a link leads to. */
  target(path: string): string | undefined;
  /** Where a link says that it leads, word for word. */
  link(path: string): string | undefined;
  /** Path below all links. */
  real(path: string): string | undefined;
  exists(path: string): boolean;
  /** Whether the folder is there but closed to us. */
  isClosed(path: string): boolean;
  at(path: string): SystemFolder;
}

/** A file of sysfs is at most one page; what a driver tells of an open file is a little longer. */
const buffer = Buffer.alloc(64 * 1024);

export const openSystemFolder = (root: string): SystemFolder => ({
  read: (path) => tryTo(() => readWhole(join(root, path)))?.trim() || undefined,
  number: (path) => parseWholeNumber(tryTo(() => readWhole(join(root, path)))),
  list: (path) => tryTo(() => readdirSync(join(root, path))) ?? [],
  target: (path) => {
    const end = tryTo(() => readlinkSync(join(root, path)));
    return end === undefined ? undefined : basename(end);
  },
  link: (path) => tryTo(() => readlinkSync(join(root, path))),
  real: (path) => tryTo(() => realpathSync.native(join(root, path))),
  exists: (path) => existsSync(join(root, path)),
  isClosed: (path) => isRefused(() => readdirSync(join(root, path))),
  at: (path) => openSystemFolder(join(root, path)),
});

/** `12`, `-3` or `0x1002`; anything else is no number. */
export const parseWholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*(-?\d+|0x[\da-f]+)\s*$/i.test(text) ? Number(text) : undefined;

const readWhole = (path: string): string => {
  const file = openSync(path, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(file);
  }
};

const tryTo = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};

const isRefused = (action: () => unknown): boolean => {
  try {
    action();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES';
  }
};

const collator = new Intl.Collator('en', { numeric: true });

/** For sorting names: card2 before card10. */
export const byNumber = (one: string, other: string): number => collator.compare(one, other);
