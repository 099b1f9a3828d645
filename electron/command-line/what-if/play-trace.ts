import type { PolicyName, PolicyOutcome } from '../../../shared/contract/scheduler.ts';
import type { TaskRequest } from '../../core/scheduler-port.ts';
import { comparePolicies } from '../../core/services/foresight/compare-policies.ts';
import { sizeOf } from '../../core/services/scheduler/machine-size.ts';
import { SimulationError } from '../../core/services/scheduler/simulator/simulation-error.ts';
import type { TraceJob } from '../../core/services/scheduler/simulator/trace.ts';
import { fromSnapshot } from '../../core/services/scheduler/snapshot.ts';
import { resources } from '../../core/services/scheduler/use.ts';

/**
 * Plays a trace on one machine of equal cores by the scheduler that runs live, under each policy: each user is a group, what a user said it
 * would run is all that the policy knows. Throws SimulationError for a job larger than the machine.
 */
export const playTrace = (trace: readonly TraceJob[], cores: number, policies: readonly PolicyName[], listed: number): PolicyOutcome[] => {
  const tooLarge = trace.find(({ size }) => size > cores);
  if (tooLarge) throw new SimulationError('job-too-large', { job: tooLarge.id, size: tooLarge.size, processors: cores });
  const jobs = [...trace].sort((a, b) => a.submit - b.submit || a.id - b.id);
  const steps = comparePolicies(
    {
      policies,
      listed,
      snapshot: {
        at: (jobs[0]?.submit ?? 0) * 1000,
        policy: 'fifo',
        isPaused: false,
        capacity: {
          memoryBytes: 1,
          foreignBytes: 0,
          devices: [{ id: 'cpu', kind: 'cpu', name: 'cpu', cores, foreign: [] }],
        },
        groups: {},
        use: { seconds: 0, typicalSeconds: 60, ends: 0, groups: {} },
        reserved: [],
        hours: {},
        running: [],
        waiting: jobs.map(taskOf),
        unavailable: {},
        remembered: {},
      },
      tookSeconds: new Map(jobs.map(({ run }, index) => [String(index), run])),
    },
    { open: fromSnapshot, measure: sizeOf, resources },
  );
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
};

const taskOf = ({ id, submit, estimate, size, user }: TraceJob, index: number): TaskRequest => ({
  id: String(index),
  job: { id: index + 1, name: `job ${id}` },
  group: user === undefined ? 'default' : `user ${user}`,
  priority: 0,
  cores: size,
  memoryBytes: 0,
  backend: 'command',
  after: [],
  enqueuedAt: submit * 1000,
  sequence: index,
  boost: 0,
  isHeld: false,
  estimate: { p50Seconds: estimate, p90Seconds: estimate },
});
