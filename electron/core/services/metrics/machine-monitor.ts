import type { Device, Sample } from '../../../../shared/model/device.ts';
import { createEmitter, type Emitter } from '../../lib/emitter.ts';
import type { Lifetime } from '../../lib/lifetime.ts';
import { createRingBuffer, type RingBuffer } from '../../lib/ring-buffer.ts';
import type { Probe } from '../../ports.ts';

/** The machine's memory; `foreignBytes` is what programs hold that are not ours. */
export interface MachineMemory {
  readonly totalBytes: number;
  readonly foreignBytes: number;
}

export interface MachineMonitor {
  /** The processor. */
  readonly device: Device;
  /** The last hour, a sample a second. */
  readonly samples: RingBuffer<Sample>;
  readonly sampled: Emitter<Sample>;
  latest(): Sample | undefined;
  /** From the latest sample. */
  memory(): MachineMemory;
  /** The same, measured again when the latest sample is older than a quarter of a second. */
  freshMemory(): MachineMemory;
  /** Begins to measure once a second. `ours` answers the memory of our own jobs. */
  run(ours: () => number): void;
}

const intervalMs = 1000;
const freshMs = 250;
const samplesKept = 3600;

/** Measures the processor, the memory and the disk once a second. */
export const createMachineMonitor = async (options: { probe: Probe; lifetime: Lifetime; now: () => number }): Promise<MachineMonitor> => {
  const { probe, lifetime, now } = options;
  const device = (await probe.discover()).find(({ kind }) => kind === 'cpu');
  if (!device) throw new Error('no probe found the processor of this machine');
  const samples = createRingBuffer<Sample>(samplesKept);
  const sampled = createEmitter<Sample>();
  let oursBytes = 0;
  let latest = probe.sample();

  const memory = (): MachineMemory => ({
    totalBytes: latest.memoryTotalBytes ?? device.memoryTotalBytes ?? 0,
    foreignBytes: Math.max(0, (latest.memoryUsedBytes ?? oursBytes) - oursBytes),
  });

  return {
    device,
    samples,
    sampled,
    latest: () => samples.latest(),
    memory,
    freshMemory() {
      if (now() - latest.at > freshMs) latest = { ...latest, ...probe.memory(), at: now() };
      return memory();
    },
    run(ours) {
      const timer = setInterval(() => {
        oursBytes = ours();
        latest = { ...probe.sample(), memoryOursBytes: oursBytes };
        samples.push(latest);
        sampled.emit(latest);
      }, intervalMs);
      lifetime.add(() => clearInterval(timer));
    },
  };
};
