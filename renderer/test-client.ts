import { createStore } from 'zustand/vanilla';
import type { Client } from '../shared/contract/index.ts';
import type { Status } from '../shared/contract/app.ts';
import type { DeviceState } from '../shared/contract/devices.ts';
import type { JobPage } from '../shared/contract/jobs.ts';
import type { PredictionQuality } from '../shared/model/prediction.ts';
import type { GroupState, Reservation, WhatIf, WhatIfStep } from '../shared/contract/scheduler.ts';
import type { ApplicationManifest } from '../shared/model/application.ts';
import type { Sample } from '../shared/model/device.ts';
import type { Explanation, Plan, PlannedRun } from '../shared/model/plan.ts';
import type { MetricPoint } from '../shared/model/metrics.ts';
import type { JobDetail, JobRow } from '../shared/model/job.ts';
import { RefusedFileError, type Connection, type ConnectionState, type Problem } from './connection.ts';

/** What the fake core knows; tests change it and tell. */
export interface FakeCore {
  status: Status;
  rows: readonly JobRow[];
  details: ReadonlyMap<number, JobDetail>;
  logs: ReadonlyMap<number, readonly string[]>;
  devices: readonly DeviceState[];
  samples: readonly Sample[];
  applications: readonly ApplicationManifest[];
  groups: readonly GroupState[];
  reservations: readonly Reservation[];
  predictions: readonly PredictionQuality[];
  plan: Plan;
  past: readonly PlannedRun[];
  whatIf: WhatIf;
  explanations: ReadonlyMap<number, Explanation>;
  /** What was kept of each quantity, the same for all devices. */
  series: ReadonlyMap<string, readonly MetricPoint[]>;
}

export interface TestClient extends Connection {
  /** Calls that were made, in order: name and input. */
  calls: readonly { name: string; input: unknown }[];
  /** Changes what the core knows and tells every reader of a stream. */
  change: (change: Partial<FakeCore>) => void;
  /** The next call that changes something is answered with this. */
  refuse: (problem: Problem) => void;
}

/** Thrown by the fake calls; `problemOf` gives back what it holds. */
class FakeRefusal extends Error {
  constructor(readonly problem: Problem) {
    super('refused');
  }
}

/** A connection to a core that lives in memory. Streams send at once, then after each change. */
export const createTestClient = (core: FakeCore): TestClient => {
  let known = core;
  let refusal: Problem | undefined;
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Set<() => void>();

  const call =
    <Input, Output>(name: string, answer: (input: Input) => Output) =>
    async (input: Input): Promise<Output> => {
      calls.push({ name, input });
      if (refusal) {
        const problem = refusal;
        refusal = undefined;
        throw new FakeRefusal(problem);
      }
      return answer(input);
    };
  const stream =
    <Input, Value>(name: string, read: (input: Input) => Value) =>
    async (input: Input, options?: { signal?: AbortSignal }): Promise<AsyncIterable<Value>> => {
      calls.push({ name, input });
      return changes(() => read(input), listeners, options?.signal);
    };
  const page = ({ filter = 'all', search = '', offset = 0, limit = 100 }: PageInput): JobPage => {
    const found = known.rows.filter((row) => matches(row, filter) && row.name.includes(search));
    return { total: found.length, offset, rows: found.slice(offset, offset + limit) };
  };
  const detail = ({ id }: { id: number }): JobDetail => {
    const found = known.details.get(id);
    if (!found) throw new FakeRefusal({ kind: 'refused', reason: { code: 'job-unknown', values: { id } } });
    return found;
  };
  const nothing = (name: string) => call(name, () => undefined);
  // Only the calls that the window makes; anything else would be a mistake and fails as one.
  const api = {
    app: {
      watch: stream('app.watch', () => known.status),
      status: call('app.status', () => known.status),
      acknowledge: nothing('app.acknowledge'),
    },
    jobs: {
      list: call('jobs.list', page),
      watch: stream('jobs.watch', page),
      get: call('jobs.get', detail),
      watchOne: stream('jobs.watchOne', detail),
      followLog: async ({ id }: { id: number }) => lines(known.logs.get(id) ?? []),
      submit: call('jobs.submit', ({ jobs }: { jobs: readonly unknown[] }) => ({ ids: jobs.map((_, index) => 100 + index) })),
      cancel: nothing('jobs.cancel'),
      hold: nothing('jobs.hold'),
      release: nothing('jobs.release'),
      retry: nothing('jobs.retry'),
      next: nothing('jobs.next'),
      explain: call('jobs.explain', ({ id }: { id: number }) => {
        const found = known.explanations.get(id);
        if (!found) throw new FakeRefusal({ kind: 'refused', reason: { code: 'job-unknown', values: { id } } });
        return found;
      }),
    },
    scheduler: {
      pause: nothing('scheduler.pause'),
      resume: nothing('scheduler.resume'),
      setPolicy: nothing('scheduler.setPolicy'),
      groups: call('scheduler.groups', () => ({ groups: [...known.groups] })),
      setGroup: nothing('scheduler.setGroup'),
      reservations: call('scheduler.reservations', () => ({ reservations: [...known.reservations] })),
      addReservation: nothing('scheduler.addReservation'),
      removeReservation: nothing('scheduler.removeReservation'),
      watchPlan: stream('scheduler.watchPlan', () => known.plan),
      history: call('scheduler.history', ({ from, to }: { from: number; to: number }) => ({
        runs: known.past.filter(({ startsAt, endsAt = 0 }) => endsAt > from && startsAt < to),
        beyond: 0,
      })),
      watchWhatIf: async (input: unknown) => whatIfSteps(await call('scheduler.watchWhatIf', () => known.whatIf)(input)),
      whatIf: call('scheduler.whatIf', ({ policies }: { policies?: readonly string[] }) => ({
        ...known.whatIf,
        outcomes: known.whatIf.outcomes.filter(({ policy }) => policies?.includes(policy) ?? true),
      })),
    },
    devices: {
      list: call('devices.list', () => ({ devices: [...known.devices] })),
      samples: call('devices.samples', () => ({ samples: [...known.samples] })),
      watch: stream('devices.watch', () => ({ sample: known.samples.at(-1) ?? { at: 0 }, devices: [...known.devices] })),
      drain: nothing('devices.drain'),
      undrain: nothing('devices.undrain'),
      split: nothing('devices.split'),
      join: nothing('devices.join'),
      reserve: nothing('devices.reserve'),
      overcommit: nothing('devices.overcommit'),
      measure: call('devices.measure', () => ({ gflops: 100, gbPerSecond: 10, threads: 2, measuredAt: 1 })),
    },
    metrics: {
      series: call('metrics.series', ({ quantity }: { quantity: string }) => ({
        stepMs: 1000,
        points: [...(known.series.get(quantity) ?? [])],
      })),
    },
    models: {
      inspect: call('models.inspect', () => ({
        sha256: '0'.repeat(64),
        bytes: 10,
        inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
        outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 1] }],
      })),
    },
    predictions: { list: call('predictions.list', () => ({ predictions: [...known.predictions] })) },
    applications: { list: call('applications.list', () => ({ applications: [...known.applications] })) },
  } as unknown as Client;

  const problemOf = (error: unknown): Problem =>
    error instanceof FakeRefusal || error instanceof RefusedFileError
      ? error.problem
      : { kind: 'unexpected', detail: error instanceof Error ? error.message : String(error) };
  return {
    state: createStore<ConnectionState>(() => ({ kind: 'connected' })),
    api,
    calls,
    problemOf,
    refer: async (file) => ({ fileId: `id of ${file.name}`, name: file.name }),
    addressOf: async () => ({ address: 'data:,', release: () => {} }),
    bytesOf: async () => new ArrayBuffer(),
    openStream: async ({ open, onStart, onValue, onProblem, signal }) => {
      try {
        const values = await open({ id: '00000000-0000-4000-8000-000000000000', window: 32 }, signal);
        onStart?.();
        for await (const value of values) {
          if (signal.aborted) return;
          onValue(value);
        }
      } catch (error) {
        if (!signal.aborted) onProblem?.(problemOf(error));
      }
    },
    change: (change) => {
      known = { ...known, ...change };
      for (const listener of listeners) listener();
    },
    refuse: (problem) => {
      refusal = problem;
    },
  };
};

interface PageInput {
  filter?: string;
  search?: string;
  offset?: number;
  limit?: number;
}

const matches = (row: JobRow, filter: string): boolean => {
  if (filter === 'all') return true;
  if (filter === 'running') return 'placement' in row.state;
  return filter === 'failed' ? 'reason' in row.state && row.state.kind !== 'cancelled' : row.state.kind === filter;
};

/** The value now, and again after each change; a change that comes while nobody reads is not sent twice. */
async function* changes<Value>(read: () => Value, listeners: Set<() => void>, signal: AbortSignal | undefined): AsyncGenerator<Value> {
  let wake = Promise.withResolvers<void>();
  const listener = () => wake.resolve();
  listeners.add(listener);
  signal?.addEventListener('abort', listener, { once: true });
  try {
    while (!signal?.aborted) {
      yield read();
      await wake.promise;
      wake = Promise.withResolvers();
    }
  } finally {
    listeners.delete(listener);
  }
}

/** After each policy, and at last. */
async function* whatIfSteps(whatIf: WhatIf): AsyncGenerator<WhatIfStep> {
  for (const place of whatIf.outcomes.keys()) {
    yield { share: place / whatIf.outcomes.length, whatIf: { ...whatIf, outcomes: whatIf.outcomes.slice(0, place) } };
  }
  yield { share: 1, whatIf };
}

async function* lines(texts: readonly string[]): AsyncGenerator<{ text: string }> {
  for (const text of texts) yield { text };
}

export const emptyStatus: Status = {
  version: '0.1.0',
  shell: 'headless',
  processId: 1,
  startedAt: 0,
  dataFolder: '/data',
  hostName: 'atlas',
  isPaused: false,
  policy: 'fifo',
  counts: { running: 0, pending: 0, held: 0, succeeded: 0, failed: 0, cancelled: 0 },
};

export const emptyCore: FakeCore = {
  status: emptyStatus,
  rows: [],
  details: new Map(),
  logs: new Map(),
  devices: [],
  samples: [],
  applications: [],
  groups: [],
  reservations: [],
  predictions: [],
  plan: { madeAt: 0, isPaused: false, runs: [], unplanned: 0, beyond: 0 },
  past: [],
  whatIf: { source: { kind: 'queue' }, present: 'fifo', from: 0, beyond: 0, outcomes: [] },
  explanations: new Map(),
  series: new Map(),
};

/** A waiting job; tests say what matters. */
export const rowOf = (id: number, change: Partial<JobRow> = {}): JobRow => ({
  id,
  name: `job-${id}`,
  runtime: 'command',
  group: 'default',
  priority: 0,
  submittedAt: 0,
  revision: id,
  state: { kind: 'pending', since: 0 },
  ...change,
});
