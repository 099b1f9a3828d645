import type { StoreApi } from 'zustand/vanilla';

/** A store for one job, followed from when it is made until it is stopped. */
export interface Followed<State> extends StoreApi<State> {
  stop: () => void;
}
