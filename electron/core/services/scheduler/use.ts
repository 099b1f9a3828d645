import { DeviceKind } from '../../../../shared/model/device.ts';

/** What can be used, in this order: cores, bytes of the machine's memory, devices of each kind beside the processor. */
export const resources = ['cores', 'memory', ...DeviceKind.exclude(['cpu']).options] as const;

/** One number for each resource. */
export type Amounts = Float64Array;

export const noAmounts = (): Amounts => new Float64Array(resources.length);

/** Of what was used this long ago a half is counted. */
const halfLifeSeconds = 86_400;
const fadeSeconds = halfLifeSeconds / Math.LN2;

/** What somebody holds, and what they have used so far as it fades with time. */
export interface Use {
  /** In units of the resource. */
  readonly held: Amounts;
  /** In units of the resource times seconds. */
  readonly used: Amounts;
  /** Takes note of the time: what is held has been used since. Seconds that never go back. */
  advance(to: number): void;
}

export const createUse = (): Use => {
  const held = noAmounts();
  const used = noAmounts();
  let at = 0;
  return {
    held,
    used,
    advance(to) {
      if (to <= at) return;
      // 1 - exp(-x) of a small x would lose its digits.
      const faded = -Math.expm1((at - to) / fadeSeconds);
      for (let place = 0; place < used.length; place += 1) {
        used[place] = used[place]! * (1 - faded) + held[place]! * fadeSeconds * faded; // both are as long as resources
      }
      at = to;
    },
  };
};
