import { Reservation, type ReservationRequest } from '../../../../shared/contract/scheduler.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Capacity, ReservedPart } from '../../scheduler-port.ts';
import { meet, windowsOf } from './reservation-windows.ts';
import * as z from 'zod';

/** Under which name reservations are kept. */
export const reservationsSetting = 'reservations';

const Saved = z.object({ lastId: z.int().nonnegative(), kept: z.array(Reservation.omit({ next: true })) });
export type SavedReservations = z.infer<typeof Saved>;

export const savedReservations = (settings: ReadonlyMap<string, string>): SavedReservations => {
  const value = settings.get(reservationsSetting);
  return value === undefined ? { lastId: 0, kept: [] } : Saved.parse(JSON.parse(value));
};

/** What the scheduler goes by, without calendar. */
export const reservedParts = ({ kept }: SavedReservations, now: number): ReservedPart[] =>
  kept.flatMap((one) => {
    const windows = windowsOf(one, now);
    return windows.length === 0 ? [] : [{ group: groupOf(one.group), cores: one.cores ?? 0, devices: one.devices, windows }];
  });

/** With the one that is or comes next; without what is over. */
export const reservationsNow = ({ kept }: SavedReservations, now: number): Reservation[] =>
  kept.flatMap((one) => {
    const [next] = windowsOf(one, now);
    return next ? [{ ...one, next }] : [];
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
    const device = asked.devices.find((id) => one.devices.some((other) => areOne(capacity, id, other)));
    if (device) throw new Refusal({ code: 'reservation-device-taken', values: { device, group: one.group, from: window.from } });
  }
  const total = capacity.devices.find(({ kind, parent }) => kind === 'cpu' && parent === undefined)?.cores ?? 0;
  const left = Math.max(0, total - others.reduce((sum, { one }) => sum + (one.cores ?? 0), 0));
  const { cores } = asked;
  if (cores !== undefined && cores > left) throw new Refusal({ code: 'reservation-cores-taken', values: { cores, left } });
  const lastId = saved.lastId + 1;
  return { lastId, kept: [...upcoming(saved, now), { ...asked, id: lastId }] };
};

export const withoutReservation = (saved: SavedReservations, id: number, now: number): SavedReservations => {
  const kept = upcoming(saved, now);
  if (!kept.some((one) => one.id === id)) throw new Refusal({ code: 'reservation-unknown', values: { id } });
  return { ...saved, kept: kept.filter((one) => one.id !== id) };
};

const upcoming = ({ kept }: SavedReservations, now: number) => kept.filter((one) => windowsOf(one, now).length > 0);

/** As the scheduler names groups: slashes at the ends and doubled ones mean nothing. */
const groupOf = (group: string): string => group.split('/').filter(Boolean).join('/') || 'default';

/** Whether they are the same device, or one is a share of the other. */
const areOne = ({ devices }: Capacity, a: string, b: string): boolean => {
  const above = (id: string | undefined): string[] =>
    id === undefined ? [] : [id, ...above(devices.find((one) => one.id === id)?.parent)];
  return above(a).includes(b) || above(b).includes(a);
};
