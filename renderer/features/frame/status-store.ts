import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Status } from '../../../shared/contract/app.ts';
import type { Connection } from '../../connection.ts';
import { watch } from '../../watch.ts';

/** The state of the whole system, as the core last told it. */
export interface StatusStore extends StoreApi<{ status: Status | undefined }> {
  watch: () => () => void;
}

export const createStatusStore = (connection: Connection): StatusStore => {
  const store = createStore<{ status: Status | undefined }>(() => ({ status: undefined }));
  return {
    ...store,
    watch: () =>
      watch(connection, {
        open: (credit, signal) => connection.api.app.watch({ credit }, { signal }),
        onValue: (status) => store.setState({ status }),
      }),
  };
};
