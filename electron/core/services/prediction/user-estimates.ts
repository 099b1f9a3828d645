import { median } from './averages.ts';
import { createSpread, type Spread } from './spread.ts';
import { valueIn } from './value-in.ts';

/** What people say their jobs will take, corrected by how wrong those of their group usually are. */
export interface UserEstimates {
  correct(group: string, said: number): { amount: number; samples: number; factor: number | undefined };
  /** What was said, and what it came to. */
  learn(group: string, said: number, amount: number): void;
}

interface Group {
  /** The latest logarithms of actual / said. */
  readonly errors: number[];
  /** How far the corrected figures were off. */
  readonly spread: Spread;
}

const kept = 100;
/** One or two jobs say little about how a group estimates. */
const enough = 3;

/** The median error of the group: who always says an hour for ten minutes is taken to mean ten minutes. Nobody is ended for what was said. */
export const createUserEstimates = (): UserEstimates => {
  const groups = new Map<string, Group>();
  const correctionOf = (errors: readonly number[] = []): number => (errors.length < enough ? 0 : median(errors));
  return {
    correct(group, said) {
      const known = groups.get(group);
      const errors = known?.errors ?? [];
      const samples = errors.length < enough ? 0 : errors.length;
      return { amount: said * Math.exp(correctionOf(errors)), samples, factor: known?.spread.factor() };
    },
    learn(group, said, amount) {
      const { errors, spread } = valueIn(groups, group, (): Group => ({ errors: [], spread: createSpread() }));
      const error = Math.log(amount / said);
      spread.learn(error - correctionOf(errors));
      errors.push(error);
      if (errors.length > kept) errors.shift();
    },
  };
};
