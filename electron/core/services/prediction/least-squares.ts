/** A linear model that learns one example at a time. */
export interface LeastSquares {
  readonly samples: number;
  /** Undefined before the first example. */
  predict(features: readonly number[]): number | undefined;
  learn(features: readonly number[], value: number): void;
  /** Keeps how the value depends on the features; all values are larger by so much from now on. */
  shift(by: number): void;
}

/** Older examples count a little less with each new one. */
const forgetting = 0.995;
/** Of the variance of a feature; less variation than this says nothing about its slope. */
const ridge = 0.001;
/** A value falls with no feature, and rises at most with its square (both are logarithms). */
const slopes = { least: 0, most: 2 } as const;
/** More than the bounded slopes of two features ever need. */
const sweeps = 40;

/**
 * Weighted least squares, updated recursively: means and covariances with exponential forgetting, from which the slopes follow when they are
 * needed. The line goes through the means, so that a bounded slope shifts nothing, and a feature that has never varied has its expected
 * slope. Unlike the covariance form of the filter nothing here grows while a feature does not vary.
 */
export const createLeastSquares = (expectedSlopes: readonly number[]): LeastSquares => {
  const size = expectedSlopes.length;
  const means = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  const withValue = new Float64Array(size);
  let meanValue = 0;
  let weight = 0;
  let samples = 0;
  let fitted: Float64Array | undefined;

  /** Coordinate descent, which within bounds still finds the best of all allowed slopes. */
  const fit = (): Float64Array => {
    const found = Float64Array.from(expectedSlopes);
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      for (let row = 0; row < size; row += 1) {
        let rest = at(withValue, row) + ridge * (expectedSlopes[row] ?? 0);
        for (let other = 0; other < size; other += 1) if (other !== row) rest -= at(covariance, row * size + other) * at(found, other);
        found[row] = Math.min(slopes.most, Math.max(slopes.least, rest / (at(covariance, row * size + row) + ridge)));
      }
    }
    return found;
  };

  const predict: LeastSquares['predict'] = (features) => {
    if (samples === 0) return undefined;
    const slope = (fitted ??= fit());
    return features.reduce((total, value, index) => total + at(slope, index) * (value - at(means, index)), meanValue);
  };

  return {
    get samples() {
      return samples;
    },
    predict,
    learn(features, value) {
      weight = forgetting * weight + 1;
      const share = 1 / weight;
      const differences = features.map((feature, index) => feature - at(means, index));
      const difference = value - meanValue;
      for (let row = 0; row < size; row += 1) {
        const here = differences[row] ?? 0;
        for (let column = 0; column < size; column += 1) {
          const index = row * size + column;
          covariance[index] = (1 - share) * (at(covariance, index) + share * here * (differences[column] ?? 0));
        }
        withValue[row] = (1 - share) * (at(withValue, row) + share * here * difference);
        means[row] = at(means, row) + share * here;
      }
      meanValue += share * difference;
      samples += 1;
      fitted = undefined;
    },
    shift(by) {
      meanValue += by;
    },
  };
};

/** Every index comes from the sizes above. */
const at = (numbers: Float64Array, index: number): number => numbers[index] ?? 0;
