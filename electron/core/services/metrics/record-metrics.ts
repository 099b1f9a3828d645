import type { DeviceState } from '../../../../shared/contract/devices.ts';
import type { MetricsStore } from '../../infrastructure/storage/metrics/metrics-store.ts';
import { processorSecondsOf } from '../../lib/process-tree.ts';
import { createJobCores } from './job-cores.ts';
import { tickOf } from './tick-of.ts';

interface RunningJob {
  readonly id: number;
  readonly rootProcesses: readonly number[];
}

/** Writes down what devices, groups and jobs do, each time the machine was measured. */
export const recordMetrics = (options: {
  store: MetricsStore;
  /** Tells that the machine was measured, once a second. */
  onMeasured: (listener: (sample: { at: number }) => void) => void;
  devices: () => readonly DeviceState[];
  running: () => readonly RunningJob[];
  /** Told the processor time of each job. */
  tookTime: (seconds: ReadonlyMap<number, number>) => void;
}): void => {
  const cores = createJobCores();
  options.onMeasured(({ at }) => {
    const seconds = secondsTaken(options.running());
    options.tookTime(seconds);
    options.store.add(tickOf(at, options.devices(), cores.since(at, seconds)));
  });
};

const secondsTaken = (jobs: readonly RunningJob[]): Map<number, number> => {
  const seconds = processorSecondsOf(jobs.flatMap(({ rootProcesses }) => rootProcesses));
  const taken = new Map<number, number>();
  for (const { id, rootProcesses } of jobs) {
    const known = rootProcesses.flatMap((pid) => seconds.get(pid) ?? []);
    // The parts of a divided job have processes of their own.
    if (known.length > 0)
      taken.set(
        id,
        known.reduce((sum, one) => sum + one, taken.get(id) ?? 0),
      );
  }
  return taken;
};
