/** How many ended jobs the journal holds, by kind, and by array where they are of one. */
export interface EndedCounts {
  readonly kinds: Iterable<string>;
  of(kind: string): number;
  /** As how many rows they stand in a list in which an array is one, without the arrays in `except`. */
  rows(except: ReadonlySet<number>): number;
  add(kind: string, array: number | undefined): void;
  remove(kind: string, array: number | undefined): void;
}

interface InJournal {
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  readonly arrays: readonly { readonly id: number; readonly count: number }[];
}

export const createEndedCounts = (found: InJournal): EndedCounts => {
  const kinds = new Map(found.kinds.map(({ kind, count }) => [kind, count]));
  const arrays = new Map(found.arrays.map(({ id, count }) => [id, count]));

  const change = (kind: string, array: number | undefined, by: 1 | -1): void => {
    kinds.set(kind, (kinds.get(kind) ?? 0) + by);
    if (array === undefined) return;
    const left = (arrays.get(array) ?? 0) + by;
    if (left > 0) arrays.set(array, left);
    else arrays.delete(array);
  };

  return {
    get kinds() {
      return kinds.keys();
    },
    of: (kind) => kinds.get(kind) ?? 0,
    rows(except) {
      let rows = 0;
      for (const count of kinds.values()) rows += count;
      for (const [id, count] of arrays) rows -= except.has(id) ? count : count - 1;
      return rows;
    },
    add: (kind, array) => change(kind, array, 1),
    remove: (kind, array) => change(kind, array, -1),
  };
};
