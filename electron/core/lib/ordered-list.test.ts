import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOrderedList } from './ordered-list.ts';

interface Item {
  key: number;
  id: number;
}
const compare = (a: Item, b: Item): number => a.key - b.key || a.id - b.id;

test('it agrees with a sorted array under any sequence of additions and removals', () => {
  const operations = fc.array(fc.tuple(fc.boolean(), fc.nat(40)), { maxLength: 3000, size: 'max' });
  fc.assert(
    fc.property(operations, (steps) => {
      const list = createOrderedList<Item>(compare);
      const model: Item[] = [];
      steps.forEach(([isAdd, number], id) => {
        if (isAdd || model.length === 0) {
          const item = { key: number, id };
          list.add(item);
          model.push(item);
          model.sort(compare);
        } else {
          const [gone] = model.splice(number % model.length, 1);
          expect(list.delete(gone!)).toBe(true);
          expect(list.delete(gone!)).toBe(false);
        }
      });
      expect([...list]).toEqual(model);
      expect(list.size).toBe(model.length);
      expect(list.first()).toBe(model[0]);
      const middle = model.length >> 1;
      if (model[middle]) expect(list.indexOf(model[middle])).toBe(middle);
      const probe = { key: 20, id: 1500 };
      expect(list.after(probe)).toBe(model.find((item) => compare(item, probe) > 0));
      if (model[middle]) expect(list.after(model[middle])).toBe(model[middle + 1]);
      expect(list.slice(middle, 7)).toEqual(model.slice(middle, middle + 7));
    }),
    { numRuns: 30 },
  );
});
