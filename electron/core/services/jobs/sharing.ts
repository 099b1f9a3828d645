import type { JobSpec } from '../../../../shared/model/job.ts';
import type { Demand } from './job-entry.ts';

/** Gives what many jobs have alike one object in memory. What it answers is nobody's to change. */
export interface Sharing {
  spec(spec: JobSpec): JobSpec;
  demand(demand: Demand): Demand;
}

/** So many values are remembered; then it begins anew, so that a queue of jobs that have nothing alike costs nothing. */
const remembered = 2000;

/**
 * A long queue mostly asks for the same again and again: the same command, or another with the same environment and resources. Values
 * are data from JSON, which therefore tells whether two are alike.
 */
export const createSharing = (): Sharing => {
  const known = new Map<string, object>();

  const shared = <Value extends object>(value: Value, make: (value: Value) => Value): Value => {
    const key = JSON.stringify(value);
    const same = known.get(key);
    // Equal text is an equal value, whatever part of a job it is.
    if (same) return same as Value;
    if (known.size >= remembered) known.clear();
    const made = make(value);
    known.set(key, made);
    return made;
  };
  const asItIs = <Value>(value: Value): Value => value;

  /** Its own parts shared with those of others. */
  const ofShared = (spec: JobSpec): JobSpec => {
    const parts = Object.entries(spec).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'object' && value !== null ? shared(value, asItIs) : value,
    ]);
    return Object.fromEntries(parts) as JobSpec; // the same names with equal values
  };

  return {
    spec: (spec) => shared(spec, ofShared),
    demand: (demand) => shared(demand, asItIs),
  };
};
