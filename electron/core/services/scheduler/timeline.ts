import type { Grants } from './allocation.ts';
import { createBooksAhead, type Hold } from './books-ahead.ts';
import type { Books } from './ledger.ts';

/** The books as they will look from now on, if what runs ends when it should and nothing else starts. */
export interface Timeline {
  /** The first time at which something is granted, and the books at that time. */
  earliest(
    grantsIn: (ledger: Books) => Grants | undefined,
  ): { readonly at: number; readonly grants: Grants; readonly ledger: Books } | undefined;
  /** When all has ended of which the end is known. */
  last(): Books;
  /** Only what nobody knows the end of, without what was added later. */
  endless(): Books;
  /** Whether nobody knows the end of some of what ran when it was made. */
  readonly isEndless: boolean;
  /** Something else holds a grant, from now on; books that were given out have it in them as well. */
  add(hold: Hold): void;
}

export const createTimeline = (now: number, running: readonly Hold[]): Timeline => {
  /** Now and every time at which something ends, in order. */
  const times = [...new Set([now, ...running.map(({ until }) => until)])]
    .filter((at) => at === now || (at > now && at < Infinity))
    .sort((a, b) => a - b);
  const books = createBooksAhead(running);
  let endless: Books | undefined;

  /** The first time in whose books it is granted: more is free at each than at the one before. */
  const earliest: Timeline['earliest'] = (grantsIn) => {
    let found: ReturnType<Timeline['earliest']>;
    let low = 0;
    let high = times.length - 1;
    // Mostly it is never granted or soon.
    for (let middle = high; low <= high; middle = (low + high) >> 1) {
      const at = times[middle]!; // low and high are within
      const ledger = books.at(at);
      const grants = grantsIn(ledger);
      if (grants) {
        found = { at, grants, ledger };
        high = middle - 1;
      } else if (middle === times.length - 1) return undefined;
      else low = middle + 1;
    }
    return found;
  };

  return {
    earliest,
    last: () => books.at(times.at(-1)!), // there is always now
    endless: () => (endless ??= createBooksAhead(running.filter(({ until }) => until === Infinity)).at(now)),
    isEndless: running.some(({ until }) => until === Infinity),
    add(hold) {
      books.add(hold);
      const place = times.findIndex((at) => at >= hold.until);
      const isNew = hold.until > now && hold.until < Infinity && times[place] !== hold.until;
      if (isNew) times.splice(place < 0 ? times.length : place, 0, hold.until);
    },
  };
};
