/** Static allocation by largest remainder (Hamilton's method): whole numbers in proportion to `weights` that add up to `items`; each is less than 1 away from its exact share. */
export const proportionalCounts = (items: number, weights: readonly number[]): number[] => {
  const total = sum(weights);
  const exact = weights.map((weight) => (items * weight) / total);
  const counts = exact.map(Math.floor);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  let left = items - sum(counts);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    counts[index] = (counts[index] ?? 0) + 1;
    left -= 1;
  }
  return counts;
};

/**
 * Longest processing time first (Graham 1969) on machines of unlike speed: the largest item goes to whoever would be done with it first, and
 * so on. The answer is the items of each device in rising order.
 */
export const longestFirst = (sizes: readonly number[], speeds: readonly number[]): number[][] => {
  const itemsOf = speeds.map((): number[] => []);
  const loads = speeds.map(() => 0);
  const bySize = sizes.map((size, item) => ({ size, item })).sort((a, b) => b.size - a.size || a.item - b.item);
  for (const { size, item } of bySize) {
    const ends = speeds.map((speed, device) => ((loads[device] ?? 0) + size) / speed);
    const device = ends.reduce((best, end, index) => (end < (ends[best] ?? Infinity) ? index : best), 0);
    loads[device] = (loads[device] ?? 0) + size;
    itemsOf[device]?.push(item);
  }
  return itemsOf.map((items) => items.sort((a, b) => a - b));
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
