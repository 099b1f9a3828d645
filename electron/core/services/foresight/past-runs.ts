import type { PlannedRun } from '../../../../shared/model/plan.ts';
import { isEnded, type EndedState, type JobDetail, type JobSpec, type JobState } from '../../../../shared/model/job.ts';
import type { PastRunRecord } from '../../infrastructure/storage/reader-queries.ts';
import { placesAskedOf } from '../../allowed-devices.ts';
import type { Grant, TaskRequest } from '../../scheduler-port.ts';

/** A run of the past, as it can be shown and played. */
export interface PastRun {
  readonly task: TaskRequest;
  readonly grant: Grant;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: EndedState['kind'];
}

/** The short parts of a spec, which is all that is read of it. */
type ShortSpec = Pick<
  JobSpec,
  'priority' | 'deadlineAt' | 'notBeforeAt' | 'after' | 'afterAny' | 'afterNotOk' | 'resources' | 'timeLimitSeconds' | 'runtime'
>;

/** From the journal; the JSON is what this core's jobs wrote, in a form that migrations keep up to date. */
export const pastRunOf = (record: PastRunRecord, processors: readonly string[]): PastRun | undefined => {
  const state = JSON.parse(record.state) as JobState;
  if (!isEnded(state) || state.startedAt === undefined) return undefined;
  const spec = JSON.parse(record.spec) as ShortSpec;
  const demand = JSON.parse(record.demand) as JobDetail['demand'];
  const { predicted } = state;
  return {
    task: {
      id: String(record.id),
      job: { id: record.id, name: record.name },
      group: record.group_name,
      priority: spec.priority,
      cores: demand.cores,
      memoryBytes: demand.memoryBytes,
      ...(demand.device && { device: demand.device }),
      ...placesAskedOf(spec.resources),
      backend: spec.runtime,
      // It ran, so that whatever end it waited for was the right one.
      after: [...spec.after, ...(spec.afterAny ?? []), ...(spec.afterNotOk ?? [])].map((id) => {
        return { task: String(id), job: { id, name: `job ${id}` }, when: 'ended' };
      }),
      enqueuedAt: record.enqueued_at,
      sequence: record.id,
      boost: 0,
      isHeld: false,
      ...(predicted && { estimate: { p50Seconds: predicted.p50Seconds, p90Seconds: predicted.p90Seconds } }),
      ...(spec.timeLimitSeconds !== undefined && { limitSeconds: spec.timeLimitSeconds }),
      ...(spec.deadlineAt !== undefined && { deadline: spec.deadlineAt }),
      ...(spec.notBeforeAt !== undefined && { notBefore: spec.notBeforeAt }),
    },
    grant: grantOf(state, demand, processors),
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    outcome: state.kind,
  };
};

/** What it had, as far as its end tells. */
const grantOf = ({ ranOn }: EndedState, demand: JobDetail['demand'], processors: readonly string[]): Grant => {
  const { device: request, cores, memoryBytes } = demand;
  // Those that were granted stand before those where it was only seen.
  const granted = (ranOn?.devices ?? []).slice(0, request?.count ?? 0);
  return {
    device: processors.find((id) => id === ranOn?.device) ?? processors[0] ?? 'cpu',
    cores,
    memoryBytes,
    accelerators: granted.map(({ device }) => ({
      device,
      ...(request?.memoryBytes !== undefined && { memoryBytes: request.memoryBytes }),
    })),
  };
};

export const toEndedRun = ({ task, grant, startedAt, endedAt, outcome }: PastRun): PlannedRun => ({
  job: task.job,
  group: task.group,
  kind: 'ended',
  outcome,
  devices: grant.accelerators.length > 0 ? grant.accelerators.map(({ device }) => device) : [grant.device],
  cores: grant.cores,
  startsAt: startedAt,
  endsAt: endedAt,
  ...(task.deadline !== undefined && { deadline: task.deadline }),
});
