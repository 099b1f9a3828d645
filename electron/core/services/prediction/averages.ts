/** Of at least one number. */
export const average = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0) / numbers.length;

/** Of at least one number. */
export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};
