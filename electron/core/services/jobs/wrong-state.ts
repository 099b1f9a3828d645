import { Refusal } from '../../lib/refusal.ts';

/** One of the named jobs is not in a state that allows it, so that nothing is done to any of them. */
export const wrongState = (job: { id: number; action: string; state: string }, named: number): Refusal =>
  new Refusal({ code: 'job-wrong-state', values: { ...job, ...(named > 1 && { others: named - 1 }) } });
