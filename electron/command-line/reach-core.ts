import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isOwnSocket, socketPath } from '../core/infrastructure/storage/socket-path.ts';
import { makeFolder } from '../core/lib/make-folder.ts';
import { createCoreClient, type Core } from './core-client.ts';
import { noCore } from './failure.ts';

export interface CorePlace {
  readonly dataFolder: string;
  /** Folder of the built entries, which holds headless.js. */
  readonly entriesFolder: string;
}

/**
 * Node's own choice lets a burst of submits take 60 MB of garbage before it is looked at; this much is collected in a millisecond.
 */
export const coreFlags: readonly string[] = ['--max-semi-space-size=8'];

/** How long a core may take until it answers, on a machine that is full of work; one that ends is not waited for. */
const startDeadlineMs = 60_000;

/** The core of this data folder when one answers. */
export const attachToCore = async ({ dataFolder }: CorePlace): Promise<Core | undefined> => {
  const path = socketPath(dataFolder);
  return isTrusted(path) && (await answers(path)) ? createCoreClient(path) : undefined;
};

/** The core of this data folder; starts one in the background when none answers. */
export const reachCore = async (place: CorePlace): Promise<Core> => {
  const running = await attachToCore(place);
  if (running) return running;
  await startCore(place);
  return createCoreClient(socketPath(place.dataFolder));
};

/** The program that runs the core: this one, but a checkout's own Node where this one is too old for node:sqlite. */
export const nodeProgram = (entriesFolder: string): string => {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const own = join(entriesFolder, '../../node_modules/node/bin/node');
  return major < 24 && existsSync(own) ? own : process.execPath;
};

/** Nobody else may have put the socket there. A folder that cannot even be looked into holds none of ours. */
const isTrusted = (path: string): boolean => {
  try {
    return isOwnSocket(path);
  } catch {
    return false;
  }
};

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** The exit code of a core that found another one in its data folder. */
const folderTakenCode = 4;

const startCore = async (place: CorePlace): Promise<void> => {
  const logFile = makeLogFile(place.dataFolder);
  const logStart = statSync(logFile).size;
  const ended = startDetached(place, logFile);
  const path = socketPath(place.dataFolder);
  const deadline = Date.now() + startDeadlineMs;
  while (Date.now() < deadline) {
    if (await answers(path)) return;
    const exitCode = await Promise.race([ended, delay(25)]);
    // One that came second is no failure: the first one will answer.
    if (exitCode !== undefined && exitCode !== folderTakenCode) throw noCore('core-not-started', { detail: lastLine(logFile, logStart) });
    if (exitCode === folderTakenCode) await delay(25);
  }
  throw noCore('core-too-slow', { seconds: startDeadlineMs / 1000, log: logFile });
};

/** The data folder and its log, so that a folder that cannot be written is named before anything starts. */
const makeLogFile = (dataFolder: string): string => {
  const logs = join(dataFolder, 'logs');
  try {
    makeFolder(logs, 0o700);
    accessSync(dataFolder, constants.W_OK);
    closeSync(openSync(join(logs, 'core.log'), 'a', 0o600));
  } catch (error) {
    throw noCore('data-not-writable', { path: dataFolder, detail: (error as NodeJS.ErrnoException).code ?? String(error) });
  }
  return join(logs, 'core.log');
};

/** Minutes without work and visitors after which a core that nobody asked for by name ends. */
const idleMinutes = '10';

/** Starts the core in a session of its own; resolves to its exit code when it has ended. It inherits nothing but the log file. */
const startDetached = ({ dataFolder, entriesFolder }: CorePlace, logFile: string): Promise<number> => {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(
      nodeProgram(entriesFolder),
      [...coreFlags, join(entriesFolder, 'headless.js'), '--data', dataFolder, '--idle-minutes', idleMinutes],
      {
        cwd: dataFolder,
        detached: true,
        stdio: ['ignore', log, log],
      },
    );
    child.unref();
    return new Promise((resolve) => {
      child.once('exit', (code) => resolve(code ?? 1));
      child.once('error', () => resolve(1));
    });
  } finally {
    closeSync(log);
  }
};

/** The last thing that the core said after `start`. */
const lastLine = (logFile: string, start: number): string => {
  const lines = readFileSync(logFile).subarray(start).toString('utf8').split('\n');
  // A stack trace ends with indented lines and with the version of Node; the sentence stands before them.
  const said = lines.filter((line) => line.trim() !== '' && !/^\s|^Node\.js v|^\}/.test(line));
  return said.at(-1)?.trim() ?? '';
};
