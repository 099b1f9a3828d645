import type { SplitRequest } from '../../../../../shared/model/job.ts';
import type { Outcome } from '../../../ports.ts';
import type { PartEntry } from '../job-entry.ts';

/** What follows from the end of a part's attempt: its work is done or goes on elsewhere, the part is left out, or the job ends with it. */
type AfterPart = { kind: 'free' } | { kind: 'leave-out' } | { kind: 'end-job' };

/** A chunk or a part that has crashed so often will crash again. */
const mostCrashes = 3;

/** `tries` is how often the chunk that the part had in hand has not come to its end, this time included. Pure. */
export const afterPart = (
  { active, part, spec }: Pick<PartEntry, 'active' | 'part' | 'spec'>,
  outcome: Outcome,
  { split, tries, others }: { split: SplitRequest; tries: number; others: number },
): AfterPart => {
  const { stopReason } = active ?? {};
  if (outcome.kind === 'succeeded') return { kind: 'free' };
  if (stopReason === 'memory-limit' || stopReason === 'device-memory' || outcome.kind === 'out-of-memory') return { kind: 'end-job' };
  // Ended by us: what it had in hand is done elsewhere, or here once the device is back.
  if (outcome.kind === 'stopped' || outcome.kind === 'detached') return { kind: 'free' };
  if (outcome.kind === 'failed' && outcome.reason.code === 'provider-unavailable') {
    // Of all devices only those are meant that can; who is named must not be passed over in silence.
    return split.over === 'all' && others > 0 ? { kind: 'leave-out' } : { kind: 'end-job' };
  }
  const isCrash = outcome.kind === 'lost' || outcome.reason.code === 'worker-crashed' || outcome.reason.code === 'worker-not-started';
  const most = Math.max(spec.retries + 1, isCrash ? mostCrashes : 1);
  return Math.max(tries, part.failures) < most ? { kind: 'free' } : { kind: 'end-job' };
};
