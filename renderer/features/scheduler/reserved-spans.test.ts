import { expect, test } from 'vitest';
import type { Reservation } from '../../../shared/contract/scheduler.ts';
import { reservedSpans } from './reserved-spans.ts';

const reservation = (values: Partial<Reservation>): Reservation => ({
  id: 1,
  group: 'lab',
  devices: [],
  startsAt: 1,
  endsAt: 2,
  repeats: 'daily',
  endsRunning: false,
  next: { from: 10, to: 20 },
  ...values,
});
const labels = (device: Parameters<typeof reservedSpans>[0], ...all: Reservation[]) => reservedSpans(device, all).map(({ label }) => label);

test('what is reserved is seen on its devices and their shares, cores and memory of the machine on the processor', () => {
  const all = [reservation({ devices: ['gpu0'] }), reservation({ id: 2, group: 'vision', cores: 2 })];
  expect(reservedSpans({ id: 'gpu0', kind: 'gpu' }, all)).toMatchObject([{ key: '1', from: 10, to: 20, label: 'lab' }]);
  expect(labels({ id: 'half', kind: 'gpu', parent: 'gpu0' }, ...all)).toEqual(['lab']);
  expect(labels({ id: 'gpu1', kind: 'gpu' }, ...all)).toEqual([]);
  expect(labels({ id: 'cpu', kind: 'cpu' }, ...all)).toEqual(['vision']);
  expect(labels({ id: 'left', kind: 'cpu', parent: 'cpu' }, ...all)).toEqual([]);
  expect(labels({ id: 'cpu', kind: 'cpu' }, reservation({ memoryBytes: 1e9 }), reservation({ devices: ['gpu0'] }))).toEqual(['lab']);
});

test('one that is over is not seen', () => {
  const { next: _, ...over } = reservation({ devices: ['gpu0'] });
  expect(labels({ id: 'gpu0', kind: 'gpu' }, over)).toEqual([]);
});
