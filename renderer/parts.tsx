import { createContext, useContext } from 'react';
import type { Connection } from './connection.ts';
import type { Actions } from './actions.ts';
import type { Clock } from './clock.ts';
import type { Preferences } from './features/frame/preferences.ts';
import type { StatusStore } from './features/frame/status-store.ts';
import type { HistoryStores } from './features/devices/history-store.ts';
import type { MachineStore } from './features/devices/machine-store.ts';
import type { LatestStore } from './features/overview/latest-store.ts';
import type { RowsStore } from './features/overview/rows-store.ts';
import type { QueueStore } from './features/queue/queue-store.ts';
import type { JobStores } from './features/job/job-stores.ts';
import type { GroupsStore } from './features/scheduler/groups-store.ts';
import type { ReservationsStore } from './features/scheduler/reservations-store.ts';
import type { PastStore } from './features/scheduler/past-store.ts';
import type { PlanStore } from './features/scheduler/plan-store.ts';
import type { PredictionsStore } from './features/scheduler/predictions-store.ts';
import type { WhatIfStore } from './features/scheduler/what-if-store.ts';
import type { RunStore } from './features/run/run-store.ts';

/** What the pages are made of: one store for each area, and what a person can do. */
export interface Parts {
  connection: Connection['state'];
  addressOf: Connection['addressOf'];
  bytesOf: Connection['bytesOf'];
  preferences: Preferences;
  clock: Clock;
  status: StatusStore;
  machine: MachineStore;
  history: HistoryStores;
  queue: QueueStore;
  running: RowsStore;
  waiting: RowsStore;
  latest: LatestStore;
  jobs: JobStores;
  groups: GroupsStore;
  reservations: ReservationsStore;
  plan: PlanStore;
  past: PastStore;
  predictions: PredictionsStore;
  whatIf: WhatIfStore;
  run: RunStore;
  actions: Actions;
}

const PartsContext = createContext<Parts | undefined>(undefined);
export const PartsProvider = PartsContext.Provider;

export const useParts = (): Parts => {
  const parts = useContext(PartsContext);
  if (!parts) throw new Error('A page was drawn outside the frame that gives it its parts.');
  return parts;
};
