/** What can be wrong with a trace or a workload. */
export type SimulationProblem =
  | 'record'
  | 'number'
  | 'no-jobs'
  | 'job-too-large'
  | 'field-missing'
  | 'field-type'
  | 'field-few'
  | 'field-least'
  | 'field-above'
  | 'field-most'
  | 'field-wrong'
  | 'same-id'
  | 'after-unknown'
  | 'cycle'
  | 'no-cost'
  | 'no-cost-on'
  | 'no-type-for'
  | 'one-type-only'
  | 'one-device-only'
  | 'no-dependencies'
  | 'no-demand'
  | 'too-many-tasks'
  | 'no-throughput'
  | 'no-steps';

/** A trace or a workload that cannot be simulated; shells make the sentence. */
export class SimulationError extends Error {
  readonly code: SimulationProblem;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(code: SimulationProblem, values: Readonly<Record<string, string | number>> = {}) {
    super(`${code} ${JSON.stringify(values)}`);
    this.name = 'SimulationError';
    this.code = code;
    this.values = values;
  }
}
