/** More cores than any machine has: a longer range is no list of cores. */
const mostCores = 65_536;

/** The kernel's way to name cores, `0-3,8`; undefined for an empty list and for anything else. */
export const parseCoreList = (text: string | undefined): number[] | undefined => {
  const list = text?.trim() ?? '';
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined;
  const ids = list.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return last < first || last >= mostCores ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return ids.length === 0 ? undefined : [...new Set(ids)].sort((one, other) => one - other);
};
