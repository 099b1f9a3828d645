import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Estimate, Grant } from '../../scheduler-port.ts';
import { heft, shortestPossible } from './simulator/critical-path.ts';
import { Workload, type Placed } from './simulator/workload.ts';
import { capacityWith, gpu, jobOf, oneCore, open, request, started, waitsFor, type TestScheduler } from './test-machine.ts';
import { play, seconds, type Play } from './test-play.ts';

/* Fastest finish as it runs live, beside HEFT, which knows everything from the start. */

/** What each task takes on each device, in seconds, and for which earlier ones it waits. */
interface Drawn {
  readonly costs: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

const mostDevices = 4;

const anyCosts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: mostDevices, maxLength: mostDevices });

/** Seconds that keep any two ends apart: of one instant live sees one end after the other. */
const aLittle = (index: number, place: number): number => (((index * mostDevices + place + 1) * 0.618_033_988_7) % 1) / 1000;

/** Some faster than others for everything, or each for something else. */
const anyGraph = (mostTasks: number, mostEdges: number): fc.Arbitrary<Drawn> =>
  fc
    .record({
      devices: fc.integer({ min: 1, max: mostDevices }),
      slowness: fc.option(anyCosts),
      costs: fc.array(anyCosts, { minLength: 1, maxLength: mostTasks, size: 'max' }),
      edges: fc.array(fc.tuple(fc.nat(mostTasks - 1), fc.nat(mostTasks - 1)), { maxLength: mostEdges, size: 'max' }),
    })
    .map(({ devices, slowness, costs, edges }) => ({
      costs: costs.map((own, index) =>
        own.slice(0, devices).map((cost, place) => (slowness ? own[0]! * slowness[place]! : cost) + aLittle(index, place)),
      ),
      after: costs.map((_, index) => [
        ...new Set(edges.flatMap(([a, b]) => (Math.max(a, b) === index && a !== b ? [Math.min(a, b)] : []))),
      ]),
    }));

const estimate = (p50Seconds: number): Estimate => ({ p50Seconds, p90Seconds: p50Seconds });

/** Live: all are there before any starts, and take what was thought. */
const placedLive = ({ costs, after }: Drawn): Placed[] => {
  const devices = costs[0]!.map((_, place) => gpu(place));
  const plays = costs.map((own, index): Play => {
    const [first = 0, ...others] = own;
    const task = request(index + 2, {
      enqueuedAt: 0,
      cores: 0.01,
      memoryBytes: 1,
      device: { kind: 'gpu', count: 1 },
      after: [waitsFor(1), ...after[index]!.map((one) => waitsFor(one + 2))],
      estimate: estimate(first),
      estimateOn: Object.fromEntries(others.map((cost, place) => [`gpu${place + 1}`, estimate(cost)])),
    });
    return { task, at: 0, ms: 0, msWith: (grant) => 1000 * own[placeIn(grant)]! };
  });
  // Nothing starts before the gate opens, when all of them stand in line.
  const gate: Play = { task: request(1, { enqueuedAt: 0, cores: 4, memoryBytes: 1 }), at: 0, ms: 0 };
  const starts = play(open('fastest', capacityWith(...devices)), [gate, ...plays]);
  return costs.map((own, index) => {
    const { at, grant } = starts.get(String(index + 2))!;
    const place = placeIn(grant);
    return { id: String(index), device: `t${place}:0`, start: at / 1000, end: at / 1000 + own[place]! };
  });
};

/** Which of the devices it was granted. */
const placeIn = ({ accelerators }: Grant): number => Number(accelerators[0]!.device.slice('gpu'.length));

const workloadOf = ({ costs, after }: Drawn): Workload =>
  Workload.parse({
    devices: costs[0]!.map((_, place) => ({ type: `t${place}` })),
    tasks: costs.map((own, index) => ({
      id: String(index),
      cost: Object.fromEntries(own.map((cost, place) => [`t${place}`, cost])),
      after: after[index]!.map((one) => ({ id: String(one) })),
    })),
  });

const makespanOf = (placed: readonly Placed[]): number => Math.max(...placed.map(({ end }) => end));

describe('fastest finish over unlike devices', () => {
  test('without dependencies it is HEFT, task by task', () => {
    fc.assert(
      fc.property(anyGraph(17, 0), (drawn) => {
        const planned = heft(workloadOf(drawn));
        for (const [index, { device, start }] of placedLive(drawn).entries()) {
          expect(device).toBe(planned[index]?.device);
          expect(start).toBeCloseTo(planned[index]!.start, 6);
        }
      }),
    );
  });

  test('beats no lower bound, and never takes longer than everything on the best of the devices one after the other', () => {
    fc.assert(
      fc.property(anyGraph(24, 40), (drawn) => {
        const placed = placedLive(drawn);
        const makespan = makespanOf(placed);
        const best = drawn.costs.map((own) => Math.min(...own));
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
        expect(makespan).toBeGreaterThanOrEqual(shortestPossible(workloadOf(drawn)) - 1e-9);
        expect(makespan).toBeGreaterThanOrEqual(sum(best) / drawn.costs[0]!.length - 1e-9);
        const alone = drawn.costs[0]!.map((_, place) => sum(drawn.costs.map((own) => own[place]!)));
        expect(makespan).toBeLessThanOrEqual(Math.min(...alone) + 1e-9);
        for (const { id, start } of placed)
          for (const one of drawn.after[Number(id)]!) expect(start).toBeGreaterThanOrEqual(placed[one]!.end - 1e-9);
      }),
    );
  });

  test('beside HEFT it takes as long in the middle, and a hundredth more on average', () => {
    const ratios = fc
      .sample(anyGraph(40, 60), { numRuns: 500, seed: 7 })
      .map((drawn) => makespanOf(placedLive(drawn)) / makespanOf(heft(workloadOf(drawn))))
      .toSorted((a, b) => a - b);
    const at = (part: number): number => ratios[Math.floor(part * (ratios.length - 1))]!;
    const mean = ratios.reduce((total, one) => total + one, 0) / ratios.length;
    process.stdout.write(
      `fastest / HEFT over ${ratios.length} random pipelines: median ${at(0.5).toFixed(3)}, mean ${mean.toFixed(4)}, p90 ${at(0.9).toFixed(3)}, p99 ${at(0.99).toFixed(3)}, worst ${at(1).toFixed(3)}\n`,
    );
    expect(at(0.5)).toBeLessThanOrEqual(1.001);
    expect(mean).toBeLessThanOrEqual(1.01);
    expect(at(0.99)).toBeLessThanOrEqual(1.2);
  });
});

const submitAt = (scheduler: TestScheduler, now: number, ...tasks: ReturnType<typeof request>[]): string[] =>
  tasks.flatMap((task) => started(scheduler.apply({ kind: 'submitted', task: { ...task, enqueuedAt: now } }, now)));

const orderOf = (scheduler: TestScheduler): string[] => scheduler.waiting(0, 100);

describe('under fastest finish', () => {
  const machine = capacityWith(gpu(0), gpu(1));
  const onGpu = (id: number, quick: number, slow: number, values = {}) =>
    request(id, {
      cores: 0.1,
      device: { kind: 'gpu', count: 1 },
      estimate: { p50Seconds: quick, p90Seconds: quick },
      estimateOn: { gpu1: { p50Seconds: slow, p90Seconds: slow } },
      ...values,
    });

  test('a task waits for the faster device when it ends sooner there, and says so; the next goes where it fits', () => {
    const scheduler = open('fastest', machine);
    const decisions = submitAt(scheduler, 0, onGpu(1, 10, 35));
    expect(decisions).toEqual(['1']);
    expect(submitAt(scheduler, 0, onGpu(2, 10, 35))).toEqual([]);
    expect(scheduler.explain('2')).toEqual({
      position: 1,
      startsAt: 10_000,
      reason: {
        code: 'waits-for-faster',
        values: { device: 'gpu0', freeAt: 10_000, finishesAt: 20_000, insteadOf: 'gpu1', insteadFinishesAt: 35_000 },
      },
    });
    expect(submitAt(scheduler, 0, onGpu(3, 10, 35))).toEqual([]);
    // The third would end at 30 s on gpu0, so that the fourth is better off on gpu1.
    expect(submitAt(scheduler, 0, onGpu(4, 10, 35))).toEqual(['4']);
    expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 10_000))).toEqual(['2']);
  });

  test('it waits for a device that comes free later than thought while it still ends sooner there, and wakes to look again', () => {
    const scheduler = open('fastest', machine);
    submitAt(scheduler, 0, onGpu(1, 10, 35), onGpu(2, 10, 35));
    // What has outrun its P90 is thought to need twice that, and twice that again: 30 s beside 45 s, 50 s beside 55 s, 90 s beside 75 s.
    const wakes: number[] = [];
    let begun: string[] = [];
    while (begun.length === 0) {
      const at = scheduler.wakeAt!;
      wakes.push(at);
      begun = started(scheduler.apply({ kind: 'timePassed' }, at));
    }
    expect(begun).toEqual(['2']);
    expect(wakes).toEqual([10_001, 20_001, 40_001]);
    expect(scheduler.wakeAt).toBeUndefined();
  });

  test('whose device comes free later than thought is passed by nobody any more who would take what it lacks beside that', () => {
    const scheduler = open('fastest', machine);
    submitAt(scheduler, 0, onGpu(1, 10, 100, { cores: 2 }), onGpu(2, 10, 100, { cores: 4 }));
    const brief = (id: number) => request(id, { cores: 1, ...seconds(1) });
    expect(submitAt(scheduler, 5000, brief(3))).toEqual(['3']);
    expect(submitAt(scheduler, 10_001, brief(4))).toEqual([]);
    expect(scheduler.explain('4')?.reason).toEqual({ code: 'reserved-behind', values: { job: jobOf(2), at: 20_000 } });
    scheduler.apply({ kind: 'ended', task: '3', succeeded: true }, 10_500);
    expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 11_000))).toEqual(['2']);
  });

  test('a later one goes into the gap before a planned one, by what it takes where it goes and not where it would take longest', () => {
    const scheduler = open('fastest', machine);
    const gap = (id: number, quick: number) => onGpu(id, quick, 60, { cores: 1 });
    submitAt(scheduler, 0, request(1, { cores: 3, ...seconds(10) }), request(2, { cores: 4, ...seconds(90) }));
    expect(scheduler.explain('2')?.startsAt).toBe(10_000);
    expect(submitAt(scheduler, 0, gap(3, 11))).toEqual([]);
    expect(submitAt(scheduler, 0, gap(4, 5))).toEqual(['4']);
    expect(started(scheduler.apply({ kind: 'ended', task: '4', succeeded: true }, 5000))).toEqual([]);
    expect(started(scheduler.apply({ kind: 'ended', task: '1', succeeded: true }, 10_000))).toEqual(['2']);
  });

  test('of more than can be planned nobody goes to a device on which it ends after all the others', () => {
    const scheduler = open('fastest', machine);
    scheduler.apply({ kind: 'paused' }, 0);
    submitAt(scheduler, 0, ...Array.from({ length: 40 }, (_, place) => onGpu(place + 1, 1, 50, { memoryBytes: 1 })));
    expect(started(scheduler.apply({ kind: 'resumed' }, 0))).toEqual(['1']);
    expect(scheduler.explain('40')?.reason.code).toBe('behind');
  });

  test('a decision carries the devices that were compared, best first', () => {
    const scheduler = open('fastest', machine);
    scheduler.apply({ kind: 'submitted', task: onGpu(1, 10, 35) }, 0);
    const [decision] = scheduler.apply({ kind: 'submitted', task: onGpu(2, 30, 10) }, 0);
    expect(decision).toMatchObject({
      grant: { accelerators: [{ device: 'gpu1' }] },
      candidates: [
        { device: 'gpu1', freeAt: 0, p50Seconds: 10, finishesAt: 10_000 },
        { device: 'gpu0', freeAt: 10_000, p50Seconds: 30, finishesAt: 40_000 },
      ],
    });
  });

  test('the longest way to the end of a pipeline goes first, and longer still when more comes to wait for it', () => {
    const scheduler = open('fastest', oneCore);
    submitAt(scheduler, 0, request(1), request(2, seconds(5)), request(3, seconds(4)));
    expect(orderOf(scheduler)).toEqual(['2', '3']);
    submitAt(scheduler, 0, request(4, { ...seconds(3), after: [waitsFor(3)] }));
    expect(orderOf(scheduler)).toEqual(['3', '2', '4']);
    scheduler.apply({ kind: 'removed', task: '4' }, 0);
    expect(orderOf(scheduler)).toEqual(['2', '3']);
  });

  test('where nothing is known to differ it starts what fits', () => {
    const scheduler = open('fastest', machine);
    expect(submitAt(scheduler, 0, request(1, seconds(5)), request(2), request(3, { device: { kind: 'gpu', count: 2 } }))).toEqual([
      '1',
      '2',
      '3',
    ]);
  });
});
