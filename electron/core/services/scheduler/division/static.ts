/**
 * Static allocation in proportion to speed, so that all devices end together: a device that takes `startUpSeconds` before its first item has
 * less time for items, and one that would only be ready when the others have ended has none. Speeds are in items per second where anything
 * takes time to start. Whole numbers by largest remainder (Hamilton's method) that add up to `items`; each is less than 1 away from its exact
 * share.
 */
export const proportionalCounts = (items: number, speeds: readonly number[], startUpSeconds: readonly number[] = []): number[] => {
  const exact = sharesOf(items, speeds, startUpSeconds);
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

/** All that are used end at (items + Σ speed · start-up) ÷ Σ speed; whoever would start later than that is left out. */
const sharesOf = (items: number, speeds: readonly number[], startUpSeconds: readonly number[]): number[] => {
  const devices = speeds.map((speed, index) => ({ index, speed, startUp: startUpSeconds[index] ?? 0 }));
  const used = devices.toSorted((a, b) => a.startUp - b.startUp || a.index - b.index);
  const totals = (): { speed: number; work: number } => ({
    speed: sum(used.map(({ speed }) => speed)),
    work: items + sum(used.map(({ speed, startUp }) => speed * startUp)),
  });
  for (let all = totals(); used.length > 1 && (used.at(-1)?.startUp ?? 0) * all.speed > all.work; all = totals()) used.pop();
  const { speed: total, work } = totals();
  const shares = speeds.map(() => 0);
  for (const { index, speed, startUp } of used) shares[index] = (speed * (work - startUp * total)) / total;
  return shares;
};

/**
 * Longest processing time first (Graham 1969) on machines of unlike speed: the largest item goes to whoever would be done with it first, and
 * so on. The answer is the items of each device in rising order. What a device takes to start counts as so many items of mean size.
 */
export const longestFirst = (sizes: readonly number[], speeds: readonly number[], startUpSeconds: readonly number[] = []): number[][] => {
  const itemsOf = speeds.map((): number[] => []);
  const meanSize = sum(sizes) / sizes.length;
  const loads = speeds.map((speed, device) => (startUpSeconds[device] ?? 0) * speed * meanSize);
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
