/** Holds the latest values in the order they came; the oldest gives way when it is full. */
export interface RingBuffer<T> extends Iterable<T> {
  readonly capacity: number;
  readonly size: number;
  push(value: T): void;
  latest(): T | undefined;
  /** Oldest first. */
  toArray(): T[];
}

export const createRingBuffer = <T>(capacity: number): RingBuffer<T> => {
  if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`a ring buffer cannot hold ${capacity} values`);
  const slots: T[] = [];
  /** Where the next value goes once all slots are filled; there lies the oldest. */
  let next = 0;

  const toArray = (): T[] => [...slots.slice(next), ...slots.slice(0, next)];
  return {
    capacity,
    get size() {
      return slots.length;
    },
    push: (value) => {
      slots[next] = value;
      next = (next + 1) % capacity;
    },
    latest: () => slots.at(next - 1),
    toArray,
    [Symbol.iterator]: () => toArray().values(),
  };
};
