import type { DeviceProcess } from '../../../../shared/model/device.ts';
import type { Sampler } from '../../ports.ts';
import { grantOn, type RunningJob } from './device-jobs.ts';
import type { Present } from './found-devices.ts';
import type { KnownDevice } from './known-devices.ts';
import { nameJobs, type StatOf } from './our-processes.ts';

/** Who uses which device, and how often that is asked. */
export interface ProcessLists {
  take(
    report: readonly (readonly [key: string, processes: readonly DeviceProcess[]])[],
    present: ReadonlyMap<string, Present>,
    jobs: readonly RunningJob[],
  ): void;
  /** With the jobs they belong to, the largest first. */
  on(key: string): readonly DeviceProcess[];
  forget(key: string): void;
  /** Asks for lists more often while they are out of date where it matters: where our jobs run, and anywhere while others wait. */
  watch(known: readonly KnownDevice[], jobs: readonly RunningJob[], isAnyWaiting: boolean): void;
  /** Answers the function that ends the watching. */
  addWatcher(): () => void;
}

/** A list is out of date when the memory in use has changed by more than this since. */
const driftBytes = 16 * 1024 ** 2;

export const createProcessLists = ({ sampler, statOf }: { sampler: Sampler; statOf: StatOf }): ProcessLists => {
  const lists = new Map<string, { processes: readonly DeviceProcess[]; usedBytes: number | undefined }>();
  let watchers = 0;
  let isOutOfDate = false;

  const ask = (): void => sampler.watchProcesses(watchers > 0 || isOutOfDate);

  return {
    take(report, present, jobs) {
      for (const [key, processes] of report) {
        const sorted = nameJobs(processes, jobs, statOf).toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0));
        lists.set(key, { processes: sorted, usedBytes: present.get(key)?.reading?.memoryUsedBytes });
      }
    },
    on: (key) => lists.get(key)?.processes ?? [],
    forget: (key) => void lists.delete(key),
    watch(known, jobs, isAnyWaiting) {
      // Until the next list what our own jobs have taken since looks as if other programs had it, and who waits is not told who has it.
      isOutOfDate = known.some(({ key, device, shares, reading }) => {
        const isOurs = jobs.some((job) => device.kind !== 'cpu' && [device, ...shares].some(({ id }) => grantOn(job, id)));
        // Of some drivers there never is a list.
        const isAskedFor = isAnyWaiting && lists.has(key);
        const drift = (reading?.memoryUsedBytes ?? 0) - (lists.get(key)?.usedBytes ?? 0);
        return (isOurs || isAskedFor) && Math.abs(drift) > driftBytes;
      });
      ask();
    },
    addWatcher() {
      watchers += 1;
      ask();
      return () => {
        watchers -= 1;
        ask();
      };
    },
  };
};
