import { median } from './averages.ts';
import { createSpread, type Spread } from './spread.ts';
import { valueIn } from './value-in.ts';

/** Estimates that rest on no run of the work itself, corrected by how wrong others from the same source were: a user, a formula. */
export interface Corrections {
  /** `samples` are those that it is corrected by, `factor` that of its P90 as far as that is known. */
  correct(source: string, estimate: number): { amount: number; samples: number; factor: number | undefined };
  /** What was estimated, and what it came to. */
  learn(source: string, estimate: number, amount: number): void;
}

interface Source {
  /** The latest logarithms of actual / estimated. */
  readonly errors: number[];
  /** How far the corrected figures were off. */
  readonly spread: Spread;
}

const kept = 100;
/** One or two say little about a source. */
const enough = 3;

/** The median error of the source: who always says an hour for ten minutes is taken to mean ten minutes. Nobody is ended for what was said. */
export const createCorrections = (): Corrections => {
  const sources = new Map<string, Source>();
  const correctionOf = (errors: readonly number[] = []): number => (errors.length < enough ? 0 : median(errors));
  return {
    correct(source, estimate) {
      const known = sources.get(source);
      const errors = known?.errors ?? [];
      const samples = errors.length < enough ? 0 : errors.length;
      return { amount: estimate * Math.exp(correctionOf(errors)), samples, factor: known?.spread.factor() };
    },
    learn(source, estimate, amount) {
      const { errors, spread } = valueIn(sources, source, (): Source => ({ errors: [], spread: createSpread() }));
      const error = Math.log(amount / estimate);
      spread.learn(error - correctionOf(errors));
      errors.push(error);
      if (errors.length > kept) errors.shift();
    },
  };
};
