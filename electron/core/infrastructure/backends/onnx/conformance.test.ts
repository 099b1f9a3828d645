import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { createSpawnWorker } from '../../../../headless/spawn-worker.ts';
import { describeBackend } from '../conformance.ts';
import { createOnnxBackend } from './create-onnx-backend.ts';
import { onnxSpec, wineModel } from './test-backend.ts';
import { endlessModel } from './test-models.ts';

const root = resolve(import.meta.dirname, '../../../../..');
const dataFolder = mkdtempSync(join(tmpdir(), 'onnx-conformance-'));
const backend = createOnnxBackend({
  host: {
    canWrapWorkers: true,
    dataFolder,
    entriesFolder: join(root, 'electron'),
    resourcesFolder: join(root, 'resources'),
    spawnWorker: createSpawnWorker(join(root, 'electron/worker.ts')),
  },
  maximumWorkers: 2,
});
afterAll(async () => {
  await backend.dispose();
  rmSync(dataFolder, { recursive: true });
});

const write = async (folder: string, name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const wine = async (folder: string) => onnxSpec(wineModel, { x: await write(folder, 'x.json', '[[1,2,3,4,5,6,7,8,9,10,11,12,13]]') });

describeBackend('onnx', {
  make: async () => backend,
  specs: {
    success: wine,
    failure: async (folder) => onnxSpec(wineModel, { x: await write(folder, 'x.json', '[1]') }),
    long: async (folder) =>
      onnxSpec({ path: await write(folder, 'endless.onnx', endlessModel()) }, { x: await write(folder, 'x.json', '1') }),
    output: wine,
  },
});
