import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

// sun_path holds 104 bytes on macOS and 108 on Linux, with the final zero.
const longest = 100;

/**
 * Where the core of a data folder listens and everyone else finds it. The answer depends on the folder alone, so that a shell
 * with another environment (cron, ssh) finds the same core.
 */
export const socketPath = (dataFolder: string, platform: NodeJS.Platform = process.platform): string => {
  const folder = resolve(dataFolder);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\switchyard-${hash}`;
  const path = join(folder, 'run', 'core.sock');
  return Buffer.byteLength(path) <= longest ? path : `/tmp/switchyard-${process.getuid?.()}-${hash}/core.sock`;
};

/** Makes the socket's folder, which only its owner may enter; throws when it belongs to somebody else. */
export const makeSocketFolder = (path: string, platform: NodeJS.Platform = process.platform): void => {
  if (platform === 'win32') return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!isOwnFolder(dirname(path))) throw new Error(`${dirname(path)} does not belong to this user alone`);
};

/**
 * Whether a client may trust what listens there. In /tmp anybody could have made the folder first and play the core.
 */
export const isOwnSocket = (path: string, platform: NodeJS.Platform = process.platform): boolean =>
  platform === 'win32' || isOwnFolder(dirname(path));

const isOwnFolder = (folder: string): boolean => {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats !== undefined && stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
};
