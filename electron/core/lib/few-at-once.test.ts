import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fewAtOnce, fewItems } from './few-at-once.ts';

test('every item is worked on once, never more than a few at a time, and the results keep their order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer(), { maxLength: 40 }), fc.scheduler(), async (items, scheduler) => {
      let open = 0;
      let most = 0;
      const work = async (item: number, index: number): Promise<[number, number]> => {
        open += 1;
        most = Math.max(most, open);
        await scheduler.schedule(Promise.resolve());
        open -= 1;
        return [index, item];
      };
      const results = await scheduler.waitFor(fewAtOnce(items, work));
      expect(results).toEqual([...items.entries()]);
      expect(most).toBe(Math.min(items.length, fewItems));
    }),
  );
});

test('the first failure is told, and nothing more begins', async () => {
  const begun: number[] = [];
  const gate = Promise.withResolvers<void>();
  const all = fewAtOnce(
    Array.from({ length: 20 }, (_, index) => index),
    async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no such file');
      await gate.promise;
    },
  );
  await expect(all).rejects.toThrow('no such file');
  gate.resolve();
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2, 3]);
});
