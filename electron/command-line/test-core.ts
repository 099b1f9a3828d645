import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DeviceState } from '../../shared/contract/devices.ts';
import type { GroupState, Reservation, WhatIf } from '../../shared/contract/scheduler.ts';
import type { JobDetail, JobSpec, JobState } from '../../shared/model/job.ts';
import type { Explanation, Plan } from '../../shared/model/plan.ts';
import type { PredictionQuality } from '../../shared/model/prediction.ts';
import { createRouter, type Handlers } from '../core/dispatch.ts';
import { Refusal } from '../core/lib/refusal.ts';
import type { CallParts } from '../headless/call-routes.ts';
import { serveSocket } from '../headless/serve-socket.ts';

/** How a job of the test core goes on after it was accepted. */
export type Fate = (job: JobDetail) => Partial<JobDetail> | Promise<Partial<JobDetail>>;

/** The real server on a real socket over jobs in memory, whose fate the test decides. */
export const startTestCore = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-cli-'));
  const dataFolder = join(folder, 'data');
  const jobs = new Map<number, JobDetail>();
  const ends = new Map<number, PromiseWithResolvers<JobDetail>>();
  const artifacts = new Map<string, Buffer>();
  const devices: DeviceState[] = [];
  const groups: GroupState[] = [];
  const predictions: PredictionQuality[] = [];
  /** What is foretold, where a test says it. */
  const foretold: { plan?: Plan; explanation?: Explanation; whatIf?: WhatIf; reservations?: Reservation[] } = {};
  const calls: string[] = [];
  const bugs: unknown[] = [];
  const submitted = Promise.withResolvers<number>();
  const waited = Promise.withResolvers<number>();
  let fate: Fate | undefined;
  let log = '';

  const find = (id: number): JobDetail => {
    const job = jobs.get(id);
    if (!job) throw new Refusal({ code: 'job-unknown', values: { id } });
    return job;
  };
  const end = (id: number, change: Partial<JobDetail>): void => {
    const before = find(id);
    const job = { ...before, ...change };
    jobs.set(id, { ...job, events: [...job.events, ...eventsOf(before, job)] });
    ends.get(id)?.resolve(find(id));
  };
  const accept = async (spec: JobSpec): Promise<number> => {
    const id = jobs.size + 1;
    const { runtime, group, priority, name = 'job' } = spec;
    const state: JobState = { kind: 'pending', since: 1000 };
    const demand = { cores: 1, memoryBytes: 1e9, memoryFrom: 'default' as const };
    const job: JobDetail = {
      id,
      name,
      runtime,
      group,
      priority,
      submittedAt: 1000,
      revision: 1,
      state,
      spec,
      demand,
      events: [{ revision: 1, at: 1000, state }],
      artifacts: [],
    };
    jobs.set(id, job);
    ends.set(id, Promise.withResolvers());
    if (fate) end(id, await fate(job));
    submitted.resolve(id);
    return id;
  };
  const untilEnd = (id: number, signal: AbortSignal): Promise<JobDetail> => {
    find(id);
    waited.resolve(id);
    return Promise.race([
      ends.get(id)!.promise,
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('the caller has gone')))),
    ]);
  };
  const noting =
    (name: string, act: (id: number) => void) =>
    ({ ids }: { ids: number[] }): void => {
      ids.forEach(find);
      calls.push(`${name} ${ids.join(' ')}`);
      ids.forEach(act);
    };
  const handlers: Handlers = {
    app: {
      status: () => ({
        version: '0.0.0',
        shell: 'headless',
        processId: 1,
        startedAt: 1,
        dataFolder,
        hostName: 'yard',
        isPaused: calls.includes('pause'),
        policy: 'fifo',
        counts: { running: 0, pending: jobs.size, held: 0, succeeded: 0, failed: 0, cancelled: 0 },
      }),
      watch: () => never('watch'),
      notices: () => never('notices'),
      open: () => ({ address: 'http://yard.localhost:1/#code=abc', redirectFile: join(dataFolder, 'open.html') }),
      token: () => ({ token: 'secret', address: 'http://yard.localhost:1/' }),
      shutdown: () => void server.close(),
      handOver: () => ({ agreed: true }),
    },
    jobs: {
      submit: async ({ jobs: specs }) => ({ ids: await Promise.all(specs.map(accept)) }),
      adopt: ({ pid, name = '', group }) => {
        calls.push(`adopt ${pid} ${name} ${group}`.trim());
        return { id: 8 };
      },
      list: ({ offset, limit }) => ({ total: jobs.size, offset, rows: [...jobs.values()].slice(offset, offset + limit) }),
      watch: () => never('watch'),
      array: ({ id }) => {
        const members = [...jobs.values()].filter((job) => job.array?.id === id);
        if (members.length === 0) throw new Refusal({ code: 'job-unknown', values: { id } });
        return { id, name: 'sweep', size: members.length, open: members.length, counts: { pending: members.length } };
      },
      get: ({ id }) => find(id),
      watchOne: ({ id }) => once(find(id)),
      explain: ({ id }) => (find(id), foretold.explanation ?? never('explain')),
      wait: ({ id }, { signal }) => untilEnd(id, signal),
      log: ({ offset }) => {
        const text = log.slice(offset, offset + 10);
        return { text, nextOffset: offset + text.length, size: log.length };
      },
      followLog: ({ id }, { signal }) => following(log, id, signal),
      cancel: noting('cancel', (id) => end(id, { state: { kind: 'cancelled', attempt: 1, endedAt: 3000 } })),
      hold: noting('hold', find),
      release: noting('release', find),
      pause: noting('pause', find),
      resume: noting('resume', find),
      retry: noting('retry', find),
      next: noting('next', find),
    },
    retention: {
      rule: () => ({ days: 90, jobs: 50_000 }),
      setRule: ({ days = 90, jobs: most = 50_000 }) => {
        calls.push(`keep ${days} days ${most} jobs`);
        return { days, jobs: most };
      },
      remove: ({ ids }) => {
        noting('remove', find)({ ids });
        return { jobs: ids.length };
      },
      clean: ({ olderThanSeconds }) => {
        calls.push(`clean ${olderThanSeconds}`);
        return { jobs: 1234 };
      },
    },
    scheduler: {
      pause: () => void calls.push('pause'),
      resume: () => void calls.push('resume'),
      policy: () => ({ policy: 'fifo' }),
      setPolicy: ({ policy }) => void calls.push(`policy ${policy}`),
      groups: () => ({ groups }),
      reservations: () => ({ reservations: foretold.reservations ?? [] }),
      addReservation: (asked) => {
        calls.push(`add-reservation ${JSON.stringify(asked)}`);
        return { id: 7 };
      },
      removeReservation: ({ id }) => void calls.push(`remove-reservation ${id}`),
      plan: ({ limit }) => {
        calls.push(`plan ${limit}`);
        return foretold.plan ?? never('plan');
      },
      watchPlan: () => never('watchPlan'),
      history: () => never('history'),
      whatIf: (request) => {
        calls.push(`what-if ${JSON.stringify(request)}`);
        return foretold.whatIf ?? never('whatIf');
      },
      watchWhatIf: async function* (request) {
        calls.push(`watch what-if ${JSON.stringify(request)}`);
        const whatIf = foretold.whatIf ?? never('watchWhatIf');
        yield { share: 0.5, whatIf: { ...whatIf, outcomes: whatIf.outcomes.slice(0, 1) } };
        yield { share: 1, whatIf };
      },
      setGroup: (change) => void calls.push(`group ${JSON.stringify(change)}`),
    },
    devices: {
      list: () => ({ devices }),
      samples: () => ({ samples: [] }),
      watch: async function* () {
        for (const at of [1000, 2000]) yield { sample: { at }, devices };
      },
      drain: ({ id, note }) => void calls.push(['drain', id, note].filter(Boolean).join(' ')),
      undrain: ({ id }) => void calls.push(`undrain ${id}`),
      split: (share) => void calls.push(`split ${JSON.stringify(share)}`),
      join: ({ id }) => void calls.push(`join ${id}`),
      reserve: ({ id, bytes }) => void calls.push(`reserve ${id} ${bytes}`),
      overcommit: ({ id, ratio }) => void calls.push(`overcommit ${id} ${ratio}`),
      measure: ({ id }) => {
        calls.push(`measure ${id}`);
        return { gflops: 1234.56, gbPerSecond: 41.27, ...(id === 'cpu' && { threads: 8 }), measuredAt: 1 };
      },
    },
    metrics: { series: () => ({ stepMs: 1000, points: [] }), utilization: () => ({ rows: [] }) },
    models: { inspect: () => ({ sha256: '0', bytes: 1, inputs: [], outputs: [] }) },
    predictions: { list: () => ({ predictions }) },
    applications: { list: () => ({ applications: [{ id: 'ocr', accepts: ['.png'], manyFiles: true, models: ['ocr/det.onnx'] }] }) },
  };
  /** What was written so far, then silence until the job has ended. */
  async function* following(text: string, id: number, signal: AbortSignal): AsyncGenerator<{ text: string }> {
    yield { text };
    await untilEnd(id, signal);
  }

  const parts: CallParts = {
    router: createRouter(handlers, (error) => void bugs.push(error)),
    files: { receive: () => Promise.reject(new Error('the command line uploads nothing')) },
    artifacts: {
      open: async (sha256) => {
        const content = artifacts.get(sha256);
        return content && { bytes: content.length, mediaType: 'application/octet-stream', read: () => Readable.from([content]) };
      },
    },
    onBug: (error) => void bugs.push(error),
  };
  let server = await serveSocket(parts, dataFolder);

  return {
    folder,
    dataFolder,
    jobs,
    devices,
    groups,
    predictions,
    foretold,
    calls,
    /** Resolves to the first job's number. */
    submitted: submitted.promise,
    /** Resolves when a client first waits for the end of a job. */
    waited: waited.promise,
    /** Ends the server, which breaks off whatever it was answering, and starts the next one as a desktop that takes over would. */
    handOver: async () => {
      await server.close();
      server = await serveSocket(parts, dataFolder);
    },
    end,
    decide: (next: Fate): void => void (fate = next),
    write: (text: string): void => void (log += text),
    /** Stores a result and answers its hash. */
    addArtifact: (content: Buffer, claimed = createHash('sha256').update(content).digest('hex')): string => {
      artifacts.set(claimed, content);
      return claimed;
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export type TestCore = Awaited<ReturnType<typeof startTestCore>>;

const never = (call: string): never => {
  throw new Refusal({ code: 'unavailable', values: { ability: call } });
};

async function* once<Event>(event: Event): AsyncGenerator<Event> {
  yield event;
}

/** That it has ended, and when it began. */
const eventsOf = ({ revision }: JobDetail, { state }: JobDetail): JobDetail['events'] =>
  'startedAt' in state && state.startedAt !== undefined ? [{ revision: revision + 1, at: state.startedAt, state }] : [];
