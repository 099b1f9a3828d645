import { createStore, type StoreApi } from 'zustand/vanilla';
import type { GroupState } from '../../../shared/contract/scheduler.ts';
import type { Connection, Problem } from '../../connection.ts';
import { askAgain } from '../../ask-again.ts';

export interface GroupsState {
  /** Undefined before the first answer. */
  groups: readonly GroupState[] | undefined;
  problem: Problem | undefined;
}

/** The groups of all jobs, asked for again and again while somebody looks: what they have had changes with every second. */
export interface GroupsStore extends StoreApi<GroupsState> {
  watch: () => () => void;
  /** Asks at once, after something was changed. */
  refresh: () => Promise<void>;
}

const pauseMs = 3_000;

export const createGroupsStore = (connection: Connection): GroupsStore => {
  const store = createStore<GroupsState>(() => ({ groups: undefined, problem: undefined }));
  let asked = 0;
  const refresh = async () => {
    const turn = (asked += 1);
    try {
      const { groups } = await connection.api.scheduler.groups();
      // An answer that was overtaken by a later question is older than what was asked since.
      if (turn === asked) store.setState({ groups, problem: undefined });
    } catch (error) {
      if (turn === asked) store.setState({ problem: connection.problemOf(error) });
    }
  };
  return { ...store, refresh, watch: () => askAgain(refresh, pauseMs) };
};
