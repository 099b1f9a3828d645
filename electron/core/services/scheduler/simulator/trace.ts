import { SimulationError } from './simulation-error.ts';

/** A job of a trace. Times are seconds, `size` is a number of processors. */
export interface TraceJob {
  readonly id: number;
  readonly submit: number;
  readonly run: number;
  /** What its user said it would run; never below `run`. */
  readonly estimate: number;
  readonly size: number;
  /** Number of the user; absent where the trace does not tell. */
  readonly user?: number;
}

/** Beyond this sums of seconds are no longer exact. */
const largest = 1e15;

/**
 * Reads the Standard Workload Format of the Parallel Workloads Archive: lines of 18 numbers, `;` begins a comment, −1 is unknown.
 * Jobs without a size or with a negative run time are left out; a run of 0 counts as 1 s; the size is what was allocated, else what was
 * requested; the estimate is the requested time, else the run, and is raised to the run.
 */
export const parseSwf = (text: string): TraceJob[] => {
  const jobs: TraceJob[] = [];
  let line = 0;
  for (const row of text.split('\n')) {
    line += 1;
    const trimmed = row.trim();
    if (trimmed === '' || trimmed.startsWith(';')) continue;
    const fields = trimmed.split(/\s+/).map(Number);
    const [id = 0, submit = 0, , seconds = -1, allocated = -1, , , requested = -1, requestedTime = -1, , , user = -1] = fields;
    if (fields.length < 9 || fields.some(Number.isNaN)) throw new SimulationError('record', { line });
    if (fields.some((field) => Math.abs(field) > largest)) throw new SimulationError('number', { line });
    const size = allocated > 0 ? allocated : requested;
    if (seconds < 0 || size <= 0) continue;
    const run = Math.max(1, seconds);
    jobs.push({ id, submit, run, estimate: Math.max(run, requestedTime > 0 ? requestedTime : run), size, ...(user >= 0 && { user }) });
  }
  if (jobs.length === 0) throw new SimulationError('no-jobs');
  return jobs;
};
