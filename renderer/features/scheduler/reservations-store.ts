import type { Reservation } from '../../../shared/contract/scheduler.ts';
import { createAskedStore, type AskedStore } from '../../asked-store.ts';
import type { Connection } from '../../connection.ts';

/** What is reserved: one that is over gives way to the next. */
export type ReservationsStore = AskedStore<{ reservations: readonly Reservation[] }>;

export const createReservationsStore = (connection: Connection): ReservationsStore =>
  createAskedStore<{ reservations: readonly Reservation[] }>({
    connection,
    initial: { reservations: undefined, problem: undefined },
    pauseMs: 5_000,
    ask: () => connection.api.scheduler.reservations(),
  });
