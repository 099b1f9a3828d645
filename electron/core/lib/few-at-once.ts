/** As many as Node's thread pool works on at the same time; more would only wait there, before the files of others. */
export const fewItems = 4;

/**
 * Does something asynchronous to each of many items, a few at a time, and answers the results in the items' order. Beginning them all
 * at once would hold the thread for as long as it takes to begin them: 100 ms and more for 10,000 files. After a failure no more begin.
 */
export const fewAtOnce = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  const left = items.entries();
  let hasFailed = false;
  const workOff = async (): Promise<void> => {
    for (const [index, item] of left) {
      if (hasFailed) return;
      results[index] = await work(item, index).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: fewItems }, workOff));
  return results;
};
