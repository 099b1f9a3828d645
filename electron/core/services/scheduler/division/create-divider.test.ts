import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SplitScheme } from '../../../../../shared/model/job.ts';
import type { Chunk, Divider } from '../../../division-port.ts';
import { createDivider } from './create-divider.ts';

const schemes = ['static', 'self', 'guided', 'trapezoid', 'factoring', 'weighted', 'adaptive'] as const satisfies readonly SplitScheme[];

interface Part {
  readonly speed: number;
  /** When it has its device. */
  readonly from: number;
  /** Which of its chunks crash half-way, counted from its first. */
  readonly crashes: readonly number[];
}

interface Ran {
  readonly chunk: Chunk;
  readonly part: number;
  readonly start: number;
  readonly end: number;
}

/** Runs a division under a virtual clock (seconds): a part that crashes is back after a second, and asks again. */
const runDivision = (divider: Divider, parts: readonly Part[], costs: readonly number[]) => {
  const accepted: Ran[] = [];
  /** Those too that another part was faster with. */
  const chunks: Ran[] = [];
  const events = parts.map((part, index) => ({ at: part.from, index, act: () => joinAndAsk(index) }));
  const taken = parts.map(() => 0);
  let now = 0;
  const later = (at: number, index: number, act: () => void): void => void events.push({ at: Math.max(at, now), index, act });
  const joinAndAsk = (index: number): void => {
    divider.joined(index);
    ask(index);
  };
  const ask = (index: number): void => {
    const part = parts[index];
    const answer = divider.take(index, now * 1000);
    if (!part) return;
    // What may come back is looked at once in a while by the live one; here whenever time passes.
    if (answer.kind === 'wait') return later(answer.until === undefined ? now + 1 : answer.until / 1000 + 1e-6, index, () => ask(index));
    if (answer.kind === 'nothing') return void (divider.done < divider.items && later(now + 1, index, () => ask(index)));
    const { chunk } = answer;
    const work = costs.slice(chunk.first, chunk.first + chunk.count).reduce((total, cost) => total + cost, 0);
    const seconds = work / part.speed;
    taken[index] = (taken[index] ?? 0) + 1;
    if (part.crashes.includes(taken[index] ?? 0)) {
      return later(now + seconds / 2, index, () => {
        divider.left(index);
        later(now + 1, index, () => joinAndAsk(index));
      });
    }
    const ran = { chunk, part: index, start: now, end: now + seconds };
    chunks.push(ran);
    later(now + seconds, index, () => {
      if (divider.finished(index, chunk, { seconds: seconds + 1e-9, overheadSeconds: 0 })) accepted.push(ran);
      ask(index);
    });
  };
  for (let steps = 0; divider.done < divider.items; steps += 1) {
    if (steps > 100_000) throw new Error('the division does not come to its end');
    events.sort((a, b) => a.at - b.at || a.index - b.index);
    const event = events.shift();
    if (!event) throw new Error('nobody asks any more, and items are left');
    now = event.at;
    event.act();
  }
  return { accepted, chunks, makespan: now };
};

const parts = fc.array(
  fc.record({
    speed: fc.double({ min: 0.2, max: 20, noNaN: true }),
    from: fc.constantFrom(0, 0, 3, 50),
    crashes: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 6 },
);
const costs = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 200 });
const dividerFor = (scheme: SplitScheme, given: readonly Part[], items: number, sizes?: readonly number[]): Divider =>
  createDivider({ scheme, items, speeds: given.map(({ speed }) => speed), ...(sizes && { sizes }) });

describe('whatever crashes, comes late or is slow', () => {
  test('every item is finished exactly once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...schemes), parts, costs, fc.boolean(), (scheme, given, work, isSizeKnown) => {
        const divider = dividerFor(scheme, given, work.length, isSizeKnown ? work : undefined);
        const { accepted } = runDivision(divider, given, work);
        const items = accepted
          .toSorted((a, b) => a.chunk.first - b.chunk.first)
          .flatMap(({ chunk }) => Array.from({ length: chunk.count }, (_, index) => chunk.first + index));
        expect(items).toEqual(work.map((_, index) => index));
        expect(given.reduce((total, _, index) => total + divider.progressOf(index).items, 0)).toBe(work.length);
      }),
    );
  });
});

describe('while nothing crashes', () => {
  test('a dynamic division ends within its longest chunk of the ideal', () => {
    fc.assert(
      fc.property(fc.constantFrom(...schemes.slice(1)), parts, costs, (scheme, given, work) => {
        const sound = given.map((part) => ({ ...part, from: 0, crashes: [] }));
        const { chunks, makespan } = runDivision(dividerFor(scheme, sound, work.length), sound, work);
        const ideal = work.reduce((total, cost) => total + cost, 0) / sound.reduce((total, { speed }) => total + speed, 0);
        expect(makespan).toBeLessThanOrEqual(ideal + Math.max(...chunks.map(({ start, end }) => end - start)) + 1e-6);
      }),
    );
  });
});

test('a static division gives each device one stretch in proportion to its speed, and the items that differ by their size', () => {
  const stretches = (divider: Divider, part: number): [number, number][] => {
    const taken = divider.take(part, 0);
    return taken.kind === 'chunk' ? [[taken.chunk.first, taken.chunk.count], ...stretches(divider, part)] : [];
  };
  const equal = createDivider({ scheme: 'static', items: 12, speeds: [2, 1], sizes: Array.from({ length: 12 }, () => 5) });
  expect([stretches(equal, 0), stretches(equal, 1)]).toEqual([[[0, 8]], [[8, 4]]]);
  // The longest first: 3, 3, 2, 2, 2 on two equal devices make 7 and 5.
  const unequal = createDivider({ scheme: 'static', items: 5, speeds: [1, 1], sizes: [3, 3, 2, 2, 2] });
  expect([stretches(unequal, 0), stretches(unequal, 1)]).toEqual([
    [
      [0, 1],
      [2, 1],
      [4, 1],
    ],
    [
      [1, 1],
      [3, 1],
    ],
  ]);
});

test('what takes twice as long as expected is begun by whoever has nothing to do, and only one result counts', () => {
  const divider = createDivider({ scheme: 'self', items: 3, speeds: [1, 1] });
  const take = (part: number, now: number): Chunk => {
    const taken = divider.take(part, now);
    if (taken.kind !== 'chunk') throw new Error(`part ${part} got ${taken.kind}`);
    return taken.chunk;
  };
  for (const part of [0, 1]) divider.finished(part, take(part, 0), { seconds: 10, overheadSeconds: 0 });
  const last = take(0, 10_000);
  expect(divider.take(1, 10_000)).toEqual({ kind: 'wait', until: 30_000 });
  expect(take(1, 30_000)).toEqual(last);
  expect(divider.finished(1, last, { seconds: 10, overheadSeconds: 0 })).toBe(true);
  expect(divider.finished(0, last, { seconds: 40, overheadSeconds: 0 })).toBe(false);
  expect(divider.done).toBe(3);
});

test('a falling cost that nobody knows of leaves an adaptive division within a tenth of the ideal, and a static one far behind', () => {
  const work = Array.from({ length: 400 }, (_, index) => 4 - (3 * index) / 399);
  const given = [
    { speed: 1, from: 0, crashes: [] },
    { speed: 0.6, from: 0, crashes: [] },
  ];
  const makespan = (scheme: SplitScheme): number => runDivision(dividerFor(scheme, given, work.length), given, work).makespan;
  expect(1000 / 1.6 / makespan('adaptive')).toBeGreaterThan(0.98);
  expect(makespan('adaptive')).toBeLessThan(0.85 * makespan('static'));
});
