import type { JobPart } from '../../../../../shared/model/job.ts';
import type { WaitReason } from '../../../../../shared/model/reason.ts';
import { sentenceOf } from '../../../../../shared/words/reasons.ts';
import type { JobEntry, PartEntry } from '../job-entry.ts';
import type { PlannedPart } from './parts-of.ts';

/** The parts of a job as the executor sees them: each like a job of its own that can only run on one device. */
export const createParts = (job: JobEntry, planned: readonly PlannedPart[]): PartEntry[] =>
  planned.map(({ device, kind, speed }, index) => ({
    id: job.id,
    name: job.name,
    submittedAt: job.submittedAt,
    spec: { ...job.spec, resources: { ...job.spec.resources, on: [device] } },
    demand: { ...job.demand, ...(kind !== 'cpu' && { device: { kind, count: 1 } }) },
    enqueuedAt: job.enqueuedAt,
    boost: job.boost,
    attempts: 0,
    revision: 0,
    state: { kind: 'pending', since: job.enqueuedAt },
    part: { job, number: index + 1, device, speed, isInLine: false, failures: 0, items: 0, seconds: 0, proofs: [] },
  }));

/** One part, as shells show it; `wait` is why it waits in line. */
export const partView = ({ part, state }: PartEntry, nameOf: (device: string) => string, wait: WaitReason | undefined): JobPart => {
  const reason = part.leftOut ?? wait;
  return {
    part: part.number,
    device: part.device,
    deviceName: nameOf(part.device),
    state: part.leftOut ? 'left-out' : 'placement' in state ? 'running' : part.isInLine ? 'waiting' : 'idle',
    ...(reason && { reason, sentence: sentenceOf(reason, 'en') }),
    items: part.items,
    ...(part.chunk && { inHand: part.chunk.count }),
    seconds: part.seconds,
    ...(part.itemsPerSecond !== undefined && { itemsPerSecond: part.itemsPerSecond }),
  };
};
