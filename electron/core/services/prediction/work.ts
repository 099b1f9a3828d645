import type { Operations } from '../../../../shared/model/job.ts';

/** What is known of a piece of work before it runs. Keys are compared as they are. */
export interface Work {
  /** The very same work: the same model, shape, command and cores. */
  readonly exact: string;
  /** Work of the same kind whose time depends on its size: the same model or program. */
  readonly family: string;
  /** Whose work it is and how it runs; the last resort. */
  readonly group: string;
  readonly device: string;
  /** How much there is to do, such as bytes of input; 0 where nothing is known. */
  readonly size: number;
  /** How many items there are; at least 1. */
  readonly items: number;
  /** Whether what it needs stands ready from earlier work; absent where nothing is kept. */
  readonly warm?: boolean;
  /** What one run computes and moves; of models that had never run. */
  readonly operations?: Operations;
  /** What its user said that it comes to; absent where nothing was said. */
  readonly said?: number;
}
