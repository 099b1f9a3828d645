import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JobRow } from '../../../shared/model/job.ts';
import type { Connection } from '../../connection.ts';
import { watch } from '../../watch.ts';
import { isEnded } from '../job/job-words.ts';

/** The jobs that ended last, whichever way, the latest first; live while somebody looks. */
export interface LatestStore extends StoreApi<{ rows: readonly JobRow[] | undefined }> {
  watch: () => () => void;
}

const filters = ['succeeded', 'failed', 'cancelled'] as const;
type Lists = Partial<Record<(typeof filters)[number], readonly JobRow[]>>;

export const createLatestStore = (connection: Connection, limit: number): LatestStore => {
  const store = createStore<{ rows: readonly JobRow[] | undefined }>(() => ({ rows: undefined }));
  const follow = (lists: Lists, filter: (typeof filters)[number]) =>
    watch(connection, {
      open: (credit, signal) => connection.api.jobs.watch({ filter, limit, credit }, { signal }),
      onValue: ({ rows }) => {
        lists[filter] = rows;
        const known = filters.flatMap((name) => lists[name] ?? []);
        // Until every list has come, a job of another one may have ended later than those known.
        if (filters.every((name) => lists[name])) store.setState({ rows: latest(known, limit) });
      },
    });
  return {
    ...store,
    watch: () => {
      const lists: Lists = {};
      const stops = filters.map((filter) => follow(lists, filter));
      return () => stops.forEach((stop) => stop());
    },
  };
};

/** A job that just went from one list to another may be in both for a moment; its newer state counts. */
const latest = (rows: readonly JobRow[], most: number): readonly JobRow[] => {
  const byId = new Map<number, JobRow>();
  for (const row of rows) if (row.revision >= (byId.get(row.id)?.revision ?? 0)) byId.set(row.id, row);
  return [...byId.values()].toSorted((a, b) => endOf(b) - endOf(a)).slice(0, most);
};

const endOf = ({ state }: JobRow): number => (isEnded(state) ? state.endedAt : 0);
