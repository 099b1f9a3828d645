import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '../../shared/contract/app.ts';
import type { WhatIfStep } from '../../shared/contract/scheduler.ts';
import type { TensorInfo } from '../../shared/contract/models.ts';
import type { FileRef } from '../../shared/model/job.ts';
import type { PredictionQuality } from '../../shared/model/prediction.ts';
import type { Handlers } from './dispatch.ts';
import type { MetricsStore } from './infrastructure/storage/metrics/metrics-store.ts';
import { latest } from './lib/latest.ts';
import { Refusal } from './lib/refusal.ts';
import { stepsOf } from './lib/steps-of.ts';
import { createMetricsHandlers } from './metrics-handlers.ts';
import type { Application, Host, Measurer } from './ports.ts';
import type { Scheduler } from './scheduler-port.ts';
import type { ProviderView } from './show-providers.ts';
import type { DeviceTable } from './services/devices/device-table.ts';
import type { Foresight } from './services/foresight/create-foresight.ts';
import type { Jobs } from './services/jobs/create-jobs.ts';
import type { JobLog } from './services/jobs/job-log.ts';
import type { MachineMonitor } from './services/metrics/machine-monitor.ts';
import type { Retention } from './services/retention/create-retention.ts';

/** The calls that only a shell can answer. */
export type ShellCalls = Pick<Handlers['app'], 'open' | 'token'> & {
  /** The core has been asked to end; the shell closes it and itself. */
  end(): void;
};

interface HandlerParts {
  readonly host: Host;
  readonly shell: ShellCalls;
  readonly jobs: Jobs;
  readonly log: JobLog;
  readonly scheduler: Scheduler;
  readonly foresight: Foresight;
  readonly machine: MachineMonitor;
  readonly devices: DeviceTable;
  readonly providers: ProviderView;
  readonly metrics: MetricsStore;
  readonly predictionQuality: () => PredictionQuality[];
  readonly retention: Retention;
  /** In milliseconds; undefined while nothing has been measured. */
  readonly loopDelayP99: () => number | undefined;
  readonly manifests: readonly Application['manifest'][];
  readonly measureDevice: Measurer;
  inspectModel(model: FileRef): Promise<{ sha256: string; bytes: number; inputs: TensorInfo[]; outputs: TensorInfo[] }>;
}

/** How often the status line and other small views are sent at most. */
const statusIntervalMs = 200;

/** How often the plan is sent at most, and how often at least: what runs for longer than it should moves everything behind it. */
const planIntervalMs = 1000;
const planAgesMs = 10_000;

/** A plan of a long queue of unlike jobs takes seconds of a core; whoever watches it takes a quarter of one at most. */
const restFactor = 3;

const restingBetween = <View>(produce: () => Promise<View>, signal: AbortSignal): (() => Promise<View>) => {
  let restsUntil = 0;
  return async () => {
    await delay(Math.max(0, restsUntil - performance.now()), undefined, { signal });
    const startedAt = performance.now();
    const view = await produce();
    restsUntil = performance.now() + restFactor * (performance.now() - startedAt);
    return view;
  };
};

const orNowAndThen = (onChange: (listener: () => void) => () => void) => (wake: () => void) => {
  const unsubscribe = onChange(wake);
  const timer = setInterval(wake, planAgesMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
};

/** Every call of the contract as a plain function over the services. */
export const createHandlers = (parts: HandlerParts): Handlers => {
  const { jobs, log, scheduler, foresight, machine, devices, providers, retention, shell } = parts;
  const { table, views } = jobs;
  const startedAt = parts.host.now();

  const status = (): Status => {
    const [firstTask] = scheduler.waiting(0, 1);
    const first = firstTask === undefined ? undefined : table.jobOfTask(firstTask);
    const loopDelayP99Ms = parts.loopDelayP99();
    return {
      version: parts.host.version,
      shell: parts.host.shell,
      processId: process.pid,
      startedAt,
      dataFolder: parts.host.dataFolder,
      hostName: hostname(),
      isPaused: scheduler.isPaused,
      policy: scheduler.policy,
      counts: jobs.counts,
      ...(loopDelayP99Ms !== undefined && { loopDelayP99Ms }),
      ...(first && { first: views.row(first) }),
      ...(table.latestFailure && { latestFailure: table.latestFailure }),
    };
  };

  return {
    app: {
      status,
      watch: (_, { signal }) => latest({ subscribe: table.onChange, produce: status, intervalMs: statusIntervalMs, signal }),
      notices: (_, { signal }) => facts(jobs.notices.subscribe, signal),
      open: shell.open,
      token: shell.token,
      shutdown: () => setImmediate(shell.end) && undefined,
      handOver: () => {
        const agreed = parts.host.shell === 'headless' && !jobs.runsUnrecoverable;
        if (agreed) setImmediate(shell.end);
        return { agreed };
      },
    },
    jobs: {
      submit: async (input) => ({ ids: await jobs.submit(input.jobs) }),
      adopt: async ({ pid, ...labels }) => ({ id: await jobs.adopt(pid, labels) }),
      list: (query) => views.page(query),
      watch: (query, { signal }) => views.watchPage(query, signal),
      array: async ({ id }) => {
        const found = await jobs.arrays.stateOf(id);
        if (!found) throw new Refusal({ code: 'job-unknown', values: { id } });
        return found;
      },
      get: async ({ id }, { signal }) => foresight.withStart(await views.detail(id), signal),
      watchOne: async ({ id }, { signal }) => {
        await views.detail(id);
        return views.watchOne(id, signal);
      },
      explain: async ({ id }, { signal }) => foresight.explain(await views.detail(id), signal),
      wait: async ({ id }, { signal }) => {
        await table.whenEnded(id, signal);
        return views.detail(id);
      },
      log: ({ id, attempt, offset }) => log.read(id, attempt, offset),
      followLog: async ({ id }, { signal }) => {
        await views.detail(id);
        return log.follow(id, signal);
      },
      cancel: ({ ids }) => jobs.cancel(ids),
      hold: ({ ids }) => jobs.hold(ids),
      release: ({ ids }) => jobs.release(ids),
      pause: ({ ids }) => jobs.pauseJobs(ids),
      resume: ({ ids }) => jobs.resumeJobs(ids),
      retry: ({ ids }) => jobs.retry(ids),
      next: ({ ids }) => jobs.next(ids),
    },
    scheduler: {
      pause: () => jobs.pause(),
      resume: () => jobs.resume(),
      policy: () => ({ policy: scheduler.policy }),
      setPolicy: ({ policy }) => jobs.setPolicy(policy),
      groups: () => ({ groups: scheduler.groups(parts.host.now()) }),
      setGroup: (change) => jobs.setGroup(change),
      reservations: () => ({ reservations: jobs.reservations() }),
      addReservation: async (asked) => ({ id: await jobs.addReservation(asked) }),
      removeReservation: ({ id }) => jobs.removeReservation(id),
      plan: ({ limit }, { signal }) => foresight.plan(limit, signal),
      watchPlan: ({ limit }, { signal }) =>
        latest({
          subscribe: orNowAndThen(table.onChange),
          produce: restingBetween(() => foresight.plan(limit, signal), signal),
          intervalMs: planIntervalMs,
          signal,
        }),
      history: (span) => foresight.history(span),
      whatIf: (request, { signal }) => foresight.whatIf(request, signal),
      watchWhatIf: (request, { signal }) =>
        stepsOf<WhatIfStep>(async (tell, left) => ({ share: 1, whatIf: await foresight.whatIf(request, left, tell) }), signal),
    },
    devices: {
      list: async () => {
        await devices.looked;
        return { devices: await providers.showKnown(devices.states) };
      },
      samples: ({ seconds }) => ({ samples: machine.samples.toArray().slice(-seconds) }),
      watch: async function* (input, { signal }) {
        const unwatch = input.processes ? devices.watchProcesses() : () => undefined;
        try {
          for await (const sample of facts(machine.sampled.subscribe, signal)) yield { sample, devices: providers.show(devices.states()) };
        } finally {
          unwatch();
        }
      },
      drain: ({ id, note }) => devices.drain(id, note),
      undrain: ({ id }) => devices.undrain(id),
      split: ({ id, ...share }) => devices.split(id, share),
      join: ({ id }) => devices.join(id),
      reserve: ({ id, bytes }) => devices.reserve(id, bytes),
      overcommit: ({ id, ratio }) => devices.overcommit(id, ratio),
      measure: ({ id }) => devices.measure(id, parts.measureDevice),
    },
    metrics: createMetricsHandlers({ store: parts.metrics, devices: devices.states }),
    models: { inspect: ({ model }) => parts.inspectModel(model) },
    retention: {
      rule: () => retention.rule,
      setRule: (change) => retention.setRule(change),
      remove: ({ ids }) => retention.remove(ids),
      clean: ({ olderThanSeconds }) => retention.clean(olderThanSeconds),
    },
    predictions: { list: () => ({ predictions: parts.predictionQuality() }) },
    applications: { list: () => ({ applications: [...parts.manifests] }) },
  };
};

/** Facts a reader may fall behind by before the oldest are dropped. */
const factsKept = 1000;

/** Facts as they happen, from the moment of asking. */
async function* facts<Fact>(
  subscribe: (listener: (fact: Fact) => void) => () => void,
  signal: AbortSignal,
): AsyncGenerator<Fact, void, void> {
  const waiting: Fact[] = [];
  let wake: (() => void) | undefined;
  const unsubscribe = subscribe((fact) => {
    waiting.push(fact);
    if (waiting.length > factsKept) waiting.shift();
    wake?.();
  });
  const onAbort = (): void => wake?.();
  signal.addEventListener('abort', onAbort);
  try {
    while (!signal.aborted) {
      const fact = waiting.shift();
      if (fact === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else yield fact;
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
