import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRates, riseBetween } from './rates.ts';

const clock = (start = 0) => {
  let time = start;
  return { now: () => time, pass: (ms: number) => (time += ms) };
};

test('a rate is the rise per second, from the second reading on', () => {
  const { now, pass } = clock();
  const rates = createRates(now);
  expect(rates.perSecond('energy', 1_000)).toBeUndefined();
  pass(500);
  expect(rates.perSecond('energy', 1_200)).toBe(400);
});

test('counters do not mix, and a file that could not be read is no reading', () => {
  const { now, pass } = clock();
  const rates = createRates(now);
  rates.perSecond('one', 0);
  rates.perSecond('other', 50);
  pass(1000);
  expect(rates.perSecond('one', undefined)).toBeUndefined();
  expect(rates.perSecond('other', 60)).toBe(10);
  pass(1000);
  expect(rates.perSecond('one', 20)).toBe(10);
});

test.each([0, -1000])('when the clock moved by %s ms there is no rate', (ms) => {
  const { now, pass } = clock();
  const rates = createRates(now);
  rates.perSecond('busy', 100);
  pass(ms);
  expect(rates.perSecond('busy', 200)).toBeUndefined();
});

test('a counter that was set back has no rate once', () => {
  const { now, pass } = clock();
  const rates = createRates(now);
  rates.perSecond('busy', 900);
  pass(1000);
  expect(rates.perSecond('busy', 5)).toBeUndefined();
  pass(1000);
  expect(rates.perSecond('busy', 25)).toBe(20);
});

describe('a rise', () => {
  const value = fc.integer({ min: 0, max: 2 ** 40 });

  test('is never negative and never more than half the range after a wrap', () => {
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 2 ** 40 }), (before, after, range) => {
        const rise = riseBetween(before, after, range);
        if (after >= before) expect(rise).toBe(after - before);
        else if (rise !== undefined) expect(rise >= 0 && rise < range / 2).toBe(true);
      }),
    );
  });

  test('is the same whether or not the counter wrapped on the way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 2 ** 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (range, part) => {
        const rise = Math.floor((range / 2 - 1) * part);
        for (const before of [0, range - 1, Math.floor(range / 2)]) expect(riseBetween(before, (before + rise) % range, range)).toBe(rise);
      }),
    );
  });

  test('of a counter without a range is unknown when it fell', () => {
    expect(riseBetween(5, 4)).toBeUndefined();
  });
});

test('a rate is never negative, whatever a counter does', () => {
  const steps = fc.array(
    fc.record({ ms: fc.integer({ min: -5, max: 5000 }), value: fc.option(fc.integer({ min: 0 }), { nil: undefined }) }),
  );
  fc.assert(
    fc.property(steps, (given) => {
      const { now, pass } = clock();
      const rates = createRates(now);
      for (const { ms, value } of given) {
        pass(ms);
        const rate = rates.perSecond('counter', value, 2 ** 31);
        if (rate !== undefined) expect(rate >= 0 && Number.isFinite(rate)).toBe(true);
      }
    }),
  );
});
