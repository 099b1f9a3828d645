import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JobFilter } from '../../../shared/contract/jobs.ts';
import type { JobRow } from '../../../shared/model/job.ts';
import type { Connection } from '../../connection.ts';
import { watch } from '../../watch.ts';

export interface Rows {
  total: number | undefined;
  rows: readonly JobRow[];
}

/** The first rows of one list, live while somebody looks. */
export interface RowsStore extends StoreApi<Rows> {
  watch: () => () => void;
}

export const createRowsStore = (connection: Connection, filter: JobFilter, limit: number): RowsStore => {
  const store = createStore<Rows>(() => ({ total: undefined, rows: [] }));
  return {
    ...store,
    watch: () =>
      watch(connection, {
        open: (credit, signal) => connection.api.jobs.watch({ filter, limit, credit }, { signal }),
        onValue: ({ total, rows }) => store.setState({ total, rows }),
      }),
  };
};
