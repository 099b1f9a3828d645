import { closeSync, openSync, readSync } from 'node:fs';
import type { Lifetime } from '../../lib/lifetime.ts';

/** A file of procfs or sysfs that stays open: reading it again makes the kernel write it anew, without the cost of opening. */
export interface OpenFile {
  /** The present content, or undefined when it cannot be read now. */
  read(): string | undefined;
}

/** Opens a file for the lifetime; undefined when it cannot be opened. */
export const openFile = (path: string, lifetime: Lifetime): OpenFile | undefined => {
  const file = tryTo(() => openSync(path, 'r'));
  if (file === undefined) return undefined;
  let isClosed = false;
  lifetime.add(() => {
    isClosed = true;
    closeSync(file);
  });
  let buffer = Buffer.allocUnsafe(4096);

  const readWhole = (): string => {
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, length);
      length += count;
      // These files are one record each, of which the kernel gives as much as there is room for: less than that is the end.
      if (length < buffer.length) return buffer.toString('latin1', 0, length);
      buffer = Buffer.concat([buffer], buffer.length * 2);
    }
  };
  // The number of a closed file may already name another file.
  return { read: () => (isClosed ? undefined : tryTo(readWhole)) };
};

/** Hardware that goes away, a driver that answers EIO or EAGAIN: the field is absent this time. */
const tryTo = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};
