import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Estimate, Grant } from '../../scheduler-port.ts';
import { heft, shortestPossible } from './simulator/critical-path.ts';
import { Workload, type Placed } from './simulator/workload.ts';
import { capacityWith, gpu, open, request, waitsFor } from './test-machine.ts';
import { play, type Play } from './test-play.ts';

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
