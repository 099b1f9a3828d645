import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../../../../../shared/model/device.ts';
import { createTestBackend, onnxSpec, wineModel } from '../test-backend.ts';
import { identityModel } from '../test-models.ts';

/* With real workers and the real runtime, on a machine whose runtime has no CUDA. */

const gpu: Device = { id: 'gpu0', kind: 'gpu', name: 'Test GPU', vendor: 'NVIDIA', providers: [] };
/** With two of them nothing but CUDA reaches one. */
const otherGpu: Device = { ...gpu, id: 'gpu1' };
const cpu: Device = { id: 'cpu', kind: 'cpu', name: 'CPU', providers: [] };
const row = '[[1,2,3,4,5,6,7,8,9,10,11,12,13]]';

const setUp = (options: Parameters<typeof createTestBackend>[0] = {}) => {
  const backend = createTestBackend({ devices: () => [cpu, gpu, otherGpu], ...options });
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(backend.folder, name);
    writeFileSync(path, content);
    return path;
  };
  return { backend, write, spec: onnxSpec(wineModel, { x: write('x.json', row) }) };
};

test('the providers of this runtime are proven: the processor works, and what does not says why', async () => {
  const { backend } = setUp();
  const proofs = await backend.proveProviders([cpu, gpu]);
  expect(proofs.find(({ name }) => name === 'cpu')).toEqual({ name: 'cpu' });
  for (const { problem } of proofs.filter(({ name }) => name !== 'cpu')) {
    if (problem !== undefined) expect(problem).toMatch(/^[^/]+[.!?…]$/);
  }
});

describe.each([
  ['confined where the system can', {}],
  ['unconfined', { findConfinement: async () => undefined }],
])('a model run %s', (_, options) => {
  test('says which provider ran how many of its nodes, also when its worker was warm', async () => {
    const { backend, spec } = setUp(options);
    const outcomes = [await backend.run(spec), await backend.run(spec)];
    for (const outcome of outcomes) {
      const nodes = [{ provider: 'CPUExecutionProvider', count: 6 }];
      expect(outcome).toMatchObject({ kind: 'succeeded', ranOn: { provider: 'CPUExecutionProvider', nodes } });
    }
    expect(backend.workers).toHaveLength(1);
    const temporary = join(backend.folder, 'run/worker-temporary');
    mkdirSync(temporary, { recursive: true });
    expect(readdirSync(temporary, { recursive: true }).filter((name) => String(name).includes('profile'))).toEqual([]);
  });
});

test('a first run that fails leaves the profile to the next', async () => {
  const { backend, write } = setUp();
  const model = { path: write('same.onnx', identityModel('float32', [2])) };
  await backend.run(onnxSpec(model, { x: write('wrong.json', '[1, 2, 3]') }));
  const outcome = await backend.run(onnxSpec(model, { x: write('right.json', '[1, 2]') }));
  expect(outcome).toMatchObject({ kind: 'succeeded', ranOn: { nodes: [{ provider: 'CPUExecutionProvider', count: 1 }] } });
});

test('a worker for the processor stays warm, and is not the one that is shown a device', async () => {
  const { backend, spec } = setUp();
  await backend.run(spec);
  await backend.run({ ...spec, resources: { cores: 1, mayFallBack: true } }, { accelerators: [gpu] });
  await backend.run(spec);
  // One for the jobs, one for the proof.
  expect(backend.workers).toHaveLength(2);
});

describe('a job that was granted a GPU which no provider reaches', { skip: process.platform !== 'linux' || hasCuda() }, () => {
  test('fails and says what CUDA said, and never runs on the processor', async () => {
    const { backend, spec } = setUp();
    const outcome = await backend.run(spec, { accelerators: [gpu] });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: { code: 'provider-unavailable', values: { device: 'gpu0', kind: 'gpu', known: 'cpu' } },
    });
    if (outcome.kind !== 'failed' || outcome.reason.code !== 'provider-unavailable') throw new Error(outcome.kind);
    expect(outcome.reason.values.detail).toContain('cuda: ');
    expect(outcome.reason.values.detail).toContain('Failed to load shared library');
  });

  test('runs on the processor when it may, and says so', async () => {
    const { backend, spec } = setUp();
    const outcome = await backend.run({ ...spec, resources: { cores: 1, mayFallBack: true } }, { accelerators: [gpu] });
    expect(outcome).toMatchObject({
      kind: 'succeeded',
      ranOn: { device: 'cpu', provider: 'CPUExecutionProvider', fellBackFrom: 'gpu0' },
    });
  });
});

/** The part of the runtime that a user may add. */
function hasCuda(): boolean {
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return existsSync(join(runtime, 'bin/napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so'));
}
