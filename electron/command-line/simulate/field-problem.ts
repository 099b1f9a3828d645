import type * as z from 'zod';
import { SimulationError } from '../../core/services/scheduler/simulator/simulation-error.ts';

/** The first field of a workload that is not what it has to be. */
export const fieldProblem = ({ issues: [issue] }: z.ZodError): SimulationError => {
  const field =
    issue?.path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .replace(/^\./, '') || '.';
  switch (issue?.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? new SimulationError('field-missing', { field })
        : new SimulationError('field-type', { field, expected: issue.expected });
    case 'too_small':
      if (issue.origin === 'array') return new SimulationError('field-few', { field, least: Number(issue.minimum) });
      return new SimulationError(issue.inclusive ? 'field-least' : 'field-above', { field, least: Number(issue.minimum) });
    case 'too_big':
      return new SimulationError('field-most', { field, most: Number(issue.maximum) });
    default:
      return new SimulationError('field-wrong', { field });
  }
};
