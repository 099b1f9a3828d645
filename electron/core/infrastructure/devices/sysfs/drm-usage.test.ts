import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDrmUsage } from './drm-usage.ts';

test('xe counts cycles, and memory in regions of which what is there now counts', () => {
  const text = `pos:\t0
flags:\t0100002
drm-driver:\txe
drm-client-id:\t3
drm-pdev:\t0000:03:00.0
drm-total-gtt:\t192 KiB
drm-resident-gtt:\t192 KiB
drm-total-vram0:\t23992 KiB
drm-shared-vram0:\t16 MiB
drm-resident-vram0:\t20 MiB
drm-total-vram1:\t1 MiB
drm-cycles-rcs:\t28257900
drm-total-cycles-rcs:\t7655183225
drm-cycles-ccs:\t0
drm-total-cycles-ccs:\t7655183225
drm-engine-capacity-ccs:\t4
`;
  expect(parseDrmUsage(text)).toEqual({
    driver: 'xe',
    pci: '0000:03:00.0',
    clientId: '3',
    memoryBytes: 21 * 2 ** 20,
    engines: new Map([
      ['rcs', { kind: 'cycles', busy: 28257900, total: 7655183225, capacity: 1 }],
      ['ccs', { kind: 'cycles', busy: 0, total: 7655183225, capacity: 4 }],
    ]),
  });
});

test('amdgpu of older kernels gives memory in one word and engines in nanoseconds', () => {
  const text =
    'drm-driver:\tamdgpu\ndrm-pdev:\t0000:0B:00.0\ndrm-memory-vram:\t1024 KiB\ndrm-memory-gtt: \t9 KiB\ndrm-engine-gfx:\t346249 ns\n';
  expect(parseDrmUsage(text)).toEqual({
    driver: 'amdgpu',
    pci: '0000:0b:00.0',
    memoryBytes: 2 ** 20,
    engines: new Map([['gfx', { kind: 'time', busyNs: 346249, capacity: 1 }]]),
  });
});

test('i915 on a processor has no memory of its own', () => {
  const text = 'drm-driver: i915\ndrm-client-id: 39\ndrm-total-system0: 6044 KiB\ndrm-engine-video: 0 ns\ndrm-engine-capacity-video: 2\n';
  expect(parseDrmUsage(text)).toEqual({
    driver: 'i915',
    clientId: '39',
    engines: new Map([['video', { kind: 'time', busyNs: 0, capacity: 2 }]]),
  });
});

test('a file of another kind is no client', () => {
  expect(parseDrmUsage('pos:\t0\nflags:\t02\nmnt_id:\t15\n')).toBeUndefined();
  expect(parseDrmUsage('')).toBeUndefined();
});

test('values that make no sense lose their field only', () => {
  const text =
    'drm-driver: xe\ndrm-total-vram0: lots\ndrm-cycles-rcs: 5\ndrm-engine-render: -1 ns\ndrm-engine-copy: 7 ns\ndrm-engine-capacity-copy: 0\n';
  expect(parseDrmUsage(text)).toEqual({ driver: 'xe', engines: new Map([['copy', { kind: 'time', busyNs: 7, capacity: 1 }]]) });
});

test('no text breaks it', () => {
  const line = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom('engine-a', 'cycles-a', 'total-vram0', 'engine-capacity-a'), fc.string())
      .map(([key, value]) => `drm-${key}:${value}`),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const usage = parseDrmUsage(`drm-driver: xe\n${lines.join('\n')}`);
      expect(usage?.memoryBytes ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});
