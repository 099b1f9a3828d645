/** Of at least one number. */
export const average = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0) / numbers.length;

/** From the least to the most. Numbers alone are sorted several times faster than values that have to be compared by a function. */
export const sorted = (numbers: readonly number[]): Float64Array => new Float64Array(numbers).sort();

/** Of at least one number. */
export const median = (numbers: readonly number[]): number => {
  const ordered = sorted(numbers);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? (ordered[middle] ?? 0) : ((ordered[middle - 1] ?? 0) + (ordered[middle] ?? 0)) / 2;
};
