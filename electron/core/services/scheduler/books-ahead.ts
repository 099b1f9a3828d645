import type { Grant } from '../../scheduler-port.ts';
import { emptyLedger, SummedBooks, type Amount, type Books } from './ledger.ts';

/** Something that holds a grant from now until it should have ended; infinite where that is not known. */
export interface Hold {
  readonly grant: Grant;
  readonly until: number;
}

/** The books of what holds grants for a time. */
export interface BooksAhead {
  add(hold: Hold): void;
  /** As they are at that time: with what holds beyond it, be it added later. */
  at(time: number): Books;
}

/** All that holds for at least so long, summed up. */
type Sum = { readonly until: number } & { -readonly [Value in keyof Amount]: Amount[Value] };

/**
 * Each device has a list of sums, of what holds longest first, so that the books at any time are one of these and none has to be made: a
 * decision asks for dozens of them.
 */
export const createBooksAhead = (holds: readonly Hold[]): BooksAhead => {
  const all: Sum[] = [];
  const devices = new Map<string, Sum[]>();
  const sumsOf = (device: string): Sum[] => {
    const known = devices.get(device);
    if (known) return known;
    const made: Sum[] = [];
    devices.set(device, made);
    return made;
  };

  const add: BooksAhead['add'] = ({ grant: { device, cores, memoryBytes, accelerators }, until }) => {
    addTo(all, until, cores, memoryBytes, false);
    addTo(sumsOf(device), until, cores, memoryBytes, false);
    for (const one of accelerators) addTo(sumsOf(one.device), until, 0, one.memoryBytes ?? 0, one.memoryBytes === undefined);
  };
  // In this order each sum goes to the end of its lists.
  for (const hold of holds.toSorted((a, b) => b.until - a.until)) add(hold);

  return {
    add,
    at: (time) =>
      new SummedBooks(
        () => sumAt(all, time).memoryBytes,
        (device) => sumAt(devices.get(device) ?? none, time),
      ),
  };
};

const none: readonly Sum[] = [];

const addTo = (sums: Sum[], until: number, cores: number, memoryBytes: number, isWhole: boolean): void => {
  const place = countBeyond(sums, until);
  const before = sums[place - 1] ?? emptyLedger.on('');
  const made: Sum = { until, cores: before.cores, memoryBytes: before.memoryBytes, isWhole: before.isWhole, holders: before.holders };
  if (place === sums.length) sums.push(made);
  else sums.splice(place, 0, made);
  for (let index = place; index < sums.length; index += 1) {
    const sum = sums[index]!; // within
    sum.cores += cores;
    sum.memoryBytes += memoryBytes;
    sum.isWhole ||= isWhole;
    sum.holders += 1;
  }
};

const sumAt = (sums: readonly Sum[], time: number): Amount => sums[countBeyond(sums, time) - 1] ?? emptyLedger.on('');

/** How many of them hold beyond that time. */
const countBeyond = (sums: readonly Sum[], time: number): number => {
  let low = 0;
  let high = sums.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]!.until > time)
      low = middle + 1; // within
    else high = middle;
  }
  return low;
};
