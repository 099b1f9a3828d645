import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FileRef, JobSpec } from '../../../../../shared/model/job.ts';
import { createSpawnWorker } from '../../../../headless/spawn-worker.ts';
import type { Outcome, Sink, TaskRun, WorkerProcess } from '../../../ports.ts';
import { createOnnxBackend, type OnnxBackend, type OnnxBackendOptions } from './create-onnx-backend.ts';
import { formatNpy } from './tensors/npy.ts';
import type { Tensor } from './tensors/tensor.ts';

/** For tests: a backend with real worker processes that run from source. */
export interface TestBackend extends OnnxBackend {
  readonly folder: string;
  /** Every worker process that was started, in order. */
  readonly workers: readonly WorkerProcess[];
  run(spec: JobSpec, more?: Partial<TaskRun>, sink?: Partial<Sink>, signal?: AbortSignal): Promise<Outcome>;
}

const root = resolve(import.meta.dirname, '../../../../..');
export const modelsFolder = join(root, 'resources/models');
export const wineModel: FileRef = { path: join(modelsFolder, 'wine_mlp.onnx') };

export const createTestBackend = (options: Partial<OnnxBackendOptions> = {}): TestBackend => {
  const folder = mkdtempSync(join(tmpdir(), 'onnx backend 🧪 '));
  const spawnWorker = createSpawnWorker(join(root, 'electron/worker.ts'));
  const workers: WorkerProcess[] = [];
  const backend = createOnnxBackend({
    host: {
      canWrapWorkers: true,
      dataFolder: folder,
      entriesFolder: join(root, 'electron'),
      resourcesFolder: join(root, 'resources'),
      spawnWorker: async (worker) => {
        const process = await spawnWorker(worker);
        workers.push(process);
        return process;
      },
    },
    maximumWorkers: 2,
    ...options,
  });
  onTestFinished(async () => {
    await backend.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  let jobs = 0;
  return {
    ...backend,
    folder,
    workers,
    run: (spec, more, sink, signal = new AbortController().signal) => {
      jobs += 1;
      const run: TaskRun = {
        task: String(jobs),
        attempt: 1,
        jobId: jobs,
        spec,
        placement: { device: 'cpu', deviceName: 'CPU', cores: 1, memoryBytes: 2 ** 30 },
        folder: join(folder, `${jobs}.1`),
        logFile: join(folder, `${jobs}.1.log`),
        resolve: (file) => ('path' in file ? { path: file.path, name: file.path.slice(file.path.lastIndexOf('/') + 1) } : never(file)),
        ...more,
      };
      return backend.start(run, { foundWorker: () => undefined, running: () => undefined, progress: () => undefined, ...sink }, signal);
    },
  };
};

const never = (file: FileRef): never => {
  throw new Error(`no uploads in this test: ${JSON.stringify(file)}`);
};

export const onnxSpec = (model: FileRef, inputs: Readonly<Record<string, string>>): JobSpec => ({
  runtime: 'onnx',
  group: 'default',
  priority: 0,
  resources: { cores: 1 },
  after: [],
  retries: 0,
  model,
  inputs: Object.entries(inputs).map(([name, path]) => ({ name, file: { path } })),
});

export const npyBytes = (tensor: Tensor): Uint8Array => Buffer.concat(formatNpy(tensor));
