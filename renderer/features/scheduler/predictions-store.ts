import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PredictionQuality } from '../../../shared/model/prediction.ts';
import { askAgain } from '../../ask-again.ts';
import type { Connection } from '../../connection.ts';

/** How good predictions have been, asked for again and again while somebody looks. */
export interface PredictionsStore extends StoreApi<{ predictions: readonly PredictionQuality[] | undefined }> {
  watch: () => () => void;
}

const pauseMs = 5_000;

export const createPredictionsStore = (connection: Connection): PredictionsStore => {
  const store = createStore<{ predictions: readonly PredictionQuality[] | undefined }>(() => ({ predictions: undefined }));
  const ask = async () => {
    // A core that does not answer leaves the figures as they were; the strip says so.
    const answer = await connection.api.predictions.list().catch(() => undefined);
    if (answer) store.setState(answer);
  };
  return { ...store, watch: () => askAgain(ask, pauseMs) };
};
