import { describe, expect, test } from 'vitest';
import type { PolicyName } from '../../../../shared/contract/scheduler.ts';
import type { Capacity, Decision, DeviceCapacity, TaskRequest } from '../../scheduler-port.ts';
import { capacityWith, cpu, gigabyte, gpu, jobOf, open, request, waitsFor, type TestScheduler } from './test-machine.ts';

const small = 1e6;
const shareOfCpu = (id: string, cores: number, numaNode?: number): DeviceCapacity => ({
  ...cpu,
  id,
  parent: 'cpu',
  cores,
  ...(numaNode !== undefined && { numaNode }),
});
/** All cores of the processor are given to shares. */
const sharesOnly = (...devices: DeviceCapacity[]): Capacity => ({
  ...capacityWith(),
  devices: [{ ...cpu, cores: 0 }, ...devices],
});
const [left, right] = [shareOfCpu('left', 2), shareOfCpu('right', 2)];
const task = (id: number, values: Partial<TaskRequest> = {}): TaskRequest => request(id, { memoryBytes: small, ...values });
const card = (number: number, values: Partial<DeviceCapacity> = {}): DeviceCapacity => gpu(number, { name: 'Card', ...values });

/** Where the started tasks go, and why there. */
const placesIn = (decisions: readonly Decision[]) =>
  decisions.flatMap((decision) => {
    if (decision.kind !== 'start') return [];
    const { task: id, grant, near } = decision;
    return [[id, [grant.device, ...grant.accelerators.map(({ device }) => device)].join(' '), near?.code]];
  });
const submitTo = (scheduler: TestScheduler, ...tasks: TaskRequest[]) =>
  tasks.flatMap((one) => placesIn(scheduler.apply({ kind: 'submitted', task: one })));
const endOf = (scheduler: TestScheduler, ...ids: number[]) =>
  ids.flatMap((id) => placesIn(scheduler.apply({ kind: 'ended', task: String(id), succeeded: true })));

describe('a task that waited for another one', () => {
  test('runs on the share where that one ran, though another one stands first', () => {
    const scheduler = open('fifo', sharesOnly(left, right));
    submitTo(scheduler, task(1, { on: ['right'] }), task(2, { after: [waitsFor(1)] }));
    const [decision] = scheduler.apply({ kind: 'ended', task: '1', succeeded: true });
    expect(decision).toMatchObject({
      grant: { device: 'right' },
      near: { code: 'made-here', values: { device: 'right', job: jobOf(1) } },
    });
    expect(submitTo(open('fifo', sharesOnly(left, right)), task(2))).toEqual([['2', 'left', undefined]]);
  });

  test('runs elsewhere where more cores are free, and there rather than on the processor itself where as many are', () => {
    const scheduler = open('fifo', sharesOnly(left, right));
    submitTo(scheduler, task(1, { on: ['right'] }), task(2, { on: ['right'] }), task(3, { after: [waitsFor(1)] }));
    expect(endOf(scheduler, 1)).toEqual([['3', 'left', undefined]]);
    const beside = open('fifo', capacityWith(left));
    submitTo(beside, task(1, { on: ['left'] }), task(2, { cores: 2, on: ['cpu'] }), task(3, { after: [waitsFor(1)] }));
    expect(endOf(beside, 1)).toEqual([['3', 'left', 'made-here']]);
  });

  test('goes by the last of several that ended, however they ended and in whatever order it named them', () => {
    const scheduler = open('fifo', sharesOnly(left, right));
    const after = [{ ...waitsFor(1), when: 'ended' as const }, waitsFor(2)];
    submitTo(scheduler, task(1, { on: ['right'] }), task(2, { on: ['left'] }), task(3, { after }));
    endOf(scheduler, 2);
    expect(placesIn(scheduler.apply({ kind: 'ended', task: '1', succeeded: false }))).toEqual([['3', 'right', 'made-here']]);
  });

  test('does so too after it was held and released, put first, or sent back in line', () => {
    const scheduler = open('fifo', sharesOnly(left, right));
    const waits = task(3, { after: [waitsFor(1)], isHeld: true });
    submitTo(scheduler, task(1, { on: ['right'] }), waits);
    endOf(scheduler, 1);
    const { after: _, ...again } = waits;
    const released = { ...again, after: [], isHeld: false, boost: 1 };
    expect(placesIn(scheduler.apply({ kind: 'changed', task: released }))).toEqual([['3', 'right', 'made-here']]);
    expect(placesIn(scheduler.apply({ kind: 'requeued', task: released }))).toEqual([['3', 'right', 'made-here']]);
    expect(placesIn(scheduler.apply({ kind: 'startRefused', task: '3', freeBytes: 4 * gigabyte }))).toEqual([['3', 'right', 'made-here']]);
  });

  test('starts there when its group has a reservation for that share', () => {
    const scheduler = open('fifo', sharesOnly(left, right));
    const part = { id: 1, group: 'default', cores: 0, memoryBytes: 0, devices: ['left', 'right'], endsRunning: false };
    scheduler.apply({ kind: 'reservedChanged', parts: [{ ...part, windows: [{ from: 0, to: Infinity }] }] });
    submitTo(scheduler, task(1, { on: ['right'] }), task(2, { after: [waitsFor(1)] }));
    expect(endOf(scheduler, 1)).toEqual([['2', 'right', 'made-here']]);
  });

  test('is told no reason where all that are as good are as near', () => {
    const scheduler = open('fifo', sharesOnly(left));
    submitTo(scheduler, task(1), task(2, { after: [waitsFor(1)] }));
    expect(endOf(scheduler, 1)).toEqual([['2', 'left', undefined]]);
  });

  test('goes to the same NUMA node where it cannot go to the same device', () => {
    const machine = sharesOnly(shareOfCpu('a', 2, 0), shareOfCpu('b', 2, 1), shareOfCpu('c', 2, 1));
    const scheduler = open('fifo', machine);
    submitTo(scheduler, task(1, { on: ['b'] }), task(2, { on: ['b'] }), task(3, { after: [waitsFor(1)] }));
    const [decision] = scheduler.apply({ kind: 'ended', task: '1', succeeded: true });
    expect(decision).toMatchObject({
      grant: { device: 'c' },
      near: { code: 'made-on-node', values: { device: 'c', job: jobOf(1), node: 1 } },
    });
  });
});

describe('devices beside the processor', () => {
  const onCard = (id: number, values: Partial<TaskRequest> = {}): TaskRequest =>
    task(id, { cores: 0.1, device: { kind: 'gpu', count: 1 }, ...values });

  test('the card is the same again, if it is of the same make as the one that stands first', () => {
    const scheduler = open('fifo', capacityWith(card(0), card(1)));
    submitTo(scheduler, onCard(1, { on: ['gpu1'] }), onCard(2, { after: [waitsFor(1)] }));
    expect(endOf(scheduler, 1)).toEqual([['2', 'cpu gpu1', 'made-here']]);
    const unlike = open('fifo', capacityWith(card(0), card(1, { name: 'Larger card' })));
    submitTo(unlike, onCard(1, { on: ['gpu1'] }), onCard(2, { after: [waitsFor(1)] }));
    expect(endOf(unlike, 1)).toEqual([['2', 'cpu gpu0', undefined]]);
  });

  test('a part goes to the card with least memory left, and to the same one only of those with as much', () => {
    const part = { device: { kind: 'gpu' as const, count: 1, memoryBytes: 4 * gigabyte } };
    const scheduler = open('fifo', capacityWith(card(0), card(1), card(2)));
    submitTo(
      scheduler,
      onCard(1, { ...part, on: ['gpu2'] }),
      onCard(2, { ...part, after: [waitsFor(1)] }),
      onCard(3, { ...part, on: ['gpu0'] }),
    );
    expect(endOf(scheduler, 1)).toEqual([['2', 'cpu gpu0', undefined]]);
    submitTo(scheduler, onCard(4, { ...part, on: ['gpu2'] }), onCard(5, { ...part, after: [waitsFor(4)] }));
    endOf(scheduler, 2, 3);
    expect(endOf(scheduler, 4)).toEqual([['5', 'cpu gpu2', 'made-here']]);
  });

  test('of several cards each is as near as it can be', () => {
    const machine = capacityWith(...[0, 0, 1, 1].map((numaNode, number) => card(number, { numaNode })));
    const scheduler = open('fifo', machine);
    const two = { device: { kind: 'gpu' as const, count: 2 } };
    submitTo(scheduler, onCard(1, { on: ['gpu3'] }), onCard(2, { ...two, after: [waitsFor(1)] }));
    const [[, place] = []] = endOf(scheduler, 1);
    expect(place?.split(' ').toSorted()).toEqual(['cpu', 'gpu2', 'gpu3']);
  });

  test('the processor is the share on the node of the card, also without anything to go on', () => {
    const machine = sharesOnly(shareOfCpu('a', 2, 0), shareOfCpu('b', 2, 1), card(0, { numaNode: 1 }));
    const [decision] = open('fifo', machine).apply({ kind: 'submitted', task: onCard(1) });
    expect(decision).toMatchObject({
      grant: { device: 'b', accelerators: [{ device: 'gpu0' }] },
      near: { code: 'on-node-of', values: { device: 'b', other: 'gpu0', node: 1 } },
    });
  });
});

describe('where times are known', () => {
  const second = { p50Seconds: 10, p90Seconds: 20 };
  const placed = (policy: PolicyName, there: number): unknown => {
    const scheduler = open(policy, sharesOnly(left, right));
    const known = { estimate: second, estimateOn: { right: { p50Seconds: there, p90Seconds: 20 } } };
    submitTo(scheduler, task(1, { on: ['right'] }), task(2, { ...known, after: [waitsFor(1)] }));
    return endOf(scheduler, 1)[0]?.[1];
  };

  test('fastest finish loses no moment for it; under other policies times do not say where a task goes', () => {
    expect(placed('fastest', 10)).toBe('right');
    expect(placed('fastest', 10.001)).toBe('left');
    expect(placed('fifo', 10.001)).toBe('right');
  });
});
