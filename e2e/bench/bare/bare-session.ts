import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';

export const modelsFolder = join(import.meta.dirname, '..', '..', '..', 'resources', 'models');

/** One thread, as each of our workers has. */
export const bareSession = (model: string): Promise<InferenceSession> =>
  InferenceSession.create(join(modelsFolder, model), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });

export const filesOf = (folder = ''): { path: string; name: string }[] =>
  readdirSync(folder)
    .sort()
    .map((name) => ({ path: join(folder, name), name }));
