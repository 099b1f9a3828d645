import { createStore, type StoreApi } from 'zustand/vanilla';
import type { JobFilter, JobPage } from '../../../shared/contract/jobs.ts';
import type { JobRow } from '../../../shared/model/job.ts';
import type { Connection, Problem } from '../../connection.ts';
import { watch } from '../../watch.ts';
import { idOf } from './array-row.ts';
import { keepPage, pageFor, type PageRange } from './pages.ts';

export interface QueueState {
  filter: JobFilter;
  search: string;
  /** Only the jobs of this array; then neither filter nor search counts. */
  array: number | undefined;
  /** How many rows of the list are of which state; undefined for an array. */
  sections: JobPage['sections'];
  /** How many rows the list has; undefined until the core has answered. */
  total: number | undefined;
  /** The rows known by their place in the list; those away from what is shown may be older. */
  rows: ReadonlyMap<number, JobRow>;
  selected: ReadonlySet<number>;
  problem: Problem | undefined;
}

/** One list of the queue: which part is shown, what is in it, what is selected. */
export interface QueueStore extends StoreApi<QueueState> {
  setFilter: (filter: JobFilter) => void;
  setSearch: (search: string) => void;
  setArray: (array: number | undefined) => void;
  /** Follows the rows from `first` to `last`, which are on the screen. */
  show: (first: number, last: number) => void;
  /** Follows the list while somebody looks at it. */
  watch: () => () => void;
  select: (ids: Iterable<number>) => void;
  /** Selects every row of the list, known or not, up to the most one call can change. */
  selectAll: () => Promise<void>;
}

/** The most jobs that one action changes. */
export const mostSelected = 10_000;
const listPage = 500;

export const createQueueStore = (connection: Connection): QueueStore => {
  const empty = { total: undefined, sections: undefined, rows: new Map<number, JobRow>() };
  const store = createStore<QueueState>(() => ({
    filter: 'all',
    search: '',
    array: undefined,
    ...empty,
    selected: new Set(),
    problem: undefined,
  }));
  let range: PageRange = { offset: 0, limit: 200 };
  let isWatched = false;
  let stop: (() => void) | undefined;

  /** All jobs of an array, each array of the queue as one row. */
  const list = () => {
    const { filter, search, array } = store.getState();
    return array === undefined ? { filter, search, fold: true } : { array };
  };
  const follow = () => {
    stop?.();
    const asked = { ...list(), ...range };
    stop = watch<JobPage>(connection, {
      open: (credit, signal) => connection.api.jobs.watch({ ...asked, credit }, { signal }),
      onValue: (page) =>
        store.setState(({ rows }) => ({ total: page.total, sections: page.sections, rows: keepPage(rows, page), problem: undefined })),
      onProblem: (problem) => store.setState({ problem }),
    });
  };
  const ask = (change: Partial<Pick<QueueState, 'filter' | 'search' | 'array'>>) => {
    store.setState({ ...change, ...empty, selected: new Set() });
    range = { offset: 0, limit: 200 };
    if (isWatched) follow();
  };
  return {
    ...store,
    setFilter: (filter) => ask({ filter }),
    setSearch: (search) => ask({ search }),
    setArray: (array) => {
      if (array !== store.getState().array) ask({ array });
    },
    show: (first, last) => {
      const next = pageFor(first, last, range);
      if (next === range) return;
      range = next;
      if (isWatched) follow();
    },
    watch: () => {
      isWatched = true;
      follow();
      return () => {
        isWatched = false;
        stop?.();
      };
    },
    select: (ids) => store.setState({ selected: new Set(ids) }),
    selectAll: async () => {
      const ids = new Set<number>();
      for (let offset = 0; offset < mostSelected; offset += listPage) {
        const page = await connection.api.jobs.list({ ...list(), offset, limit: listPage });
        for (const row of page.rows) ids.add(idOf(row));
        if (offset + listPage >= page.total) break;
      }
      store.setState({ selected: ids });
    },
  };
};
