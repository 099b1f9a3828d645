import type { Topology } from '../../../../shared/model/device.ts';
import type { CpuCounters } from './cpu-counters.ts';

/** What one system can tell in well under a millisecond; what cannot be read is undefined. */
export interface MachineReader {
  counters(): CpuCounters | undefined;
  memory(): Memory | undefined;
  frequencyMhz(): number | undefined;
  temperatureC(): number | undefined;
  /** Of the processor's packages, since the call before. */
  powerW(): number | undefined;
  usableCores(): UsableCores;
  topology(): Topology | undefined;
}

/** Cores that this process may use. */
export interface UsableCores {
  readonly count: number;
  /** Absent when it may use them all. */
  readonly coreIds?: number[];
}

export interface Memory {
  readonly totalBytes: number;
  /** What a new program could take without the machine starting to swap. */
  readonly availableBytes: number;
}

/** What a processor is; unknown is absent. */
export interface CpuFacts {
  readonly model?: string;
  readonly vendor?: string;
  readonly physicalCores?: number;
}
