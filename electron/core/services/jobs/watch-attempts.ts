import type { Placement } from '../../../../shared/model/job.ts';
import type { SchedulerEvent } from '../../scheduler-port.ts';
import type { Ends } from './end-attempts.ts';
import type { Executor, Machine } from './execution.ts';
import type { JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';
import { lookAgain } from './ran-on.ts';

type Watch = Pick<Executor, 'measured' | 'tookTime' | 'seenOn' | 'devicesLost' | 'deviceMemoryExceeded'>;

interface WatchOptions {
  readonly table: JobTable;
  readonly machine: Machine;
  readonly ends: Ends;
  readonly apply: (event: SchedulerEvent) => void;
  /** Whether a start was refused since it was asked last. */
  takeRefused(): boolean;
}

/** What is measured and seen of running attempts from outside, and what follows from it. */
export const watchAttempts = ({ table, machine, ends, apply, takeRefused }: WatchOptions): Watch => ({
  measured(usedBytes) {
    // What was too little for a moment may be enough again, without a change that anybody would tell.
    if (takeRefused()) apply({ kind: 'capacityChanged', capacity: machine.fresh() });
    for (const [task, bytes] of usedBytes) {
      const entry = table.entryOfTask(task);
      if (!entry?.active) continue;
      entry.active.usedBytes = bytes;
      entry.active.peakBytes = Math.max(bytes, entry.active.peakBytes ?? 0);
      const limit = entry.spec.runtime === 'container' ? undefined : entry.active.memoryLimitBytes;
      if (limit !== undefined && bytes > limit) ends.abort(entry, 'memory-limit');
      if (entry.part) addUp(entry.part.job);
    }
  },
  tookTime(seconds) {
    for (const [id, taken] of seconds) {
      const entry = table.entry(id);
      if (!entry?.active) continue;
      // The others were started for their job, and have taken nothing before it.
      entry.active.cpuSecondsBefore ??= entry.spec.runtime === 'process' ? taken : 0;
      // The system counts in hundredths.
      entry.active.cpuSeconds = Math.round((taken - entry.active.cpuSecondsBefore) * 100) / 100;
    }
  },
  seenOn({ jobId, device, ...look }) {
    const holders = table.holdersOf(jobId);
    const active = (holders.find((entry) => isOn(entry, device)) ?? holders[0])?.active;
    if (active) active.seenOn = new Map(active.seenOn).set(device, lookAgain(active.seenOn?.get(device), look));
  },
  devicesLost(ids, why) {
    for (const entry of [...table.holders()]) {
      const device = acceleratorsIn(entry).find((one) => ids.includes(one.device))?.device;
      // What somebody else started is not ours to end unless we are told to.
      if (device === undefined || !entry.active || entry.active.stopReason || entry.spec.runtime === 'process') continue;
      entry.active.endedFor = { code: 'device-lost', values: { device, why } };
      ends.abort(entry, 'device-lost');
    }
  },
  deviceMemoryExceeded(id, device, usedBytes) {
    const entry = table.holdersOf(id).find((one) => isOn(one, device));
    const limitBytes = entry && acceleratorsIn(entry).find((one) => one.device === device)?.memoryBytes;
    if (!entry?.active || entry.active.stopReason || limitBytes === undefined || usedBytes <= limitBytes) return;
    // What was granted from earlier runs is a prediction, for which nothing is ended; the next grant is larger.
    if (entry.spec.runtime === 'process' || entry.demand.deviceMemoryFrom === 'measured') return;
    entry.active.endedFor = { code: 'device-memory-limit', values: { device, limitBytes, usedBytes } };
    ends.abort(entry, 'device-memory');
  },
});

/** A divided job holds what its parts hold. */
const addUp = ({ active, parts = [] }: JobEntry): void => {
  if (active) active.usedBytes = parts.reduce((sum, part) => sum + (part.active?.usedBytes ?? 0), 0);
};

const isOn = (entry: JobEntry, device: string): boolean => acceleratorsIn(entry).some((one) => one.device === device);

const acceleratorsIn = ({ state }: JobEntry): NonNullable<Placement['accelerators']> =>
  ('placement' in state && state.placement.accelerators) || [];
