import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** What a second instance tells the first one. */
interface Greeting {
  readonly argv: readonly string[];
  readonly workingFolder: string;
  readonly additionalData: unknown;
}

export interface Claim {
  readonly isFirst: boolean;
  /** Resolves when the first instance has been told. */
  readonly told: Promise<void>;
}

/** One instance per folder: an exclusive transaction is held, which the kernel frees with the process, also on kill -9. */
export const claimInstance = (folder: string, greeting: Greeting, onSecond: (greeting: Greeting) => void): Claim => {
  const database = new DatabaseSync(join(folder, 'double-instance.db'));
  // A socket's path may hold about a hundred characters, so it cannot lie in the folder itself.
  const socketPath = join(tmpdir(), `electron-double-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}.sock`);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    return { isFirst: false, told: tell(socketPath, greeting) };
  }
  listen(socketPath, onSecond);
  process.once('exit', () => {
    rmSync(socketPath, { force: true });
    database.close();
  });
  return { isFirst: true, told: Promise.resolve() };
};

const listen = (socketPath: string, onSecond: (greeting: Greeting) => void): void => {
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => {
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('end', () => {
      onSecond(JSON.parse(Buffer.concat(parts).toString('utf8')) as Greeting);
      socket.end();
    });
  });
  server.listen(socketPath);
  server.unref();
};

const tries = 100;

/** The first instance may hold its lock and not listen yet. */
const tell = async (socketPath: string, greeting: Greeting): Promise<void> => {
  for (let left = tries; left > 0; left -= 1) {
    if (await told(socketPath, greeting)) return;
    await delay(50);
  }
};

const told = (socketPath: string, greeting: Greeting): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('connect', () => socket.end(JSON.stringify(greeting)));
    socket.on('error', () => resolve(false));
    socket.on('close', (hadError) => resolve(!hadError));
    socket.resume();
  });
