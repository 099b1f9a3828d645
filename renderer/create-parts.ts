import type { Connection } from './connection.ts';
import type { FileRef } from '../shared/model/job.ts';
import type { Parts } from './parts.tsx';
import { createActions } from './actions.ts';
import { createClock } from './clock.ts';
import { createJobStores } from './features/job/job-stores.ts';
import { createHistoryStores } from './features/devices/history-store.ts';
import { createMachineStore } from './features/devices/machine-store.ts';
import { createPreferences } from './features/frame/preferences.ts';
import { createQueueStore } from './features/queue/queue-store.ts';
import { createLatestStore } from './features/overview/latest-store.ts';
import { createRowsStore } from './features/overview/rows-store.ts';
import { createGroupsStore } from './features/scheduler/groups-store.ts';
import { createReservationsStore } from './features/scheduler/reservations-store.ts';
import { createPastStore } from './features/scheduler/past-store.ts';
import { createPlanStore } from './features/scheduler/plan-store.ts';
import { createPredictionsStore } from './features/scheduler/predictions-store.ts';
import { createWhatIfStore } from './features/scheduler/what-if-store.ts';
import { createRunStore } from './features/run/run-store.ts';
import { createStatusStore } from './features/frame/status-store.ts';

/** Joins the stores of the window to one connection. */
export const createParts = (
  connection: Connection,
  storage: Storage,
  languages: readonly string[],
  offered: readonly FileRef[] = [],
): Parts => ({
  connection: connection.state,
  addressOf: connection.addressOf,
  bytesOf: connection.bytesOf,
  preferences: createPreferences(storage, languages),
  clock: createClock(connection.state),
  status: createStatusStore(connection),
  machine: createMachineStore(connection),
  history: createHistoryStores(connection),
  queue: createQueueStore(connection),
  running: createRowsStore(connection, 'running', 50),
  waiting: createRowsStore(connection, 'pending', 50),
  latest: createLatestStore(connection, 10),
  jobs: createJobStores(connection),
  groups: createGroupsStore(connection),
  reservations: createReservationsStore(connection),
  plan: createPlanStore(connection),
  past: createPastStore(connection),
  predictions: createPredictionsStore(connection),
  whatIf: createWhatIfStore(connection),
  run: createRunStore(connection, offered),
  actions: createActions(connection),
});
