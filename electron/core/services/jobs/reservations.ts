import { Reservation, type ReservationRequest } from '../../../../shared/contract/scheduler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Capacity, Occupant, ReservedPart } from '../../scheduler-port.ts';
import { meet, windowsOf } from './reservation-windows.ts';
import * as z from 'zod';

/** Under which name reservations are kept. */
export const reservationsSetting = 'reservations';

const Saved = z.object({ lastId: z.int().nonnegative(), kept: z.array(Reservation.omit({ next: true, heldUpBy: true })) });
export type SavedReservations = z.infer<typeof Saved>;

export const savedReservations = (settings: ReadonlyMap<string, string>): SavedReservations => {
  const value = settings.get(reservationsSetting);
  return value === undefined ? { lastId: 0, kept: [] } : Saved.parse(JSON.parse(value));
};

/** What the scheduler goes by, without calendar. */
export const reservedParts = ({ kept }: SavedReservations, now: number): ReservedPart[] =>
  kept.flatMap((one) => {
    const windows = windowsOf(one, now);
    if (windows.length === 0) return [];
    const { id, cores = 0, memoryBytes = 0, devices, deviceMemoryBytes, endsRunning } = one;
    const ofDevices = { devices, ...(deviceMemoryBytes !== undefined && { deviceMemoryBytes }) };
    return [{ id, group: groupOf(one.group), cores, memoryBytes, ...ofDevices, endsRunning, windows }];
  });

/** With the one that is or comes next, and what others still hold of it; without what is over. */
export const reservationsNow = (
  { kept }: SavedReservations,
  now: number,
  heldUp: ReadonlyMap<number, readonly Occupant[]>,
): Reservation[] =>
  kept.flatMap((one) => {
    const [next] = windowsOf(one, now);
    const heldUpBy = heldUp.get(one.id)?.map(({ job, isEnding }) => ({ ...job, isEnding }));
    return next ? [{ ...one, next, ...(heldUpBy && { heldUpBy }) }] : [];
  });

/** With one more; refuses what could not be kept. */
export const withReservation = (
  saved: SavedReservations,
  asked: ReservationRequest,
  capacity: Capacity,
  now: number,
): SavedReservations => {
  const group = groupOf(asked.group);
  const [first] = windowsOf(asked, now);
  if (!first) throw new Refusal({ code: 'reservation-over', values: { endsAt: asked.endsAt } });
  for (const device of asked.devices) {
    if (capacity.devices.some(({ id }) => id === device)) continue;
    throw new Refusal({ code: 'device-unknown', values: { device, known: capacity.devices.map(({ id }) => id).join(', ') } });
  }
  const others = saved.kept.flatMap((one) => {
    const window = meet(asked, one, now);
    return window && groupOf(one.group) !== group ? [{ one, window }] : [];
  });
  for (const { one, window } of others) {
    const isTaken = (id: string): boolean =>
      one.devices.some(
        (other) => areOne(capacity, id, other) && !(id === other && keptBytes(capacity, asked, id) && keptBytes(capacity, one, id)),
      );
    const device = asked.devices.find(isTaken);
    if (device) throw new Refusal({ code: 'reservation-device-taken', values: { device, group: one.group, from: window.from } });
  }
  for (const device of asked.devices) {
    const bytes = keptBytes(capacity, asked, device);
    const ofOthers = sum(others.map(({ one }) => (one.devices.includes(device) ? (keptBytes(capacity, one, device) ?? 0) : 0)));
    const left = Math.max(0, memoryOf(capacity, device) - ofOthers);
    if (bytes !== undefined && bytes > left) throw new Refusal({ code: 'reservation-memory-taken', values: { bytes, left, device } });
  }
  const total = capacity.devices.find(({ kind, parent }) => kind === 'cpu' && parent === undefined)?.cores ?? 0;
  const left = Math.max(0, total - sum(others.map(({ one }) => one.cores ?? 0)));
  const { cores } = asked;
  if (cores !== undefined && cores > left) throw new Refusal({ code: 'reservation-cores-taken', values: { cores, left } });
  const { memoryBytes: bytes } = asked;
  const leftBytes = Math.max(0, capacity.memoryBytes + capacity.foreignBytes - sum(others.map(({ one }) => one.memoryBytes ?? 0)));
  if (bytes !== undefined && bytes > leftBytes) throw new Refusal({ code: 'reservation-memory-taken', values: { bytes, left: leftBytes } });
  const lastId = saved.lastId + 1;
  return { lastId, kept: [...upcoming(saved, now), { ...asked, id: lastId }] };
};

export const withoutReservation = (saved: SavedReservations, id: number, now: number): SavedReservations => {
  const kept = upcoming(saved, now);
  if (!kept.some((one) => one.id === id)) throw new Refusal({ code: 'reservation-unknown', values: { id } });
  return { ...saved, kept: kept.filter((one) => one.id !== id) };
};

/** What a reservation keeps of the memory of a device that it names; absent where it keeps it whole. */
const keptBytes = (capacity: Capacity, { deviceMemoryBytes }: ReservationRequest, id: string): number | undefined => {
  const device = capacity.devices.find((one) => one.id === id);
  return device?.kind === 'cpu' || device?.memoryBytes === undefined ? undefined : deviceMemoryBytes;
};

/** All that could be granted of it: what other programs hold now they may not hold then. */
const memoryOf = ({ devices }: Capacity, id: string): number => {
  const device = devices.find((one) => one.id === id);
  return (device?.memoryBytes ?? 0) + sum((device?.foreign ?? []).map(({ bytes }) => bytes));
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const upcoming = ({ kept }: SavedReservations, now: number) => kept.filter((one) => windowsOf(one, now).length > 0);

/** As the scheduler names groups: slashes at the ends and doubled ones mean nothing. */
const groupOf = (group: string): string => group.split('/').filter(Boolean).join('/') || 'default';

/** Whether they are the same device, or one is a share of the other. */
const areOne = ({ devices }: Capacity, a: string, b: string): boolean => {
  const above = (id: string | undefined): string[] =>
    id === undefined ? [] : [id, ...above(devices.find((one) => one.id === id)?.parent)];
  return above(a).includes(b) || above(b).includes(a);
};
