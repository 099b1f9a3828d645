import { app, utilityProcess } from 'electron';
import { createWriteStream } from 'node:fs';
import { join, sep } from 'node:path';
import { inheritedEnvironment } from '../headless/spawn-worker.ts';
import type { Host, WorkerOptions, WorkerProcess } from '../core/ports.ts';
import { listenFromTheStart } from './waiting-messages.ts';

/** What the core may ask of the desktop shell. Workers are Electron's utility processes, which end with this one. */
export const createElectronHost = (dataFolder: string): Host => {
  const entriesFolder = unpacked(import.meta.dirname);
  return {
    shell: 'desktop',
    version: app.getVersion(),
    dataFolder,
    entriesFolder,
    resourcesFolder: resourcesFolder(),
    // A utility process is started by Electron itself, so no program can be put around it.
    canWrapWorkers: false,
    spawnWorker: (options) => spawnWorker(join(entriesFolder, 'worker.js'), options),
    now: Date.now,
  };
};

/** Where models, samples and icons lie: beside the program when packaged, in the checkout otherwise. */
export const resourcesFolder = (): string => (app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources'));

/** Threads and workers are plain Node, which cannot read inside the archive; electron-builder.yml keeps their files outside. */
const unpacked = (path: string): string => path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);

const spawnWorker = (entry: string, { environment, logFile }: WorkerOptions): Promise<WorkerProcess> => {
  const child = utilityProcess.fork(entry, [], {
    env: { ...inheritedEnvironment(process.env), ...environment, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    serviceName: 'Switchyard worker',
  });
  const onMessage = listenFromTheStart(child);
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  // A log that cannot be written must not end the core; the worker's own answer tells how the job went.
  log.on('error', () => {});
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });

  const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (exitCode) => {
      log.end();
      resolve({ exitCode, signal: null });
    });
  });
  return new Promise((resolve, reject) => {
    child.once('spawn', () => {
      const { pid } = child;
      if (pid === undefined) return reject(new Error('The worker process ended at once.'));
      resolve({
        pid,
        post: (message) => child.postMessage(message),
        onMessage,
        exited,
        kill: () => kill(pid),
      });
    });
    void exited.then(({ exitCode }) => reject(new Error(`The worker process ended at once with exit code ${exitCode}.`)));
  });
};

/** Electron's own kill() is SIGTERM, which a model that runs does not see. */
const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};
