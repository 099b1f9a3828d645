import { describe, expect, test } from 'vitest';
import type { Device } from '../../../../../../shared/model/device.ts';
import type { JobSpec } from '../../../../../../shared/model/job.ts';
import { choosePlace } from './choose-place.ts';
import { providersOf, type ProviderProof } from './providers-of.ts';

const device = (id: string, more: Partial<Device> = {}): Device => ({ id, kind: 'gpu', name: id, providers: [], ...more });
const cpu = device('cpu', { kind: 'cpu', vendor: 'AMD' });
const nvidia = device('gpu0', { vendor: 'NVIDIA' });
const radeon = device('gpu0', { vendor: 'AMD' });
const everything: ProviderProof[] = (['cpu', 'cuda', 'tensorrt', 'coreml', 'dml', 'webgpu'] as const).map((name) => ({ name }));
const onLinux: ProviderProof[] = [
  { name: 'cpu' },
  { name: 'webgpu', problem: 'No adapters.' },
  { name: 'cuda', problem: 'Not installed.' },
];

describe('providers reach', () => {
  test('the processor by one, and nothing else by that one', () => {
    expect(providersOf(cpu, everything, [cpu, nvidia])).toEqual(['cpu']);
    expect(providersOf(nvidia, onLinux, [cpu, nvidia])).toEqual([]);
    expect(providersOf(device('npu0', { kind: 'npu', vendor: 'Intel' }), everything, [cpu])).toEqual([]);
  });

  test('devices of their maker, CUDA before all others', () => {
    expect(providersOf(nvidia, everything, [cpu, nvidia])).toEqual(['cuda', 'tensorrt', 'dml', 'webgpu']);
    expect(providersOf(radeon, everything, [cpu, radeon])).toEqual(['dml', 'webgpu']);
    expect(providersOf(device('npu0', { kind: 'npu', vendor: 'Apple' }), everything, [cpu])).toEqual(['coreml']);
  });

  test('a GPU that is not the only one only when they can be told which to use', () => {
    const second = device('gpu1', { vendor: 'AMD' });
    expect(providersOf(nvidia, everything, [cpu, nvidia, second])).toEqual(['cuda', 'tensorrt']);
    expect(providersOf(second, everything, [cpu, nvidia, second])).toEqual([]);
  });

  test('a share of the only GPU as they reach the GPU, but a hardware partition only by CUDA', () => {
    const share = device('half', { vendor: 'AMD', parent: 'gpu0' });
    expect(providersOf(share, everything, [cpu, radeon, share])).toEqual(['dml', 'webgpu']);
    const partition = device('gpu0-1', { vendor: 'NVIDIA', parent: 'gpu0', uuid: 'MIG-1' });
    expect(providersOf(partition, everything, [cpu, nvidia, partition])).toEqual(['cuda', 'tensorrt']);
  });
});

describe('an attempt runs on', () => {
  const run = (accelerators: Device[], mayFallBack = false) => {
    const spec: JobSpec = {
      runtime: 'application',
      group: 'default',
      priority: 0,
      resources: { cores: 1, mayFallBack },
      after: [],
      retries: 0,
      application: 'ocr',
      files: [],
    };
    return { spec, accelerators };
  };

  test('the processor when no device was granted', () => {
    expect(choosePlace(run([]), everything, [cpu, nvidia])).toEqual({ provider: 'cpu' });
  });

  test('the device that was granted', () => {
    expect(choosePlace(run([nvidia]), everything, [cpu, nvidia])).toEqual({ provider: 'cuda', accelerator: nvidia });
  });

  test('nothing when no provider reaches the device, with what those said that would', () => {
    const detail = 'cuda: Not installed. webgpu: No adapters.';
    const values = { device: 'gpu0', kind: 'gpu', known: 'cpu', detail };
    expect(choosePlace(run([nvidia]), onLinux, [cpu, nvidia])).toEqual({ code: 'provider-unavailable', values });
    const npu = device('npu0', { kind: 'npu' });
    const without = { device: 'npu0', kind: 'npu', known: 'cpu' };
    expect(choosePlace(run([npu]), onLinux, [cpu, npu])).toEqual({ code: 'provider-unavailable', values: without });
  });

  test('the processor instead of the device only when the job says that it may', () => {
    expect(choosePlace(run([nvidia], true), onLinux, [cpu, nvidia])).toEqual({ provider: 'cpu', fellBackFrom: 'gpu0' });
  });
});
