import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createSpawnWorker } from '../../../../headless/spawn-worker.ts';
import { createOnnxWorker } from './onnx-worker.ts';
import { createTestBackend, npyBytes, onnxSpec } from './test-backend.ts';
import { identityModel } from './test-models.ts';
import { arbitraryTensor, everyType } from './tensors/arbitrary-tensor.ts';
import { bytesSource } from './tensors/byte-source.ts';
import { openNpy } from './tensors/npy.ts';
import type { Tensor } from './tensors/tensor.ts';

const setUp = () => {
  const backend = createTestBackend({ findConfinement: async () => undefined });
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(backend.folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { backend, write };
};

const ranks = ['a', 'b', 'c', 'd'];

/** Runs many models on one worker, which the backend would start anew for each. */
const createRunner = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  const entry = resolve(import.meta.dirname, '../../../../worker.ts');
  const process = await createSpawnWorker(entry)({ environment: {}, wrapper: [], logFile: join(folder, 'log') });
  onTestFinished(async () => {
    process.kill();
    await process.exited;
    rmSync(folder, { recursive: true });
  });
  const worker = await createOnnxWorker(process);
  let job = 0;
  return async (model: Uint8Array, x: Tensor): Promise<Tensor> => {
    job += 1;
    const path = join(folder, `${job}.onnx`);
    writeFileSync(path, model);
    const inputs = [{ name: 'x', file: { name: 'x.npy', bytes: npyBytes(x) } }];
    const request = {
      kind: 'run-model',
      job,
      model: { name: 'm', path, identity: '' },
      provider: 'cpu',
      inputs,
      outputFolder: folder,
    } as const;
    const answer = await worker.ask(request, () => undefined);
    const artifact = answer.kind === 'ran' ? answer.artifacts[0] : undefined;
    if (!artifact || !('bytes' in artifact)) throw new Error(JSON.stringify(answer));
    const { type, shape, load } = openNpy(bytesSource('y.npy', artifact.bytes));
    return { type, shape, data: load() };
  };
};

test('every type goes in and comes out exactly, single values and empty tensors too', async () => {
  const run = await createRunner();
  for (const type of everyType) {
    const tensors = fc.sample(arbitraryTensor([type]), { numRuns: 10, seed: 5 });
    const single = fc.sample(
      arbitraryTensor([type]).filter(({ shape }) => shape.length === 0),
      { numRuns: 1, seed: 5 },
    );
    const empty = fc.sample(
      arbitraryTensor([type]).filter(({ shape }) => shape.includes(0)),
      { numRuns: 1, seed: 5 },
    );
    for (const tensor of [...tensors, ...single, ...empty]) {
      expect(await run(identityModel(type, ranks.slice(0, tensor.shape.length)), tensor)).toEqual(tensor);
    }
  }
});

test('a model that takes bfloat16 is refused, because the runtime for Node cannot be given it', async () => {
  const { backend, write } = setUp();
  const model = { path: write('b.onnx', identityModel('bfloat16', ['n'])) };
  const outcome = await backend.run(
    onnxSpec(model, { x: write('x.npy', npyBytes({ type: 'float32', shape: [1], data: new Float32Array(1) })) }),
  );
  const detail = 'Its inputs or outputs hold bfloat16, which the runtime for Node cannot pass on.';
  expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'model-unsupported', values: { model: 'b.onnx', detail } } });
});

test('a model with an operator that nobody knows is unsupported, not damaged', async () => {
  const { backend, write } = setUp();
  const model = { path: write('new.onnx', identityModel('float32', ['n'], 'OperatorOfTomorrow')) };
  const outcome = await backend.run(onnxSpec(model, { x: write('x.json', '[1]') }));
  expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'model-unsupported', values: { model: 'new.onnx' } } });
});

test('an input that is given twice is refused', async () => {
  const { backend, write } = setUp();
  const spec = onnxSpec({ path: write('i.onnx', identityModel('float32', ['n'])) }, { x: write('x.json', '[1]') });
  if (spec.runtime !== 'onnx') throw new Error('not a model');
  const outcome = await backend.run({ ...spec, inputs: [...spec.inputs, ...spec.inputs] });
  expect(outcome).toMatchObject({ kind: 'failed', reason: { code: 'input-twice', values: { input: 'x' } } });
});
