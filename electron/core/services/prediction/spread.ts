import { sorted } from './averages.ts';

/** How far predictions are off, in logarithms of actual / predicted. */
export interface Spread {
  /** The factor on a prediction below which nine of ten times stay; undefined while too little is known. */
  factor(): number | undefined;
  learn(residual: number): void;
}

const kept = 200;
const fewest = 10;
/** Nine of ten are to stay below; the level that achieves this is adjusted with every miss and hit (Gibbs, Candès 2021). */
const missRate = 0.1;
const adjustment = 0.02;
const levels = { least: 0.5, most: 0.995 } as const;

/** Split conformal prediction over the latest residuals with an adaptive level. A P90 is never below its P50. */
export const createSpread = (): Spread => {
  const residuals: number[] = [];
  let level = 1 - missRate;
  let known: number | undefined;

  const bound = (): number | undefined => {
    if (residuals.length < fewest) return undefined;
    if (known !== undefined) return known;
    const place = Math.min(residuals.length, Math.ceil(level * (residuals.length + 1))) - 1;
    known = Math.max(0, sorted(residuals)[place] ?? 0);
    return known;
  };
  return {
    factor() {
      const log = bound();
      return log === undefined ? undefined : Math.exp(log);
    },
    learn(residual) {
      const expected = bound();
      if (expected !== undefined) {
        const isMiss = residual > expected ? 1 : 0;
        level = Math.min(levels.most, Math.max(levels.least, level + adjustment * (isMiss - missRate)));
      }
      residuals.push(residual);
      if (residuals.length > kept) residuals.shift();
      known = undefined;
    },
  };
};
