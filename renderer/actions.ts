import type { Connection, Problem } from './connection.ts';
import type { GroupChange, NewReservation, PolicyName } from '../shared/contract/scheduler.ts';
import type { JobRequest } from '../shared/model/job.ts';

export type JobAction = 'next' | 'hold' | 'release' | 'pause' | 'resume' | 'retry' | 'cancel' | 'remove';

/** Nothing when it was done; else why not. */
export type Outcome = Problem | undefined;

/** A part of a device under a name of its own. */
export interface NewShare {
  name: string;
  coreIds?: number[];
  memoryBytes?: number;
}

/** What a person can do to the queue and the devices. A refusal is a value, shown where the action was pressed. */
export interface Actions {
  change: (action: JobAction, ids: readonly number[]) => Promise<Outcome>;
  pause: () => Promise<Outcome>;
  resume: () => Promise<Outcome>;
  setPolicy: (policy: PolicyName) => Promise<Outcome>;
  setGroup: (change: GroupChange) => Promise<Outcome>;
  addReservation: (asked: NewReservation) => Promise<Outcome>;
  removeReservation: (id: number) => Promise<Outcome>;
  drain: (device: string, note: string) => Promise<Outcome>;
  undrain: (device: string) => Promise<Outcome>;
  split: (device: string, share: NewShare) => Promise<Outcome>;
  join: (share: string) => Promise<Outcome>;
  reserve: (device: string, bytes: number) => Promise<Outcome>;
  overcommit: (device: string, ratio: number) => Promise<Outcome>;
  /** Takes in a process that somebody else started, as a job. */
  adopt: (pid: number) => Promise<{ id: number } | { problem: Problem }>;
  measure: (device: string) => Promise<Outcome>;
  submit: (jobs: JobRequest[]) => Promise<{ ids: readonly number[] } | { problem: Problem }>;
}

/** The most ids that one call takes. */
const idsPerCall = 10_000;

export const createActions = ({ api, problemOf }: Connection): Actions => {
  const attempt = async (work: () => Promise<unknown>): Promise<Outcome> => {
    try {
      await work();
      return undefined;
    } catch (error) {
      return problemOf(error);
    }
  };
  return {
    change: (action, ids) =>
      attempt(async () => {
        const call = action === 'remove' ? api.retention.remove : api.jobs[action];
        for (let start = 0; start < ids.length; start += idsPerCall) await call({ ids: ids.slice(start, start + idsPerCall) });
      }),
    pause: () => attempt(() => api.scheduler.pause()),
    resume: () => attempt(() => api.scheduler.resume()),
    setPolicy: (policy) => attempt(() => api.scheduler.setPolicy({ policy })),
    setGroup: (change) => attempt(() => api.scheduler.setGroup(change)),
    addReservation: (asked) => attempt(() => api.scheduler.addReservation(asked)),
    removeReservation: (id) => attempt(() => api.scheduler.removeReservation({ id })),
    drain: (id, note) => attempt(() => api.devices.drain({ id, ...(note.trim() ? { note: note.trim() } : {}) })),
    undrain: (id) => attempt(() => api.devices.undrain({ id })),
    split: (id, share) => attempt(() => api.devices.split({ id, ...share })),
    join: (id) => attempt(() => api.devices.join({ id })),
    reserve: (id, bytes) => attempt(() => api.devices.reserve({ id, bytes })),
    overcommit: (id, ratio) => attempt(() => api.devices.overcommit({ id, ratio })),
    adopt: async (pid) => {
      try {
        return { id: (await api.jobs.adopt({ pid })).id };
      } catch (error) {
        return { problem: problemOf(error) };
      }
    },
    measure: (id) => attempt(() => api.devices.measure({ id })),
    submit: async (jobs) => {
      try {
        return { ids: (await api.jobs.submit({ jobs })).ids };
      } catch (error) {
        return { problem: problemOf(error) };
      }
    },
  };
};
