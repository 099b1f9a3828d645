/** A list that keeps its items in order: adding, removing, finding a place and cutting a page cost O(√n). */
export interface OrderedList<Item> {
  readonly size: number;
  add(item: Item): void;
  /** False when the item was not there. */
  delete(item: Item): boolean;
  first(): Item | undefined;
  /** The first item behind this one, which need not be in the list. */
  after(item: Item): Item | undefined;
  /** Index from 0 of an item that is in the list; -1 when it is not. */
  indexOf(item: Item): number;
  slice(offset: number, limit: number): Item[];
  [Symbol.iterator](): Iterator<Item>;
}

/** Items beyond this split a chunk in two, so that an insertion moves at most this many. */
const chunkLimit = 512;

/**
 * An ordered list in chunks (the design of Python's sortedcontainers). `compare` must be a strict total order:
 * two different items never compare as 0, and an item's place must not change while it is in the list.
 */
export const createOrderedList = <Item>(compare: (a: Item, b: Item) => number): OrderedList<Item> => {
  let chunks: Item[][] = [];
  let size = 0;

  /** The only chunk that may hold the item: the first whose last item is not before it, else the last chunk. */
  const chunkOf = (item: Item): number => {
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = chunks[middle]!.at(-1)!; // chunks are never empty
      if (compare(last, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const placeIn = (chunk: readonly Item[], item: Item): number => {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(chunk[middle]!, item) < 0)
        low = middle + 1; // middle < chunk.length
      else high = middle;
    }
    return low;
  };

  const find = (item: Item): { chunkIndex: number; place: number } | undefined => {
    if (size === 0) return undefined;
    const chunkIndex = chunkOf(item);
    const chunk = chunks[chunkIndex]!; // size > 0, so there is a chunk
    const place = placeIn(chunk, item);
    return chunk[place] === item ? { chunkIndex, place } : undefined;
  };

  return {
    get size() {
      return size;
    },
    add(item) {
      size += 1;
      if (chunks.length === 0) {
        chunks = [[item]];
        return;
      }
      const chunkIndex = chunkOf(item);
      const chunk = chunks[chunkIndex]!; // chunkOf answers an index of a chunk
      chunk.splice(placeIn(chunk, item), 0, item);
      if (chunk.length > chunkLimit) chunks.splice(chunkIndex + 1, 0, chunk.splice(chunkLimit >> 1));
    },
    delete(item) {
      const found = find(item);
      if (!found) return false;
      const chunk = chunks[found.chunkIndex]!; // found in it
      chunk.splice(found.place, 1);
      if (chunk.length === 0) chunks.splice(found.chunkIndex, 1);
      size -= 1;
      return true;
    },
    first: () => chunks[0]?.[0],
    after(item) {
      if (size === 0) return undefined;
      const chunkIndex = chunkOf(item);
      const chunk = chunks[chunkIndex]!; // size > 0, so there is a chunk
      const place = placeIn(chunk, item);
      const found = chunk[place];
      const isItself = found !== undefined && compare(found, item) === 0;
      return isItself ? (chunk[place + 1] ?? chunks[chunkIndex + 1]?.[0]) : found;
    },
    indexOf(item) {
      const found = find(item);
      if (!found) return -1;
      let index = found.place;
      for (let i = 0; i < found.chunkIndex; i += 1) index += chunks[i]!.length; // i is below a valid index
      return index;
    },
    slice(offset, limit) {
      const items: Item[] = [];
      let skip = offset;
      for (const chunk of chunks) {
        if (items.length >= limit) break;
        if (skip >= chunk.length) {
          skip -= chunk.length;
          continue;
        }
        items.push(...chunk.slice(skip, skip + limit - items.length));
        skip = 0;
      }
      return items;
    },
    *[Symbol.iterator]() {
      for (const chunk of chunks) yield* chunk;
    },
  };
};
