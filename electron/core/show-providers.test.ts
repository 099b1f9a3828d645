import { expect, test } from 'vitest';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { ProviderProof } from './infrastructure/backends/onnx/providers/providers-of.ts';
import { createProviderView } from './show-providers.ts';

const state = (id: string, kind: 'cpu' | 'gpu', providers: string[] = []): DeviceState => ({
  id,
  kind,
  name: id,
  vendor: 'NVIDIA',
  providers,
  state: 'ready',
  processes: [],
  granted: { cores: 0, memoryBytes: 0 },
  reserveBytes: 0,
  overcommit: 1,
  jobs: [],
});
const cpu = state('cpu', 'cpu', ['cpu']);
const gpu = state('gpu0', 'gpu');

/** Proofs that come when the test says so. */
const setUp = (devices: DeviceState[], patienceMs?: number) => {
  const { promise, resolve, reject } = Promise.withResolvers<readonly ProviderProof[]>();
  const asked: number[] = [];
  const prove = async (all: readonly unknown[]): Promise<readonly ProviderProof[]> => (asked.push(all.length), promise);
  const view = createProviderView({ devices: () => devices, prove, ...(patienceMs !== undefined && { patienceMs }) });
  return { view, resolve, reject, asked };
};

test('nothing is tried where there is only a processor', async () => {
  const { view, asked } = setUp([cpu]);
  expect(view.show([cpu])).toEqual([cpu]);
  expect(await view.showKnown(() => [cpu])).toEqual([cpu]);
  expect(asked).toEqual([]);
});

test('a stream goes on and shows the providers once they are known; who asks once waits for them', async () => {
  const { view, resolve } = setUp([cpu, gpu]);
  expect(view.show([cpu, gpu])).toEqual([cpu, gpu]);
  const once = view.showKnown(() => [cpu, gpu]);
  resolve([{ name: 'cpu' }, { name: 'cuda' }, { name: 'webgpu', problem: 'No adapter.' }]);
  expect(await once).toEqual([cpu, { ...gpu, providers: ['cuda'] }]);
  expect(view.show([cpu, gpu])).toEqual([cpu, { ...gpu, providers: ['cuda'] }]);
});

test('who asks once does not wait for ever, and a worker that cannot be had changes nothing', async () => {
  const slow = setUp([cpu, gpu], 5);
  expect(await slow.view.showKnown(() => [cpu, gpu])).toEqual([cpu, gpu]);
  const failing = setUp([cpu, gpu]);
  failing.reject(new Error('no worker'));
  expect(await failing.view.showKnown(() => [cpu, gpu])).toEqual([cpu, gpu]);
});
