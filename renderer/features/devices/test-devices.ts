import type { DeviceState } from '../../../shared/contract/devices.ts';

/** A device that is ready and does nothing; tests say what matters. Its kind is in its id unless said. */
export const deviceOf = (id: string, change: Partial<DeviceState> = {}): DeviceState => ({
  id,
  kind: kindOf(id),
  name: `Model of ${id}`,
  providers: [],
  state: 'ready',
  processes: [],
  granted: { cores: 0, memoryBytes: 0 },
  reserveBytes: 0,
  overcommit: 1,
  jobs: [],
  ...change,
});

const kindOf = (id: string): DeviceState['kind'] => (['gpu', 'npu', 'fpga'] as const).find((kind) => id.startsWith(kind)) ?? 'cpu';
