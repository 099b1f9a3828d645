import type { DeviceProcess, DeviceReading } from '../../../../../shared/model/device.ts';
import type { AcceleratorProbe, FoundDevice } from '../../../ports.ts';

export interface TestProbe extends AcceleratorProbe {
  devices: FoundDevice[];
  /** What every call throws while it is set. */
  error: string | undefined;
  /** Calls that have begun and not ended, and the most there ever were at once. */
  open: number;
  mostOpen: number;
  readonly calls: { discover: number; sample: number; processes: number };
  isClosed: boolean;
  /** From now on no call ends; the answer ends them and all that come. */
  hang(): () => void;
}

export const testDevice = (key: string): FoundDevice => ({ key, kind: 'gpu', name: key, providers: [] });

/** A probe whose driver a test breaks and mends. Every device reads a utilization that counts its samples. */
export const createTestProbe = (name: string, ...keys: string[]): TestProbe => {
  let gate = Promise.resolve();
  const call = async <Answer>(kind: keyof TestProbe['calls'], answer: () => Answer): Promise<Answer> => {
    probe.calls[kind] += 1;
    probe.open += 1;
    probe.mostOpen = Math.max(probe.mostOpen, probe.open);
    try {
      await gate;
      if (probe.error !== undefined) throw new Error(probe.error);
      return answer();
    } finally {
      probe.open -= 1;
    }
  };
  const probe: TestProbe = {
    name,
    devices: keys.map(testDevice),
    error: undefined,
    open: 0,
    mostOpen: 0,
    calls: { discover: 0, sample: 0, processes: 0 },
    isClosed: false,
    discover: () => call('discover', () => probe.devices),
    sample: () =>
      call(
        'sample',
        () =>
          new Map<string, DeviceReading | { error: string }>(probe.devices.map(({ key }) => [key, { utilization: probe.calls.sample }])),
      ),
    processes: () => call('processes', () => new Map<string, DeviceProcess[]>(probe.devices.map(({ key }) => [key, [{ pid: 42 }]]))),
    close: () => {
      probe.isClosed = true;
    },
    hang: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
  return probe;
};
