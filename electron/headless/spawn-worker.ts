import { spawn, type ChildProcess } from 'node:child_process';
import { access, constants, open } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Host, WorkerProcess } from '../core/ports.ts';

/** `Host.spawnWorker` under Node: a child with its own channel, niced, that dies with the core where the system can do that. */
export const createSpawnWorker = (entry: string): Host['spawnWorker'] => {
  let starter: Promise<string[]> | undefined;
  return async ({ environment, wrapper, logFile }) => {
    const prefix = await (starter ??= findStarter());
    const [program = process.execPath, ...args] = [...prefix, ...wrapper, process.execPath, entry];
    const log = await open(logFile, 'a', 0o600);
    try {
      const child = spawn(program, args, {
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
        serialization: 'advanced',
        env: { ...inheritedEnvironment(process.env), ...environment, ORT_DISABLE_TELEMETRY: '1' },
        windowsHide: true,
      });
      return await started(child);
    } finally {
      await log.close();
    }
  };
};

/** Programs before Node that replace themselves by it, so that the pid stays the same. */
const findStarter = async (): Promise<string[]> => {
  if (process.platform === 'win32') return [];
  const [setpriv, nice] = await Promise.all([process.platform === 'linux' ? find('setpriv') : undefined, find('nice')]);
  return [...(setpriv ? [setpriv, '--pdeathsig', 'KILL'] : []), ...(nice ? [nice, '-n', '5'] : [])];
};

const find = async (program: string): Promise<string | undefined> => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, program);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
};

/** A worker runs models of strangers: it gets what a program needs to start, and no secret that the core was started with. */
const inheritedNames = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'SYSTEMROOT',
  'WINDIR',
  'TEMP',
  'TMP',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

export const inheritedEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(inheritedNames.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])));

const started = async (child: ChildProcess): Promise<WorkerProcess> => {
  const exited = new Promise<Awaited<WorkerProcess['exited']>>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`The worker process could not be started: ${error.message}.`, { cause: error })));
  });
  // Later errors of the channel mean that the worker is gone; its exit tells that.
  child.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    post: (message) => void (child.connected && child.send(message as object)),
    onMessage: (listener) => void child.on('message', listener),
    exited,
    kill: () => void child.kill('SIGKILL'),
  };
};
