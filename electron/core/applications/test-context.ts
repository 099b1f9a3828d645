import { InferenceSession } from 'onnxruntime-node';
import { resolve } from 'node:path';
import type { Progress } from '../../../shared/model/job.ts';
import type { ApplicationContext } from '../ports.ts';

/** For tests: real sessions in this process, kept from call to call, and the progress that was told. */
export interface TestContext extends ApplicationContext {
  readonly told: Progress[];
}

const modelsFolder = resolve(import.meta.dirname, '../../../resources/models');
const sessions = new Map<string, Promise<InferenceSession>>();

export const testContext = (...paths: readonly string[]): TestContext => {
  if (process.env['ORT_DISABLE_TELEMETRY'] !== '1') throw new Error('set ORT_DISABLE_TELEMETRY=1 before onnxruntime-node is loaded');
  const told: Progress[] = [];
  return {
    files: paths.map((path) => ({ path, name: path.slice(path.lastIndexOf('/') + 1) })),
    position: { first: 0, count: paths.length },
    session: (model) => {
      const session =
        sessions.get(model) ?? InferenceSession.create(resolve(modelsFolder, model), { intraOpNumThreads: 1, interOpNumThreads: 1 });
      sessions.set(model, session);
      return session;
    },
    resource: (name) => resolve(modelsFolder, name),
    progress: (progress) => told.push(progress),
    told,
  };
};
