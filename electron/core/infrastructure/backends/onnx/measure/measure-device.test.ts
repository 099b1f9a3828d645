import { describe, expect, test } from 'vitest';
import type { Device } from '../../../../../../shared/model/device.ts';
import { createTestBackend } from '../test-backend.ts';

/* With a real worker and the real runtime, on a machine whose runtime has no CUDA. */

const cpu: Device = { id: 'cpu', kind: 'cpu', name: 'Test CPU', cores: 1, providers: ['cpu'] };
const npu: Device = { id: 'npu0', kind: 'npu', name: 'Test NPU', vendor: 'Intel', providers: [] };

describe('a device is measured', () => {
  test('on as many threads as it has cores, in a worker that ends with it', async () => {
    const backend = createTestBackend();
    const measured = await backend.measureDevice(cpu, [cpu]);
    expect(measured).toEqual({
      kind: 'measured',
      figures: { gflops: expect.any(Number), gbPerSecond: expect.any(Number), threads: 1 },
    });
    expect(measured.kind === 'measured' && Math.min(measured.figures.gflops, measured.figures.gbPerSecond)).toBeGreaterThan(0.1);
    expect(backend.workers).toHaveLength(1);
    expect((await backend.workers[0]?.exited)?.signal ?? 'SIGKILL').toBe('SIGKILL');
  });

  test('only where a provider reaches it', async () => {
    const backend = createTestBackend();
    expect(await backend.measureDevice(npu, [cpu, npu])).toEqual({
      kind: 'refused',
      reason: { code: 'provider-unavailable', values: { device: 'npu0', kind: 'npu', known: 'cpu' } },
    });
  });
});
