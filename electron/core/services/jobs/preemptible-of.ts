import type { JobSpec } from '../../../../shared/model/job.ts';
import type { TaskRequest } from '../../scheduler-port.ts';

/** What it depends on: what the job is, and whether it is a part of a divided one. */
interface Preemptible {
  readonly spec: JobSpec;
  readonly part?: unknown;
}

/** At most a tenth of the time that it runs is spent on preemptions: it runs ten times as long as its end may take. */
const costShare = 0.1;
/** One that needs no time to end still runs for so long. */
const leastQuantumSeconds = 5;

/** A chunk should be done within this; nothing is ended for it. */
const chunkSeconds = 30;

/** How long it runs before it may be preempted, and how long it is given to end. */
export const preemptibleOf = ({ spec, part }: Preemptible): Pick<TaskRequest, 'preemptible'> => {
  // Costs nothing, so that nobody has to allow it.
  if (part) return { preemptible: { graceSeconds: chunkSeconds, quantumSeconds: leastQuantumSeconds } };
  if (!spec.preemptible) return {};
  const { graceSeconds } = spec.preemptible;
  const quantumSeconds = Math.max(leastQuantumSeconds, graceSeconds / costShare);
  return { preemptible: { graceSeconds, quantumSeconds, ...(!takesUpItsWork(spec) && { losesWork: true }) } };
};

/** Whether it goes on where it was ended. */
export const takesUpItsWork = (spec: JobSpec): boolean => spec.runtime === 'command' && spec.resumeCommand !== undefined;
