type Compare<Item> = (a: Item, b: Item) => number;

/** A binary heap: the least by `compare` first. Pushing and taking cost O(log n). */
export interface Heap<Item> {
  readonly size: number;
  first(): Item | undefined;
  push(item: Item): void;
  pop(): Item | undefined;
}

export const createHeap = <Item>(compare: Compare<Item>): Heap<Item> => {
  const items: Item[] = [];
  return {
    get size() {
      return items.length;
    },
    first: () => items[0],
    push: (item) => pushOnto(items, item, compare),
    pop: () => popFrom(items, compare),
  };
};

/** The same on a bare array, for callers that have very many small heaps. */
export const pushOnto = <Item>(items: Item[], item: Item, compare: Compare<Item>): void => {
  let index = items.length;
  items.push(item);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = items[parent] as Item;
    if (compare(above, item) <= 0) break;
    items[index] = above;
    index = parent;
  }
  items[index] = item;
};

export const popFrom = <Item>(items: Item[], compare: Compare<Item>): Item | undefined => {
  const first = items[0];
  const item = items.pop();
  if (items.length === 0 || item === undefined) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= items.length) break;
    if (child + 1 < items.length && compare(items[child + 1] as Item, items[child] as Item) < 0) child += 1;
    if (compare(items[child] as Item, item) >= 0) break;
    items[index] = items[child] as Item;
    index = child;
  }
  items[index] = item;
  return first;
};
