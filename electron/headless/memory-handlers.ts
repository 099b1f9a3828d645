import type { DeviceState } from '../../shared/contract/devices.ts';
import type { JobPage } from '../../shared/contract/jobs.ts';
import type { JobDetail, JobRow, JobSpec } from '../../shared/model/job.ts';
import type { Handlers } from '../core/dispatch.ts';
import { Refusal } from '../core/lib/refusal.ts';

/** What the tests of the transports look at: how far streams ran ahead and whether they ended. */
export interface StreamCounts {
  made: number;
  open: number;
}

/** A small core in memory behind the real contract, for tests of the transports. */
export const createMemoryHandlers = (): {
  handlers: Handlers;
  jobs: JobSpec[];
  devices: DeviceState[];
  notices: StreamCounts;
  logs: StreamCounts;
} => {
  const jobs: JobSpec[] = [];
  const devices: DeviceState[] = [];
  const notices: StreamCounts = { made: 0, open: 0 };
  const logs: StreamCounts = { made: 0, open: 0 };
  let isPaused = false;

  const row = (id: number): JobRow => {
    const spec = jobs[id - 1];
    if (!spec) throw new Refusal({ code: 'job-unknown', values: { id } });
    const { runtime, group, priority } = spec;
    return { id, name: spec.name ?? 'job', runtime, group, priority, submittedAt: 1, revision: 1, state: { kind: 'pending', since: 1 } };
  };
  const detail = (id: number): JobDetail => {
    const { spec, ...rest } = { spec: jobs[id - 1] as JobSpec, ...row(id) };
    return { ...rest, spec, demand: { cores: 1, memoryBytes: 1, memoryFrom: 'default' }, events: [], artifacts: [] };
  };
  const page = (offset: number, limit: number): JobPage => ({
    total: jobs.length,
    offset,
    rows: jobs.slice(offset, offset + limit).map((_, index) => row(offset + index + 1)),
  });
  const status = (): Awaited<ReturnType<Handlers['app']['status']>> => ({
    version: '0.0.0',
    shell: 'headless',
    processId: 1,
    startedAt: 1,
    dataFolder: '/data',
    hostName: 'host',
    isPaused,
    policy: 'fifo',
    counts: { running: 0, pending: jobs.length, held: 0, succeeded: 0, failed: 0, cancelled: 0 },
  });
  /** As fast as it is asked, without an end. */
  async function* endless<Event>(counts: StreamCounts, make: (index: number) => Event): AsyncGenerator<Event> {
    counts.open += 1;
    try {
      for (;;) yield make(counts.made++);
    } finally {
      counts.open -= 1;
    }
  }
  /** One event, then silence until the reader has gone. */
  async function* once<Event>(event: Event, signal: AbortSignal): AsyncGenerator<Event> {
    yield event;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  const each = ({ ids }: { ids: number[] }): void => ids.forEach((id) => void row(id));

  const noPlan = { madeAt: 0, isPaused: false, runs: [], unplanned: 0, beyond: 0 };

  const handlers: Handlers = {
    app: {
      status,
      watch: (_input, { signal }) => once(status(), signal),
      notices: () => endless(notices, (index) => ({ code: 'job-done', values: { id: index + 1, name: 'x'.repeat(100), seconds: 1 } })),
      open: () => {
        throw new Refusal({ code: 'unavailable', values: { ability: 'open' } });
      },
      token: () => {
        throw new Error('a secret detail');
      },
      shutdown: () => {},
      handOver: () => ({ agreed: true }),
    },
    jobs: {
      submit: ({ jobs: specs }) => ({ ids: specs.map((spec) => jobs.push(spec)) }),
      adopt: ({ pid }) => {
        throw new Refusal({ code: 'process-unknown', values: { pid } });
      },
      list: ({ offset, limit }) => page(offset, limit),
      watch: ({ offset, limit }, { signal }) => once(page(offset, limit), signal),
      get: ({ id }) => detail(id),
      watchOne: async ({ id }, { signal }) => once(detail(id), signal),
      explain: ({ id }) => ({ job: { id, name: detail(id).name }, ahead: [], aheadTotal: 0, remedies: [], candidates: [] }),
      wait: ({ id }) => detail(id),
      log: () => ({ text: '', nextOffset: 0, size: 0 }),
      followLog: async ({ id }) => (row(id), endless(logs, () => ({ text: 'x'.repeat(4096) }))),
      array: ({ id }) => ({ id, name: 'sweep', size: 1, open: 1, counts: { pending: 1 } }),
      cancel: each,
      hold: each,
      release: each,
      pause: each,
      resume: each,
      retry: each,
      next: each,
    },
    scheduler: {
      pause: () => void (isPaused = true),
      resume: () => void (isPaused = false),
      policy: () => ({ policy: 'fifo' }),
      setPolicy: () => {},
      groups: () => ({ groups: [] }),
      setGroup: () => {},
      reservations: () => ({ reservations: [] }),
      addReservation: () => ({ id: 1 }),
      removeReservation: () => {},
      plan: () => noPlan,
      watchPlan: (_input, { signal }) => once(noPlan, signal),
      history: () => ({ runs: [], beyond: 0 }),
      whatIf: ({ source }) => ({ source, present: 'fifo', from: 0, beyond: 0, outcomes: [] }),
      watchWhatIf: ({ source }, { signal }) =>
        once({ share: 1, whatIf: { source, present: 'fifo', from: 0, beyond: 0, outcomes: [] } }, signal),
    },
    retention: {
      rule: () => ({ days: 90, jobs: 50_000 }),
      setRule: ({ days = 90, jobs: most = 50_000 }) => ({ days, jobs: most }),
      remove: ({ ids }) => ({ jobs: ids.length }),
      clean: () => ({ jobs: 0 }),
    },
    devices: {
      list: () => ({ devices }),
      samples: () => ({ samples: [] }),
      watch: () => {
        throw new Refusal({ code: 'shutting-down', values: {} });
      },
      drain: () => {},
      undrain: () => {},
      split: () => {},
      join: () => {},
      reserve: () => {},
      overcommit: () => {},
      measure: ({ id }) => {
        throw new Refusal({ code: 'device-unknown', values: { device: id, known: '' } });
      },
    },
    metrics: { series: () => ({ stepMs: 1000, points: [] }), utilization: () => ({ rows: [] }) },
    models: { inspect: () => ({ sha256: '0', bytes: 1, inputs: [], outputs: [] }) },
    predictions: { list: () => ({ predictions: [] }) },
    applications: { list: () => ({ applications: [] }) },
  };
  return { handlers, jobs, devices, notices, logs };
};
