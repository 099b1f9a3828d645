import { median } from './averages.ts';
import { valueIn } from './value-in.ts';

/** What beginning anew costs before the work itself begins, apart from how much work it is. */
export interface StartUps {
  /** Of this kind of work on this device, else of any on it; undefined where nobody has seen one. */
  expected(family: string, device: string): number | undefined;
  learn(family: string, device: string, amount: number): void;
}

const kept = 15;

/** The median of the latest: what else happens on the machine now counts, one slow disk does not. */
export const createStartUps = (): StartUps => {
  const byFamily = new Map<string, number[]>();
  const byDevice = new Map<string, number[]>();
  const keep = (amounts: number[], amount: number): void => {
    amounts.push(amount);
    if (amounts.length > kept) amounts.shift();
  };
  return {
    expected(family, device) {
      const amounts = byFamily.get(keyOf(family, device)) ?? byDevice.get(device);
      return amounts && median(amounts);
    },
    learn(family, device, amount) {
      const newList = (): number[] => [];
      keep(valueIn(byFamily, keyOf(family, device), newList), amount);
      keep(valueIn(byDevice, device, newList), amount);
    },
  };
};

const keyOf = (family: string, device: string): string => `${family}\0${device}`;
