import type { JobSpec } from '../../../../shared/model/job.ts';
import type { RefusalReason } from '../../../../shared/model/reason.ts';
import { ancestorsOf, factsOf, type ProcessFacts } from '../../lib/process-facts.ts';
import { residentBytesOf, treeOf } from '../../lib/process-tree.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Grant } from '../../scheduler-port.ts';
import { roundedUp } from './demand.ts';
import { hasStarted, type Demand, type JobEntry } from './job-entry.ts';

export interface Labels {
  readonly name?: string;
  readonly group: string;
}

/** A process that may take part, and what it is counted for: what it uses now. */
export interface Adoptable {
  readonly spec: JobSpec;
  readonly demand: Demand;
  readonly grant: Grant;
}

interface AdoptionInputs {
  readonly unfinished: Iterable<Pick<JobEntry, 'id' | 'name' | 'spec' | 'state' | 'active'>>;
  /** The id of the processor, and how many cores it has. */
  readonly processor: { readonly id: string; readonly cores: number };
  /** What these processes hold of devices beside the processor. */
  deviceMemoryOf(pids: readonly number[]): Grant['accelerators'];
}

/** Looks at a process that somebody else started; refuses what is not there, not ours, or taken. */
export const lookAtAdoptable = async (pid: number, labels: Labels, inputs: AdoptionInputs): Promise<Adoptable> => {
  const facts = await factsOf(pid);
  const tree = treeOf(pid);
  const [above, aboveCore] = await Promise.all([ancestorsOf(pid), ancestorsOf(process.pid)]);
  const job = jobWith([pid, ...above], tree, inputs.unfinished);
  const isOwn = pid === process.pid || aboveCore.includes(pid) || above.includes(process.pid);
  const refusal = whyNot(pid, facts, { userId: process.getuid?.(), isOwn, job });
  if (refusal) throw new Refusal(refusal);
  if (!facts) throw new Error('a process that is not there was not refused');
  const { startedAt, command, folder, busyCores = 1 } = facts;
  const cores = Math.min(inputs.processor.cores, Math.max(1, Math.round(busyCores)));
  const memoryBytes = roundedUp(residentBytesOf([pid]).get(pid) ?? 0);
  return {
    spec: {
      runtime: 'process',
      ...labels,
      priority: 0,
      resources: { cores },
      after: [],
      retries: 0,
      pid,
      startedAt,
      command: [...command],
      ...(folder !== undefined && { folder }),
    },
    demand: { cores, memoryBytes, memoryFrom: 'measured' },
    grant: { device: inputs.processor.id, cores, memoryBytes, accelerators: inputs.deviceMemoryOf(tree) },
  };
};

/** Pure. */
export const whyNot = (
  pid: number,
  facts: Pick<ProcessFacts, 'userId' | 'command'> | undefined,
  found: { userId: number | undefined; isOwn: boolean; job: { id: number; name: string } | undefined },
): RefusalReason | undefined => {
  const values = { pid };
  if (!facts) return { code: 'process-unknown', values };
  if (pid === 1 || facts.command.length === 0) return { code: 'process-system', values };
  if (facts.userId !== found.userId) return { code: 'process-not-yours', values };
  if (found.job) return { code: 'process-of-job', values: { pid, job: found.job } };
  return found.isOwn ? { code: 'process-own', values } : undefined;
};

/** The job that counts the process already, or that runs below it; one process must not be counted twice. */
const jobWith = (
  upwards: readonly number[],
  tree: readonly number[],
  unfinished: AdoptionInputs['unfinished'],
): { id: number; name: string } | undefined => {
  for (const { id, name, spec, state, active } of unfinished) {
    const roots = spec.runtime === 'process' ? [spec.pid] : (active?.rootProcesses ?? []);
    const isCounted = roots.some((root) => upwards.includes(root) || tree.includes(root));
    if (isCounted && (hasStarted(state) || spec.runtime === 'process')) return { id, name };
  }
  return undefined;
};
