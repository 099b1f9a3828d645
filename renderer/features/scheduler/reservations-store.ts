import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Reservation } from '../../../shared/contract/scheduler.ts';
import { askAgain } from '../../ask-again.ts';
import type { Connection, Problem } from '../../connection.ts';

export interface ReservationsState {
  /** Undefined before the first answer. */
  reservations: readonly Reservation[] | undefined;
  problem: Problem | undefined;
}

/** What is reserved, asked for again and again while somebody looks: one that is over gives way to the next. */
export interface ReservationsStore extends StoreApi<ReservationsState> {
  watch: () => () => void;
  /** Asks at once, after something was changed. */
  refresh: () => Promise<void>;
}

const pauseMs = 5_000;

export const createReservationsStore = (connection: Connection): ReservationsStore => {
  const store = createStore<ReservationsState>(() => ({ reservations: undefined, problem: undefined }));
  let asked = 0;
  const refresh = async () => {
    const turn = (asked += 1);
    try {
      const { reservations } = await connection.api.scheduler.reservations();
      // An answer that was overtaken by a later question is older than what was asked since.
      if (turn === asked) store.setState({ reservations, problem: undefined });
    } catch (error) {
      if (turn === asked) store.setState({ problem: connection.problemOf(error) });
    }
  };
  return { ...store, refresh, watch: () => askAgain(refresh, pauseMs) };
};
