import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConnectionState } from './connection.ts';

/** The time that elapsed times are counted to: it ticks once a second, and stands still while the core is out of reach. */
export type Clock = StoreApi<number>;

export const createClock = (connection: StoreApi<ConnectionState>): Clock => {
  const clock = createStore<number>(() => Date.now());
  setInterval(() => {
    if (connection.getState().kind === 'connected') clock.setState(Date.now(), true);
  }, 1000);
  return clock;
};
