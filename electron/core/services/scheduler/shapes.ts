import type { TaskRequest } from '../../scheduler-port.ts';
import type { Candidates } from './device-index.ts';

/**
 * What was found out during one walk along the line about tasks that ask for the same. Nothing comes free during a walk, and what is kept
 * or reserved stays so: what did not fit in it once does not fit any more. What did fit is found out anew.
 */
export interface Shape {
  /** Whether it would fit on the idle machine, once somebody asked. */
  fitsIdle?: boolean;
  /** It would not fit even if nothing had been promised to anybody. */
  isOut: boolean;
  /** The sets of reservations beside which it did not fit. */
  readonly outBeside: number[];
  /** How many devices were kept when it was looked for beside what nobody knows the end of, and whether it fitted. */
  besideEndless?: { readonly kept: number; readonly fits: boolean };
}

/** The shapes of one walk. */
export interface Shapes {
  of(candidates: Candidates, task: TaskRequest): Shape;
}

export const createShapes = (): Shapes => {
  const known = new Map<Candidates, Map<string, Shape>>();
  return {
    of(candidates, task) {
      const ofThese = known.get(candidates) ?? new Map<string, Shape>();
      known.set(candidates, ofThese);
      const key = keyOf(task);
      const found = ofThese.get(key) ?? { isOut: false, outBeside: [] };
      ofThese.set(key, found);
      return found;
    },
  };
};

/** All that an allocation asks of a task, beside the devices it may have. */
const keyOf = ({ cores, memoryBytes, device }: TaskRequest): string =>
  device ? `${cores} ${memoryBytes} ${device.count} ${device.memoryBytes ?? ''}` : `${cores} ${memoryBytes}`;
