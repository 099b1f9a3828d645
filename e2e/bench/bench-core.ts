import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '../../shared/contract/app.ts';
import type { JobPage } from '../../shared/contract/jobs.ts';
import type { JobDetail, JobRequest } from '../../shared/model/job.ts';
import type { Lifetime } from '../../electron/core/lib/lifetime.ts';
import { openRest, repository, type Rest } from '../switchyard.ts';

/** A core in a data folder of its own, reached as anybody reaches it. */
export interface BenchCore {
  readonly rest: Rest;
  readonly processId: number;
  readonly dataFolder: string;
  /** A folder for inputs, gone with the core. */
  readonly workFolder: string;
  submit(jobs: readonly JobRequest[]): Promise<number[]>;
  /** Submits in batches, the way a script would; one after the other. */
  submitAll(jobs: readonly JobRequest[]): Promise<number[]>;
  status(): Promise<Status>;
  wait(id: number): Promise<JobDetail>;
  /** Resolves when so many more jobs than before have succeeded; throws as soon as one has failed. */
  succeeded(count: number): Promise<void>;
  cancel(ids: readonly number[]): Promise<void>;
}

const jobsPerBatch = 500;
const startDeadlineMs = 60_000;
const pollMs = 25;

/** `switchyard serve` on a temporary data folder; `tracer` is a program with its arguments that the core is started under. */
export const startBenchCore = async (lifetime: Lifetime, tracer: readonly string[] = []): Promise<BenchCore> => {
  const root = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  const dataFolder = join(root, 'data');
  const [program = process.execPath, ...args] = [...tracer, process.execPath, join(repository, 'out', 'main', 'cli.js'), 'serve'];
  const child = spawn(program, args, { env: { ...process.env, SWITCHYARD_DATA: dataFolder }, stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const rest = openRest(dataFolder);
  const status = (): Promise<Status> => rest.ask<Status>('GET', '/status');
  lifetime.add(async () => {
    // Commands would survive the core.
    await rest.ask('POST', '/queue/pause');
    const { rows } = await rest.ask<JobPage>('GET', '/jobs?filter=running&limit=500');
    if (rows.length > 0) await rest.ask('POST', '/jobs/cancel', { ids: rows.map(({ id }) => id) });
    await rest.ask('POST', '/shutdown');
    rest.close();
    await exited;
    await rm(root, { recursive: true, force: true });
  });
  const { processId } = await firstStatus(status);
  const submit = async (jobs: readonly JobRequest[]): Promise<number[]> =>
    (await rest.ask<{ ids: number[] }>('POST', '/jobs', { jobs })).ids;
  let succeededBefore = 0;
  return {
    rest,
    processId,
    dataFolder,
    workFolder: root,
    submit,
    async submitAll(jobs) {
      const ids: number[] = [];
      for (let start = 0; start < jobs.length; start += jobsPerBatch) ids.push(...(await submit(jobs.slice(start, start + jobsPerBatch))));
      return ids;
    },
    status,
    wait: (id) => rest.ask<JobDetail>('GET', `/jobs/${id}/wait`),
    async succeeded(count) {
      for (;;) {
        const { counts, latestFailure } = await status();
        if (latestFailure) throw new Error(`job ${latestFailure.id} failed: ${latestFailure.sentence ?? latestFailure.state.kind}`);
        if (counts.succeeded - succeededBefore >= count) break;
        await delay(pollMs);
      }
      succeededBefore += count;
    },
    cancel: async (ids) => void (ids.length > 0 && (await rest.ask('POST', '/jobs/cancel', { ids }))),
  };
};

const firstStatus = async (status: () => Promise<Status>): Promise<Status> => {
  const deadline = Date.now() + startDeadlineMs;
  for (;;) {
    try {
      return await status();
    } catch (error) {
      if (Date.now() > deadline) throw new Error('the core did not start; is it built?', { cause: error });
      await delay(50);
    }
  }
};
