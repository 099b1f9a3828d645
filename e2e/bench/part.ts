import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import type { Measure, Skipped } from './measure.ts';

export interface PartOptions {
  /** How often each figure is taken. */
  readonly rounds: number;
  /** How many pairs of a job and a bare loop are run. */
  readonly pairs: number;
  /** Tells who waits how far it is. */
  readonly say: (text: string) => void;
  /** What a part opens is closed when it has ended, however it ends. */
  readonly lifetime: Lifetime;
}

/** One part of the report; runs alone as well. */
export interface Part {
  readonly name: string;
  /** What is compared with what, for who reads the figures. */
  readonly about: string;
  /** Debian's names of programs without which some of it is left out. */
  readonly packages?: readonly string[];
  run(options: PartOptions): Promise<(Measure | Skipped)[]>;
}

/** Seconds that some work takes. */
export const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
