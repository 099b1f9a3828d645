import { expect, test } from 'vitest';
import type { ReservationRequest } from '../../../../shared/contract/scheduler.ts';
import type { Capacity } from '../../scheduler-port.ts';
import { withReservation, type SavedReservations } from './reservations.ts';

const gigabyte = 1e9;
const capacity: Capacity = {
  memoryBytes: 20 * gigabyte,
  foreignBytes: 12 * gigabyte,
  devices: [
    { id: 'cpu', kind: 'cpu', name: 'Processor', cores: 8, foreign: [] },
    {
      id: 'gpu0',
      kind: 'gpu',
      name: 'GPU',
      cores: 0,
      memoryBytes: 20 * gigabyte,
      foreign: [{ pid: 1, name: 'game', bytes: 4 * gigabyte }],
    },
    { id: 'half', kind: 'gpu', name: 'half', parent: 'gpu0', cores: 0, memoryBytes: 8 * gigabyte, foreign: [] },
  ],
};
const add = (saved: SavedReservations, group: string, values: Partial<ReservationRequest>): SavedReservations =>
  withReservation(saved, { group, devices: [], startsAt: 100, endsAt: 200, repeats: 'never', endsRunning: false, ...values }, capacity, 50);
const none: SavedReservations = { lastId: 0, kept: [] };
const onGpu = (gigabytes: number): Partial<ReservationRequest> => ({ devices: ['gpu0'], deviceMemoryBytes: gigabytes * gigabyte });
const refused = (code: string, values: object) =>
  expect.objectContaining({ reason: { code, values: expect.objectContaining(values) as unknown } }) as unknown;

test('groups reserve memory of the machine beside each other, whatever other programs hold now', () => {
  const saved = add(none, 'lab', { memoryBytes: 24 * gigabyte });
  expect(add(saved, 'vision', { memoryBytes: 8 * gigabyte }).lastId).toBe(2);
  expect(() => add(saved, 'vision', { memoryBytes: 9 * gigabyte })).toThrow(
    refused('reservation-memory-taken', { bytes: 9 * gigabyte, left: 8 * gigabyte }),
  );
  expect(add(saved, 'vision', { memoryBytes: 9 * gigabyte, startsAt: 200, endsAt: 300 }).lastId).toBe(2);
});

test('groups reserve memory of one device beside each other, but not beside one that has it or a share of it whole', () => {
  const saved = add(none, 'lab', onGpu(16));
  expect(add(saved, 'vision', onGpu(8)).lastId).toBe(2);
  expect(() => add(saved, 'vision', onGpu(9))).toThrow(
    refused('reservation-memory-taken', { device: 'gpu0', bytes: 9 * gigabyte, left: 8 * gigabyte }),
  );
  for (const device of ['gpu0', 'half']) {
    expect(() => add(saved, 'vision', { devices: [device] })).toThrow(refused('reservation-device-taken', { device, group: 'lab' }));
  }
});
