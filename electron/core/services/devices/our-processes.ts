import type { DeviceProcess } from '../../../../shared/model/device.ts';

/** What is asked of the system about a process; nothing when it is gone or not for us to see. */
export type StatOf = (pid: number) => { readonly parent: number; readonly session: number } | undefined;

/** The root processes of each running job. */
interface JobProcesses {
  readonly id: number;
  readonly rootProcesses: readonly number[];
}

/**
 * Processes with the number of the job they belong to: a root of the job, what came from one, or what is in the session of one, because a
 * process whose parent has ended has lost its ancestors but not its session.
 */
export const nameJobs = (processes: readonly DeviceProcess[], jobs: readonly JobProcesses[], statOf: StatOf): DeviceProcess[] => {
  const jobOfRoot = new Map(jobs.flatMap(({ id, rootProcesses }) => rootProcesses.map((pid) => [pid, id])));
  return processes.map((process) => {
    const { jobId: _, ...plain } = process;
    const jobId = jobOfRoot.size === 0 ? undefined : jobOf(process.pid, jobOfRoot, statOf);
    return jobId === undefined ? plain : { ...plain, jobId };
  });
};

/** No tree of processes is deeper; it only ends a walk that the end and reuse of numbers has led in a circle. */
const deepest = 100;

const jobOf = (pid: number, jobOfRoot: ReadonlyMap<number, number>, statOf: StatOf): number | undefined => {
  let current = pid;
  for (let depth = 0; depth < deepest && current > 1; depth += 1) {
    const stat = statOf(current);
    const job = jobOfRoot.get(current) ?? (stat && jobOfRoot.get(stat.session));
    if (job !== undefined) return job;
    if (!stat) return undefined;
    current = stat.parent;
  }
  return undefined;
};
