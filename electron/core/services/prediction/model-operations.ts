import type { JobSpec, Operations } from '../../../../shared/model/job.ts';
import { valueIn } from './value-in.ts';

interface ModelOperationsOptions {
  /** Whether it would be of use to know what the model of this job does. */
  isWanted(spec: JobSpec): boolean;
  /** Undefined where it cannot be known, or not before the signal aborts. */
  weigh(spec: JobSpec, signal: AbortSignal): Promise<Operations | undefined>;
  /** Aborts when the core closes. */
  readonly signal: AbortSignal;
}

/** What the models of new jobs do, for each job as far as that is wanted and known in time. */
export type OperationsOf = (
  specs: readonly JobSpec[],
  inputBytes: readonly (number | undefined)[],
) => Promise<readonly (Operations | undefined)[]>;

/** A model that has never run is looked into before its first job is accepted, but who submits does not wait for longer than this. */
const mostMs = 2000;

/** Counts once for each model and amount of input. */
export const createModelOperations = ({ isWanted, weigh, signal }: ModelOperationsOptions): OperationsOf => {
  const known = new Map<string, { readonly operations: Promise<Operations | undefined> }>();

  const count = (spec: JobSpec, key: string, inTime: AbortSignal): Promise<Operations | undefined> => {
    const operations = weigh(spec, inTime);
    // What was not known in time may be asked for again.
    void operations.then(
      () => inTime.aborted && known.delete(key),
      () => known.delete(key),
    );
    return operations;
  };

  return async (specs, inputBytes) => {
    if (!specs.some(isWanted)) return [];
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
    const found: (Operations | undefined)[] = [];
    for (const [index, spec] of specs.entries()) {
      const key = isWanted(spec) && 'model' in spec ? JSON.stringify([spec.model, inputBytes[index]]) : undefined;
      found.push(key === undefined ? undefined : await valueIn(known, key, () => ({ operations: count(spec, key, inTime) })).operations);
    }
    return found;
  };
};
