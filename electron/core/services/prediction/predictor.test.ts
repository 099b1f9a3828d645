import fc from 'fast-check';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { createPredictor, type Predictor } from './predictor.ts';
import type { Work } from './work.ts';

const work = (more: Partial<Work> = {}): Work => ({
  exact: 'train a',
  family: 'train',
  group: 'lab',
  device: 'cpu',
  size: 0,
  items: 1,
  ...more,
});
const bounds = { least: 0.001, most: 1e12 };
/** Predicts before it learns, as the core does. */
const run = (predictor: Predictor, of: Work, seconds: number): void => predictor.learn(of, { amount: seconds }, predictor.predict(of));
const learnAll = (times: readonly number[], of: Work = work()): Predictor => {
  const predictor = createPredictor(bounds);
  for (const seconds of times) run(predictor, of, seconds);
  return predictor;
};

describe('what a prediction rests on', () => {
  test('nothing is predicted of what nobody has seen', () => {
    expect(createPredictor(bounds).predict(work())).toBeUndefined();
  });
  test('the median of the same work, which one slow run does not move', () => {
    expect(learnAll([10, 11, 300, 10, 12]).predict(work())).toMatchObject({ p50: 11, from: 'repeats', samples: 5 });
  });
  test('the size, where the same work was never seen: twice as much takes twice as long', () => {
    const predictor = createPredictor(bounds);
    for (const [index, size] of [1e3, 3e3, 1e4, 3e4, 1e5, 1e3, 1e4, 1e5].entries())
      run(predictor, work({ exact: `run ${index}`, size }), size / 1000);
    const { p50 = 0, from } = predictor.predict(work({ exact: 'new', size: 50_000 })) ?? {};
    expect(from).toBe('size');
    expect(p50).toBeGreaterThan(49);
    expect(p50).toBeLessThan(51);
  });
  test('items, which count once each until runs have shown otherwise', () => {
    const predictor = learnAll([3, 3, 3], work({ size: 1000, items: 10 }));
    expect(predictor.predict(work({ exact: 'twice', size: 2000, items: 20 }))).toMatchObject({ from: 'size' });
    expect(predictor.predict(work({ exact: 'twice', size: 2000, items: 20 }))?.p50).toBeCloseTo(6, 6);
  });
  test('work that seems to get faster with its size is taken to need the same time at any size, not a thousandth of it', () => {
    const predictor = createPredictor(bounds);
    for (const [index, size] of [1e4, 1e5, 1e6, 1e7, 1e8].entries())
      run(predictor, work({ exact: `run ${index}`, size }), 10 / (index + 1));
    const { p50 = 0 } = predictor.predict(work({ exact: 'new', size: 1e3 })) ?? {};
    expect(p50).toBeGreaterThan(2);
    expect(p50).toBeLessThan(10);
  });
  test('other commands of the same program, where this one was never seen', () => {
    expect(learnAll([4, 9]).predict(work({ exact: 'train b' }))).toMatchObject({ from: 'family', samples: 2 });
  });
  test('another device, corrected by how the two compare on other work', () => {
    const predictor = createPredictor(bounds);
    for (let count = 0; count < 5; count += 1) {
      for (const family of ['a', 'b']) {
        run(predictor, work({ exact: family, family, device: 'cpu' }), 8);
        run(predictor, work({ exact: family, family, device: 'gpu0' }), 2);
      }
      run(predictor, work({ exact: 'c', family: 'c', device: 'cpu' }), 40);
      run(predictor, work({ exact: 'd', family: 'd', device: 'gpu0' }), 3);
    }
    const onto = (family: string, device: string) => predictor.predict(work({ exact: family, family, device }));
    expect(onto('c', 'gpu0')).toMatchObject({ from: 'other-devices', samples: 5 });
    expect(onto('c', 'gpu0')?.p50).toBeCloseTo(10, 6);
    expect(onto('d', 'cpu')?.p50).toBeCloseTo(12, 6);
  });
  test('the group, where nothing else is known', () => {
    expect(learnAll([4, 4, 4]).predict(work({ exact: 'new', family: 'other' }))).toMatchObject({ from: 'group', samples: 3 });
  });
});

describe('a model that has never run', () => {
  // 50 GFLOP/s and 10 GB/s; gpu0 is twenty times as fast, gpu1 was not measured.
  const speeds = new Map([
    ['cpu', { gflops: 50, gbPerSecond: 10 }],
    ['gpu0', { gflops: 1000, gbPerSecond: 500 }],
  ]);
  const open = (): Predictor => createPredictor(bounds, (device) => speeds.get(device));
  const model = (name: string, flop: number, bytes: number, more: Partial<Work> = {}): Work =>
    work({ exact: name, family: name, operations: { flop, bytes }, ...more });

  test('takes what it computes at the measured speed, or what it moves where that takes longer', () => {
    const roofline = { gflops: 50, gbPerSecond: 10 };
    expect(open().predict(model('a', 100e9, 1e9))).toEqual({
      p50: 2,
      p90: 8,
      from: 'roofline',
      samples: 0,
      roofline: { ...roofline, flop: 100e9, bytes: 1e9 },
    });
    expect(open().predict(model('b', 1e9, 100e9))).toMatchObject({ p50: 10, roofline });
    expect(open().predict(model('c', 0, 0))).toMatchObject({ p50: 0.001, p90: 0.004 });
  });
  test('and what any run costs besides: the shortest that a worker has taken for anything there', () => {
    const predictor = open();
    for (const seconds of [3, 0.5, 2]) run(predictor, work({ exact: 'x', family: 'x', warm: true }), seconds);
    expect(predictor.predict(model('a', 100e9, 1e9, { warm: true }))?.p50).toBeCloseTo(2.5, 6);
  });
  test('is not predicted where nothing was measured, its operations are not known, or nobody has seen a worker start', () => {
    const predictor = open();
    expect(predictor.predict(model('a', 100e9, 1e9, { device: 'gpu1' }))).toBeUndefined();
    expect(predictor.predict(work())).toBeUndefined();
    expect(predictor.predict(model('a', 100e9, 1e9, { warm: false }))).toBeUndefined();
    predictor.learn(work({ exact: 'x', family: 'x', warm: false }), { amount: 3.5, startUp: 3 });
    expect(predictor.predict(model('a', 100e9, 1e9, { warm: false }))).toMatchObject({ p50: 5.5, startUp: 3, from: 'roofline' });
  });
  test('comes after what its user said, before what the group did', () => {
    const predictor = open();
    for (let count = 0; count < 3; count += 1) run(predictor, work({ exact: 'x', family: 'x' }), 70);
    expect(predictor.predict(model('a', 100e9, 1e9, { said: 9 }))).toMatchObject({ p50: 9, from: 'said' });
    expect(predictor.predict(model('a', 100e9, 1e9))).toMatchObject({ p50: 2, from: 'roofline' });
  });
  test('is corrected by how wrong three others were, and told by its own runs from then on', () => {
    const predictor = open();
    for (const [index, seconds] of [4, 6, 20].entries()) run(predictor, model(`m${index}`, 100e9, 1e9), seconds);
    expect(predictor.predict(model('a', 100e9, 1e9))).toMatchObject({ p50: expect.closeTo(6, 6), from: 'roofline', samples: 3 });
    expect(predictor.predict(model('m0', 100e9, 1e9))).toMatchObject({ p50: 4, from: 'repeats' });
    // How far off the first guess was says nothing about how far its runs lie apart.
    expect(predictor.qualityOf(model('m2', 0, 0))).toMatchObject({ predicted: 1, mape: expect.closeTo((20 - 2) / 20, 6) });
  });
  test.each([0.2, 1, 20])('nine of ten stay below the P90 where models take %d times what the speed says', (shortfall) => {
    const predictor = open();
    const random = xoroshiro128plus(7);
    const covered: boolean[] = [];
    for (let count = 0; count < 500; count += 1) {
      const flop = 1e9 * 10 ** (2 * uniformFloat64(random));
      const of = model(`m${count}`, flop, 1e6);
      const seconds = (flop / 50e9) * shortfall * Math.exp(2 * uniformFloat64(random) - 1);
      const predicted = predictor.predict(of);
      predictor.learn(of, { amount: seconds }, predicted);
      if (count >= 100) covered.push(seconds <= (predicted?.p90 ?? 0));
    }
    const share = covered.filter(Boolean).length / covered.length;
    expect(share).toBeGreaterThan(0.87);
    expect(share).toBeLessThan(0.93);
  });
  test('what has run elsewhere is scaled by the measured speeds where nothing has run on both', () => {
    const predictor = open();
    run(predictor, model('a', 100e9, 1e9), 3);
    expect(predictor.predict(model('a', 100e9, 1e9, { device: 'gpu0' }))).toMatchObject({
      p50: expect.closeTo(3 / 20, 6),
      from: 'other-devices',
    });
    // Whose time goes by what it moves gains fifty times instead.
    run(predictor, model('b', 1e9, 100e9), 12);
    expect(predictor.predict(model('b', 1e9, 100e9, { device: 'gpu0' }))?.p50).toBeCloseTo(12 / 50, 6);
    const { operations: _, ...unknown } = model('a', 0, 0, { device: 'gpu0' });
    expect(predictor.predict(unknown)?.p50).toBeCloseTo(3 / 20, 6);
    expect(predictor.predict(model('a', 0, 0, { device: 'gpu0' }))?.p50).toBeCloseTo(3 / 20, 6);
    expect(predictor.predict(model('a', 0, 0, { device: 'gpu1' }))?.p50).toBeCloseTo(3, 6);
  });
});

describe('warm and cold', () => {
  const model = (more: Partial<Work>): Work => work({ exact: 'm 1', family: 'm', size: 1000, ...more });
  const cold = (predictor: Predictor, of: Work, seconds: number, startUp: number): void => {
    const asked = { ...of, warm: false };
    predictor.learn(asked, { amount: seconds + startUp, startUp }, predictor.predict(asked));
  };
  const warm = (predictor: Predictor, of: Work, seconds: number): void => run(predictor, { ...of, warm: true }, seconds);

  test('are predicted apart, and the start-up is a part of the cold one', () => {
    const predictor = createPredictor(bounds);
    for (let count = 0; count < 3; count += 1) {
      warm(predictor, model({}), 0.003);
      cold(predictor, model({}), 0.03, 0.4);
    }
    expect(predictor.predict(model({ warm: true }))).toMatchObject({ p50: 0.003, from: 'repeats', samples: 3, warm: true });
    const found = predictor.predict(model({ warm: false }));
    expect(found).toMatchObject({ p50: expect.closeTo(0.43), from: 'repeats', samples: 3, warm: false, startUp: expect.closeTo(0.4) });
  });
  test('a start-up that was seen with small work is added to large work that only ran warm', () => {
    const predictor = createPredictor(bounds);
    for (let count = 0; count < 3; count += 1) {
      cold(predictor, model({}), 0.01, 0.4);
      warm(predictor, model({ exact: 'm 9', size: 9000 }), 5);
    }
    expect(predictor.predict(model({ exact: 'm 9', size: 9000, warm: false }))?.p50).toBeCloseTo(5.4);
  });
  test('what ran cold only is expected warm without its start-up', () => {
    const predictor = createPredictor(bounds);
    cold(predictor, model({}), 2, 0.4);
    expect(predictor.predict(model({ warm: true }))).toMatchObject({ p50: 2, from: 'repeats', samples: 1 });
  });
  test('another model of the same device is taken to start as those that were seen', () => {
    const predictor = createPredictor(bounds);
    for (const startUp of [0.3, 0.5, 9]) cold(predictor, model({}), 1, startUp);
    for (let count = 0; count < 3; count += 1) warm(predictor, model({ exact: 'n', family: 'n' }), 1);
    expect(predictor.predict(model({ exact: 'n', family: 'n', warm: false }))?.p50).toBeCloseTo(1.5);
    expect(predictor.predict(model({ exact: 'n', family: 'n', device: 'gpu0', warm: false }))?.startUp).toBeUndefined();
  });
  test('a worker that was not warm after all is an error of what was predicted warm', () => {
    const predictor = createPredictor(bounds);
    for (let count = 0; count < 3; count += 1) warm(predictor, model({}), 1);
    const asWarm = predictor.predict(model({ warm: true }));
    predictor.learn(model({ warm: false }), { amount: 2, startUp: 1 }, asWarm);
    expect(predictor.qualityOf(model({ warm: true }))).toMatchObject({ predicted: 3, mape: 0.5 / 3 });
    expect(predictor.qualityOf(model({ warm: false }))).toBeUndefined();
    expect(predictor.predict(model({ warm: true }))?.p50).toBe(1);
  });
});

describe('what its user said', () => {
  const said = (name: string, seconds: number, more: Partial<Work> = {}): Work =>
    work({ exact: name, family: name, said: seconds, ...more });

  test('is believed as it is while nobody knows better, and not where runs have shown it', () => {
    const predictor = createPredictor(bounds);
    expect(predictor.predict(said('a', 600))).toEqual({ p50: 600, p90: 1200, from: 'said', samples: 0 });
    run(predictor, said('a', 600), 60);
    expect(predictor.predict(said('a', 600))).toMatchObject({ p50: 60, p90: 120, from: 'repeats' });
    expect(predictor.quality()).toEqual([]);
  });
  test('is corrected by how wrong the group usually is, and only that group', () => {
    const predictor = createPredictor(bounds);
    for (const [index, seconds] of [100, 50, 200, 100].entries()) run(predictor, said(`w${index}`, 10 * seconds), seconds);
    expect(predictor.predict(said('new', 3000))).toMatchObject({ p50: expect.closeTo(300), from: 'said', samples: 4 });
    expect(predictor.predict(said('new', 3000, { group: 'other' }))).toMatchObject({ p50: 3000, from: 'said', samples: 0 });
  });
  test('is more than runs of the same program with other arguments, which are other work', () => {
    const predictor = learnAll([20, 12]);
    expect(predictor.predict(work({ exact: 'train short', said: 5 }))).toMatchObject({ p50: 5, from: 'said', samples: 0 });
    expect(predictor.predict(work({ exact: 'train short' }))).toMatchObject({ from: 'family' });
  });
  test('is less than sizes, which tell other work of its kind apart', () => {
    const predictor = createPredictor(bounds);
    for (const size of [1e3, 3e3, 1e4, 3e4]) run(predictor, work({ exact: `run ${size}`, size }), size / 1000);
    expect(predictor.predict(work({ exact: 'new', size: 2e3, said: 600 }))).toMatchObject({ from: 'size' });
  });
  test('is corrected by how wrong it was for the same program, once that is known, rather than for the whole group', () => {
    const predictor = createPredictor(bounds);
    for (let count = 0; count < 9; count += 1) run(predictor, said(`other ${count}`, 10), 100);
    for (let count = 0; count < 3; count += 1) run(predictor, work({ exact: `train ${count}`, said: 60 }), 30);
    expect(predictor.predict(work({ exact: 'train new', said: 60 }))).toMatchObject({ p50: expect.closeTo(30), from: 'said', samples: 3 });
    expect(predictor.predict(said('new', 60))).toMatchObject({ p50: expect.closeTo(600), from: 'said', samples: 12 });
  });
  test('is all of the time, a start-up included', () => {
    const predictor = createPredictor(bounds);
    predictor.learn(work({ exact: 'm', family: 'm', warm: false, group: 'g' }), { amount: 5, startUp: 4 });
    expect(predictor.predict(said('n', 30, { warm: false }))).toMatchObject({ p50: 30, from: 'said' });
  });
  test('has a P90 below which nine of ten stay, however differently the group is wrong', () => {
    const random = xoroshiro128plus(9);
    const predictor = createPredictor(bounds);
    let covered = 0;
    for (let count = 0; count < 1200; count += 1) {
      const seconds = 100 * Math.exp(2 * uniformFloat64(random));
      const of = said(`job ${count}`, seconds * (1 + 9 * uniformFloat64(random)));
      if (count >= 200 && seconds <= (predictor.predict(of)?.p90 ?? 0)) covered += 1;
      run(predictor, of, seconds);
    }
    expect(covered / 1000).toBeGreaterThan(0.87);
    expect(covered / 1000).toBeLessThan(0.93);
  });
});

test('nine of ten runs stay below the P90, whatever the noise', () => {
  const random = xoroshiro128plus(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))) * Math.cos(2 * Math.PI * uniformFloat64(random));
  const predictor = createPredictor(bounds);
  let covered = 0;
  const counted = 3000;
  for (let count = 0; count < counted + 200; count += 1) {
    const index = Math.floor(uniformFloat64(random) * 30);
    const of = work({ exact: `w${index}`, family: `f${index % 5}` });
    const seconds = (1 + index) * Math.exp(0.3 * normal());
    if (count >= 200 && seconds <= (predictor.predict(of)?.p90 ?? 0)) covered += 1;
    run(predictor, of, seconds);
  }
  expect(covered / counted).toBeGreaterThan(0.87);
  expect(covered / counted).toBeLessThan(0.93);
});

test('a device that has become twice as slow is believed after twenty runs, also about work that has not run since', () => {
  const predictor = createPredictor(bounds);
  const of = (index: number): Work => work({ exact: `work ${index}`, size: 1000 * (index + 1) });
  for (let round = 0; round < 4; round += 1) for (let index = 0; index < 30; index += 1) run(predictor, of(index), index + 1);
  expect(predictor.predict(of(29))?.p50).toBe(30);
  for (let index = 0; index < 25; index += 1) run(predictor, of(index), 2 * (index + 1));
  expect(predictor.predict(of(29))?.p50).toBeGreaterThan(55);
  expect(predictor.predict(of(29))?.p50).toBeLessThan(65);
  // Kinds of work are still told apart: nothing was forgotten but the level.
  expect(predictor.predict(of(26))).toMatchObject({ from: 'repeats', samples: 4 });
});

test('how good predictions are is told of the latest hundred', () => {
  const predictor = learnAll([10, 10, 10, 1000]);
  expect(predictor.quality()[0]?.mape).toBeCloseTo(0.99 / 3);
  for (let count = 0; count < 100; count += 1) run(predictor, work(), 10);
  expect(predictor.quality()[0]).toMatchObject({ predicted: 103, mape: 0 });
});

test('the quality counts only what was predicted before it ran', () => {
  const predictor = learnAll([10, 10, 10, 10, 20]);
  expect(predictor.quality()).toEqual([{ family: 'train', device: 'cpu', runs: 5, predicted: 4, mape: 0.5 / 4, p90Coverage: 1 }]);
});

describe('for any times', () => {
  const anyWork = fc
    .record({
      exact: fc.constantFrom('a', 'b', 'c'),
      family: fc.constantFrom('f', 'g'),
      group: fc.constantFrom('lab', 'night'),
      device: fc.constantFrom('cpu', 'gpu0', 'gpu1'),
      size: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e15, noNaN: true })),
      items: fc.integer({ min: 1, max: 10_000 }),
      warm: fc.constantFrom({}, { warm: true }, { warm: false }),
    })
    .map(({ warm, ...of }): Work => ({ ...of, ...warm }));
  const anySeconds = fc.oneof(
    fc.constant(0),
    fc.double({ min: Number.MIN_VALUE, max: 1e12, noNaN: true }),
    fc.integer({ min: 0, max: 100 }),
  );
  const anyRuns = fc.array(fc.tuple(anyWork, anySeconds), { maxLength: 300 });

  test('a prediction is a finite time above nothing, and its P90 is not below it', () => {
    fc.assert(
      fc.property(anyRuns, anyWork, (runs, asked) => {
        const predictor = createPredictor(bounds);
        for (const [of, seconds] of runs) run(predictor, of, seconds);
        const found = predictor.predict(asked);
        if (!found) return;
        expect(found.p50).toBeGreaterThan(0);
        expect(found.p90).toBeGreaterThanOrEqual(found.p50);
        expect(Number.isFinite(found.p90)).toBe(true);
      }),
    );
  });

  test('what happens to unrelated work, before or after, changes nothing', () => {
    fc.assert(
      fc.property(anyRuns, anyRuns, anyWork, fc.infiniteStream(fc.boolean()), (ours, others, asked, coin) => {
        const alone = createPredictor(bounds);
        for (const [of, seconds] of ours) run(alone, of, seconds);
        const mixed = createPredictor(bounds);
        const [left, right] = [[...ours], others.map(([of, seconds]) => [strange(of), seconds] as const)];
        while (left.length + right.length > 0) {
          const next = (coin.next().value ? left.shift() : right.shift()) ?? left.shift() ?? right.shift();
          if (next) run(mixed, ...next);
        }
        expect(mixed.predict(asked)).toEqual(alone.predict(asked));
      }),
    );
  });

  const strange = (of: Work): Work => ({
    ...of,
    exact: `other ${of.exact}`,
    family: `other ${of.family}`,
    group: `other ${of.group}`,
    device: `other ${of.device}`,
  });
});

test('work that never varies can be learned from for years', () => {
  const predictor = createPredictor(bounds);
  for (let count = 0; count < 50_000; count += 1) predictor.learn(work({ size: 1000 }), { amount: 5 });
  expect(predictor.predict(work({ exact: 'new', size: 1001 }))?.p50).toBeCloseTo(5, 3);
});

test('a run of no time at all is learned as the shortest that the clock can tell', () => {
  expect(learnAll(Array.from({ length: 40 }, () => 0)).predict(work())).toMatchObject({ p50: 0.001, p90: 0.001 });
});
