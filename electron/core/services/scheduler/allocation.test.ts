import { describe, expect, test } from 'vitest';
import type { Decision, DeviceCapacity, Grant, TaskRequest } from '../../scheduler-port.ts';
import {
  capacity,
  capacityWith,
  cpu,
  end,
  gigabyte,
  gpu,
  jobOf,
  open,
  request,
  share,
  started,
  submit,
  type TestScheduler,
} from './test-machine.ts';

const small = 1e6;
const ask = (count = 1, memoryBytes?: number): NonNullable<TaskRequest['device']> => ({
  kind: 'gpu',
  count,
  ...(memoryBytes !== undefined && { memoryBytes }),
});
const onGpu = (id: number, values: Partial<TaskRequest> = {}): TaskRequest =>
  request(id, { cores: 0.1, memoryBytes: small, device: ask(), ...values });

const machineWith = (...devices: DeviceCapacity[]): TestScheduler => open('fifo', capacityWith(...devices));

const grantOf = (decisions: readonly Decision[], id: number): Grant | undefined =>
  decisions.flatMap((decision) => (decision.kind === 'start' && decision.task === String(id) ? [decision.grant] : []))[0];

/** What each of these gets, in this order; undefined where it waits. */
const granted = (scheduler: TestScheduler, ...tasks: TaskRequest[]): (string | undefined)[] =>
  tasks.map((task) => {
    const grant = grantOf(scheduler.apply({ kind: 'submitted', task }), task.job.id);
    return (
      grant &&
      [grant.device, ...grant.accelerators.map((one) => `${one.device}${one.memoryBytes ? ` ${one.memoryBytes / 1e9}` : ''}`)].join(' ')
    );
  });

const reason = (scheduler: TestScheduler, id: number) => scheduler.explain(String(id))?.reason;

describe('the processor and its shares', () => {
  const left = { ...cpu, id: 'left', parent: 'cpu', cores: 2, memoryBytes: 2 * gigabyte };

  test('work goes where most cores are free, to the processor itself when it is a tie', () => {
    const tasks = [1, 2, 3, 4, 5, 6].map((id) => request(id, { memoryBytes: small }));
    expect(granted(machineWith(left), ...tasks)).toEqual(['cpu', 'cpu', 'cpu', 'left', 'cpu', 'left']);
  });

  test('work that is packed goes where the fewest cores are free that suffice', () => {
    const packed = [1, 2, 3, 4, 5].map((id) => request(id, { memoryBytes: small, prefer: 'pack' as const }));
    expect(granted(machineWith(left), ...packed, request(6, { memoryBytes: small, cores: 2 }))).toEqual([
      ...['left', 'left', 'cpu', 'cpu', 'cpu'],
      undefined,
    ]);
  });

  test('work that rules out a share runs beside it, and waits while there is no room', () => {
    const scheduler = machineWith(left);
    const task = (id: number) => request(id, { cores: 2, memoryBytes: small, notOn: ['left'] });
    expect(granted(scheduler, task(1), task(2), task(3))).toEqual(['cpu', 'cpu', undefined]);
    expect(granted(scheduler, request(4, { cores: 2, memoryBytes: small }))).toEqual(['left']);
    expect(started(end(scheduler, 1))).toEqual(['3']);
  });

  test('work that names a share runs there and nowhere else', () => {
    const scheduler = machineWith(left);
    expect(granted(scheduler, request(1, { on: ['left'], cores: 2 }), request(2, { on: ['left'] }), request(3))).toEqual([
      'left',
      undefined,
      'cpu',
    ]);
    expect(reason(scheduler, 2)).toEqual({
      code: 'cores-busy',
      values: { needCores: 1, freeCores: 0, totalCores: 2, holders: [jobOf(1)] },
    });
  });

  test('the memory of a share bounds what is granted on it', () => {
    const scheduler = machineWith(left);
    expect(granted(scheduler, request(1, { on: ['left'], memoryBytes: 1.5e9 }), request(2, { on: ['left'] }))).toEqual(['left', undefined]);
    expect(reason(scheduler, 2)).toMatchObject({
      code: 'memory-granted',
      values: { needBytes: 1e9, freeBytes: 0.5e9, holders: [jobOf(1)] },
    });
  });

  test('who waits for the cores of one share does not keep those of another', () => {
    const scheduler = machineWith(left);
    const tasks = [request(1, { on: ['left'], cores: 2 }), request(2, { on: ['left'], cores: 2 }), request(3, { on: ['cpu'] })];
    expect(granted(scheduler, ...tasks)).toEqual(['left', undefined, 'cpu']);
  });

  test('work for a share that is gone waits for it', () => {
    const scheduler = machineWith(left);
    submit(scheduler, request(1, { on: ['left'], cores: 2 }), request(2, { on: ['left'] }));
    scheduler.apply({ kind: 'capacityChanged', capacity });
    end(scheduler, 1);
    expect(reason(scheduler, 2)).toEqual({
      code: 'device-unusable',
      values: { devices: ['left'], why: { code: 'device-gone', values: {} } },
    });
    expect(started(scheduler.apply({ kind: 'capacityChanged', capacity: capacityWith(left) }))).toEqual(['2']);
  });
});

describe('devices beside the processor', () => {
  test('one that is granted whole has nothing else on it', () => {
    const scheduler = machineWith(gpu(0), gpu(1));
    expect(granted(scheduler, onGpu(1), onGpu(2), onGpu(3), onGpu(4, { device: ask(1, gigabyte) }))).toEqual([
      'cpu gpu0',
      'cpu gpu1',
      undefined,
      undefined,
    ]);
    expect(reason(scheduler, 3)).toEqual({
      code: 'device-busy',
      values: { kind: 'gpu', need: 1, free: 0, total: 2, holders: [jobOf(1), jobOf(2)] },
    });
    expect(reason(scheduler, 4)).toEqual({ code: 'behind', values: { ahead: 1, first: jobOf(3) } });
  });

  test('by memory the fullest that still fits is taken, so that whole ones stay free', () => {
    const scheduler = machineWith(gpu(0), gpu(1));
    const by = (id: number, memory: number): TaskRequest => onGpu(id, { device: ask(1, memory * gigabyte) });
    expect(granted(scheduler, by(1, 4), by(2, 8), by(3, 6), by(4, 4), onGpu(5))).toEqual([
      'cpu gpu0 4',
      'cpu gpu0 8',
      'cpu gpu1 6',
      'cpu gpu0 4',
      undefined,
    ]);
    expect(scheduler.grantedOn('gpu0')).toEqual({ cores: 0, memoryBytes: 16e9, tasks: ['1', '2', '4'] });
  });

  test('several are several devices', () => {
    const scheduler = machineWith(gpu(0), gpu(1), gpu(2));
    expect(granted(scheduler, onGpu(1, { device: ask(2) }), onGpu(2, { device: ask(2) }), onGpu(3))).toEqual([
      'cpu gpu0 gpu1',
      undefined,
      undefined,
    ]);
    expect(started(end(scheduler, 1))).toEqual(['2', '3']);
  });

  test('a device is not granted beside its own share, but two of its shares are', () => {
    const shares = [share('gpu0', 'left'), share('gpu0', 'right')];
    const scheduler = machineWith(gpu(0), ...shares);
    const by = (id: number, count: number, values: Partial<TaskRequest> = {}): TaskRequest =>
      onGpu(id, { device: ask(count, 3e9), ...values });
    expect(granted(scheduler, by(1, 2))).toEqual(['cpu left 3 right 3']);
    expect(granted(scheduler, by(2, 1, { on: ['gpu0'] }))).toEqual(['cpu gpu0 3']);
    expect(granted(scheduler, by(3, 3))).toEqual([undefined]);
  });

  test('a device that is granted whole is not granted through its shares, nor the other way round', () => {
    const scheduler = machineWith(gpu(0), share('gpu0', 'left'), share('gpu0', 'right'));
    expect(granted(scheduler, onGpu(1), onGpu(2, { device: ask(1, 3e9) }), onGpu(3, { on: ['gpu0'] }))).toEqual([
      'cpu left',
      'cpu right 3',
      undefined,
    ]);
    expect(reason(scheduler, 3)).toMatchObject({ code: 'device-busy', values: { holders: [jobOf(1), jobOf(2)] } });
    end(scheduler, 1);
    expect(started(end(scheduler, 2))).toEqual(['3']);
    expect(granted(scheduler, onGpu(4, { device: ask(1, 1e9) }))).toEqual([undefined]);
  });

  test('memory is taken where the least is left, or the most, as is asked for', () => {
    const by = (id: number, memoryBytes: number, prefer?: 'pack' | 'spread') =>
      onGpu(id, { device: ask(1, memoryBytes), ...(prefer && { prefer }) });
    expect(granted(machineWith(gpu(0), gpu(1)), by(1, 4e9), by(2, 4e9), by(3, 4e9, 'spread'), by(4, 2e9, 'pack'))).toEqual([
      ...['cpu gpu0 4', 'cpu gpu0 4', 'cpu gpu1 4', 'cpu gpu0 2'],
    ]);
    const gang = (prefer: 'pack' | 'spread') => {
      const scheduler = machineWith(gpu(0), gpu(1));
      const members = [1, 2].map((id) => ({ ...by(id, 4e9, prefer), gang: { set: 'a', size: 2 } }));
      const events = members.map((task) => ({ kind: 'submitted' as const, task }));
      const decisions = scheduler.apply({ kind: 'together', events });
      return [1, 2].map((id) => grantOf(decisions, id)?.accelerators[0]?.device);
    };
    expect(gang('pack')).toEqual(['gpu0', 'gpu0']);
    expect(gang('spread')).toEqual(['gpu0', 'gpu1']);
  });

  test('who rules out a device gets none of its shares either', () => {
    const scheduler = machineWith(gpu(0), share('gpu0', 'left'), gpu(1));
    const without = (id: number, ...notOn: string[]) => onGpu(id, { device: ask(1, 3e9), notOn });
    expect(granted(scheduler, without(1, 'gpu0'), without(2, 'gpu1', 'left'), without(3, 'gpu0', 'gpu1'))).toEqual([
      'cpu gpu1 3',
      'cpu gpu0 3',
      undefined,
    ]);
  });

  test('one that does not tell its memory is granted whole', () => {
    const scheduler = machineWith({ id: 'npu0', kind: 'npu', name: 'NPU', cores: 0, foreign: [] });
    const device = { kind: 'npu' as const, count: 1, memoryBytes: 1e9 };
    expect(granted(scheduler, onGpu(1, { device }), onGpu(2, { device }))).toEqual(['cpu npu0', undefined]);
  });

  test('too little memory names the device that comes closest, the jobs and the other programs on it', () => {
    const foreign = [{ pid: 7, name: 'blender', bytes: 6e9 }];
    const scheduler = machineWith(gpu(0, { memoryBytes: 4e9 }), gpu(1, { memoryBytes: 10e9, foreign }));
    submit(scheduler, onGpu(1, { device: ask(1, 6e9) }), onGpu(2, { device: ask(1, 5e9) }));
    expect(reason(scheduler, 2)).toEqual({
      code: 'device-memory',
      values: { device: 'gpu1', needBytes: 5e9, freeBytes: 4e9, holders: [jobOf(1)], foreign },
    });
  });

  test('drained and broken devices get nothing, and neither do their shares', () => {
    const why = { code: 'device-drained' as const, values: { note: 'new fan' } };
    const scheduler = machineWith(gpu(0, { unusable: why }), share('gpu0', 'left'));
    expect(granted(scheduler, onGpu(1), request(2))).toEqual([undefined, 'cpu']);
    expect(reason(scheduler, 1)).toEqual({ code: 'device-unusable', values: { devices: ['gpu0', 'left'], why } });
    expect(started(scheduler.apply({ kind: 'capacityChanged', capacity: capacityWith(gpu(0)) }))).toEqual(['1']);
  });
});

describe('who waits keeps only what it lacks', () => {
  test('a task that waits for a device lets those pass that need none', () => {
    const scheduler = machineWith(gpu(0));
    expect(granted(scheduler, onGpu(1), onGpu(2, { cores: 4 }), request(3, { cores: 3 }))).toEqual(['cpu gpu0', undefined, 'cpu']);
  });

  test('with the device in reach it waits for cores, and keeps both', () => {
    const scheduler = machineWith(gpu(0));
    submit(scheduler, request(1, { cores: 3 }), onGpu(2, { cores: 2 }), onGpu(3), request(4));
    expect(scheduler.waiting(0, 9)).toEqual(['2', '3', '4']);
    expect(reason(scheduler, 3)).toEqual({ code: 'behind', values: { ahead: 1, first: jobOf(2) } });
    expect(reason(scheduler, 4)).toEqual({ code: 'behind', values: { ahead: 2, first: jobOf(2) } });
    expect(started(end(scheduler, 1))).toEqual(['2', '4']);
  });

  test('the device in reach stays its own while it waits for the cores of a share', () => {
    const left = { ...cpu, id: 'left', parent: 'cpu', cores: 2 };
    const scheduler = machineWith(left, gpu(0));
    const tasks = [request(1, { on: ['left'], cores: 2 }), onGpu(2, { on: ['left'], cores: 2 }), onGpu(3), request(4)];
    expect(granted(scheduler, ...tasks)).toEqual(['left', undefined, undefined, 'cpu']);
    expect(reason(scheduler, 3)).toEqual({ code: 'behind', values: { ahead: 1, first: jobOf(2) } });
    expect(started(end(scheduler, 1))).toEqual(['2']);
  });

  test('two devices become free for one task although others always want one', () => {
    const scheduler = machineWith(gpu(0), gpu(1));
    expect(granted(scheduler, onGpu(1), onGpu(2), onGpu(3, { device: ask(2) }), onGpu(4), onGpu(5))).toEqual([
      'cpu gpu0',
      'cpu gpu1',
      undefined,
      undefined,
      undefined,
    ]);
    expect(started(end(scheduler, 1))).toEqual([]);
    expect(started(end(scheduler, 2))).toEqual(['3']);
    expect(started(end(scheduler, 3))).toEqual(['4', '5']);
  });

  test('one that waits for one device does not keep the others of its kind that it may not have', () => {
    const scheduler = machineWith(gpu(0), gpu(1));
    expect(granted(scheduler, onGpu(1, { on: ['gpu0'] }), onGpu(2, { on: ['gpu0'] }), onGpu(3))).toEqual([
      'cpu gpu0',
      undefined,
      'cpu gpu1',
    ]);
  });

  test('what other programs leave too little for is not kept: it could not be had if all jobs ended', () => {
    const scheduler = open('fifo', { ...capacityWith(gpu(0, { memoryBytes: 5e9 })), memoryBytes: 2e9 });
    const tasks = [request(1, { memoryBytes: 3e9 }), onGpu(2, { device: ask(1, 6e9) }), onGpu(3, { device: ask(1, 4e9) }), request(4)];
    expect(granted(scheduler, ...tasks)).toEqual([undefined, undefined, 'cpu gpu0 4', 'cpu']);
    expect(reason(scheduler, 1)).toMatchObject({ code: 'memory-foreign', values: { needBytes: 3e9 } });
    expect(reason(scheduler, 2)).toMatchObject({ code: 'device-memory', values: { needBytes: 6e9, freeBytes: 1e9 } });
  });

  test('a start that found too little on a device waits until the device is measured again', () => {
    const scheduler = machineWith(gpu(0));
    submit(scheduler, onGpu(1, { device: ask(1, 6e9) }));
    expect(started(scheduler.apply({ kind: 'startRefused', task: '1', device: 'gpu0', freeBytes: 2e9 }))).toEqual([]);
    expect(reason(scheduler, 1)).toMatchObject({ code: 'device-memory', values: { device: 'gpu0', needBytes: 6e9, freeBytes: 2e9 } });
    expect(started(scheduler.apply({ kind: 'capacityChanged', capacity: capacityWith(gpu(0)) }))).toEqual(['1']);
  });
});
