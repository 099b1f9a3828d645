import type { Candidates } from './device-index.ts';
import { countOf, type InLine } from './line.ts';

/**
 * What was found out during one walk along the line about tasks that ask for the same. Nothing comes free during a walk, and what is kept
 * or reserved stays so: what did not fit in it once does not fit any more. What did fit is found out anew.
 */
export interface Shape {
  /** Whether it would fit on the idle machine, once somebody asked. */
  fitsIdle?: boolean;
  /** It would not fit even if nothing had been promised to anybody. */
  isOut: boolean;
  /** So many end sooner on a busy device than on one that is free, and could not be planned any more. */
  waitUnplanned: number;
  /** The sets of reservations beside which it did not fit. */
  readonly outBeside: number[];
  /** How many devices were kept when it was looked for beside what nobody knows the end of, and whether it fitted. */
  besideEndless?: { readonly kept: number; readonly fits: boolean };
}

/** The shapes of one walk. */
export interface Shapes {
  of(candidates: Candidates, item: InLine): Shape;
}

export const createShapes = (): Shapes => {
  const known = new Map<Candidates, Map<string, Shape>>();
  return {
    of(candidates, item) {
      const ofThese = known.get(candidates) ?? new Map<string, Shape>();
      known.set(candidates, ofThese);
      const key = keyOf(item);
      const found = ofThese.get(key) ?? { isOut: false, waitUnplanned: 0, outBeside: [] };
      ofThese.set(key, found);
      return found;
    },
  };
};

/** All that an allocation asks for, beside the devices that it may be of. */
const keyOf = (item: InLine): string => {
  const { cores, memoryBytes, device } = item.task;
  const one = device ? `${cores} ${memoryBytes} ${device.count} ${device.memoryBytes ?? ''}` : `${cores} ${memoryBytes}`;
  return item.gang ? `${countOf(item)} × ${one}` : one;
};
