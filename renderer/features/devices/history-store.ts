import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Connection, Problem } from '../../connection.ts';
import { whileVisible } from '../../watch.ts';
import { readingsOf, type KeptQuantity, type Reading } from './reading.ts';

export interface HistoryState {
  /** Undefined before the first answer. */
  readings: readonly Reading[] | undefined;
  /** How far the readings lie apart. */
  stepMs: number;
  problem: Problem | undefined;
}

export interface HistoryQuestion {
  device: string;
  quantities: readonly KeptQuantity[];
  lengthMs: number;
}

/** What was kept of a device over a long time, asked again as it grows, until it is stopped. */
export interface HistoryStores {
  follow: (question: HistoryQuestion) => StoreApi<HistoryState> & { stop: () => void };
}

/** A graph on a wide screen shows about as many points as it has pixels. */
const mostPoints = 1500;
const shortestPauseMs = 5_000;

export const createHistoryStores = (connection: Connection): HistoryStores => ({
  follow: ({ device, quantities, lengthMs }) => {
    const store = createStore<HistoryState>(() => ({ readings: undefined, stepMs: 0, problem: undefined }));
    const ask = async () => {
      const to = Date.now();
      const window = { device, from: to - lengthMs, to, points: mostPoints };
      const series = await Promise.all(
        quantities.map(async (quantity) => ({ quantity, ...(await connection.api.metrics.series({ ...window, quantity })) })),
      );
      store.setState({ readings: readingsOf(series), stepMs: Math.max(1000, ...series.map(({ stepMs }) => stepMs)), problem: undefined });
    };
    const start = () => {
      let isOver = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const turn = async () => {
        await ask().catch((error: unknown) => store.setState({ problem: connection.problemOf(error) }));
        if (!isOver) timer = setTimeout(() => void turn(), Math.max(shortestPauseMs, store.getState().stepMs));
      };
      void turn();
      return () => {
        isOver = true;
        clearTimeout(timer);
      };
    };
    return { ...store, stop: whileVisible(document, start) };
  },
});
