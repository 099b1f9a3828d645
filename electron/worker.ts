import { writeFile } from 'node:fs/promises';
import { InputError } from './core/applications/input-error.ts';
import type { WorkerPort } from './core/infrastructure/backends/onnx/protocol.ts';
import { serveWorker } from './core/infrastructure/backends/onnx/serve-worker.ts';

/*
 * The process that runs models, one job after the other. It is started as a child of Node or as a utility process of
 * Electron, and is killed whenever a job must end: a running model cannot be interrupted otherwise.
 */

// Node 24 has Float16Array, which makes onnxruntime-common hand its binding arrays that the binding cannot read. Without it
// float16 tensors are carried as Uint16Array in and out. The runtime is imported later, when the first model is opened.
Reflect.deleteProperty(globalThis, 'Float16Array');

/**
 * A kernel that weighs sessions (autogroup) ignores how nice a process is towards those of other sessions, and a confined worker has one of
 * its own: two of them held up the core for 20 to 45 ms where niceness counts for 7 to 11. A change is refused while another one is less
 * than a tenth of a second old; kernels that do not weigh sessions have no such file.
 */
const giveWayAsSession = (triesLeft = 20): void =>
  void writeFile('/proc/self/autogroup', '5').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EAGAIN' && triesLeft > 0) setTimeout(() => giveWayAsSession(triesLeft - 1), 150).unref();
  });
if (process.env['SWITCHYARD_OWN_SESSION']) giveWayAsSession();

/** The part of Electron's utility process that is used here. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

const workerPort = (): WorkerPort => {
  const { parentPort } = process as { parentPort?: ParentPort };
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', (event) => listener(event.data)),
    };
  }
  // Without its core a worker has no use; where the kernel does not end it (pdeathsig), the closed channel does.
  process.on('disconnect', () => process.exit());
  return {
    post: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on('message', listener),
  };
};

serveWorker(workerPort(), {
  loadApplications: async () => {
    const [{ applications }, { default: sharp }] = await Promise.all([import('./core/applications/list.ts'), import('sharp')]);
    // One slot is one thread, for pictures as well as for models: the scheduler grants cores.
    sharp.concurrency(1);
    return applications;
  },
  reasonOf: (error) => (error instanceof InputError ? error.reason : undefined),
});
