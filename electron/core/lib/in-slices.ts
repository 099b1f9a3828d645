import { setImmediate as nextTurn } from 'node:timers/promises';

/** Items that are worked on in one turn of the event loop. */
const sliceItems = 100;

/** Does something to each of many items and lets other work through every now and then. */
export const inSlices = async <Item>(items: readonly Item[], work: (item: Item) => void): Promise<void> => {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % sliceItems === 0) await nextTurn();
    work(item);
  }
};
