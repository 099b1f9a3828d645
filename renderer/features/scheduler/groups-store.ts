import type { GroupState } from '../../../shared/contract/scheduler.ts';
import { createAskedStore, type AskedStore } from '../../asked-store.ts';
import type { Connection } from '../../connection.ts';

/** The groups of all jobs: what they have had changes with every second. */
export type GroupsStore = AskedStore<{ groups: readonly GroupState[] }>;

export const createGroupsStore = (connection: Connection): GroupsStore =>
  createAskedStore<{ groups: readonly GroupState[] }>({
    connection,
    initial: { groups: undefined, problem: undefined },
    pauseMs: 3_000,
    ask: () => connection.api.scheduler.groups(),
  });
