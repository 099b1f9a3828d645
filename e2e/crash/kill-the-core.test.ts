import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Status } from '../../shared/contract/app.ts';
import { isEnded, type JobDetail, type JobRequest } from '../../shared/model/job.ts';
import { busyboxImage, dockerEngine, type DockerEngine } from '../engines/docker.ts';
import { openRest, repository, switchyard, type Rest } from '../switchyard.ts';
import { seeded } from '../tools/seeded.ts';

/*
 * Three hundred jobs of three kinds, and twenty kill -9 of the core at seeded moments while they are submitted, started, run,
 * ended and written down. Whatever was accepted must come to its end exactly once.
 */
const jobCount = 300;
const killCount = 20;
const seed = 20261122;

const dataFolder = mkdtempSync(join(tmpdir(), 'switchyard-crash-'));
const workFolder = mkdtempSync(join(tmpdir(), 'switchyard-crash-work-'));
const effects = join(workFolder, 'effects');
let engine: DockerEngine;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  engine = await dockerEngine();
  environment = 'socket' in engine ? { DOCKER_HOST: `unix://${engine.socket}` } : {};
  writeFileSync(join(workFolder, 'wine.json'), JSON.stringify([[14.2, 1.7, 2.4, 15.6, 127, 2.8, 3.1, 0.28, 2.3, 5.6, 1.04, 3.9, 1065]]));
}, 120_000);

afterAll(async () => {
  await switchyard(['shutdown'], { dataFolder, environment });
  rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  rmSync(workFolder, { recursive: true, force: true, maxRetries: 3 });
});

const resources = { cores: 0.5, memoryBytes: 64 * 1024 ** 2 };
const makeJob = (index: number): JobRequest => {
  if (index % 3 === 0) {
    const model = { path: join(repository, 'resources', 'models', 'wine_mlp.onnx') };
    return { runtime: 'onnx', model, inputs: [{ name: 'x', file: { path: join(workFolder, 'wine.json') } }] };
  }
  // One short line is one write, which the kernel appends whole.
  const script = `echo "$SWITCHYARD_JOB.$SWITCHYARD_ATTEMPT" >> ${effects}; sleep 0.0${index % 9}; echo result > "$SWITCHYARD_OUTPUT/result.txt"`;
  const command: JobRequest = { runtime: 'command', command: ['sh', '-c', script], folder: workFolder, resources };
  if (index % 3 === 1 || 'skip' in engine) return command;
  return { runtime: 'container', image: busyboxImage, command: ['sh', '-c', 'echo result > /out/result.txt'], resources };
};

const startCore = async (): Promise<Status> => {
  const { code, stdout, stderr } = await switchyard(['status', '--json'], { dataFolder, environment });
  if (code !== 0) throw new Error(`no core: ${stderr}`);
  return JSON.parse(stdout) as Status;
};

/** Ends a process and waits until the kernel has let go of its sockets and locks. */
const kill = async (processId: number): Promise<void> => {
  process.kill(processId, 'SIGKILL');
  while (existsSync(`/proc/${processId}`)) await delay(2);
};

/** Submits until all are accepted. What a dying core left unanswered was either accepted or not; it is not counted on. */
const submitAll = async (rest: Rest, accepted: number[]): Promise<void> => {
  for (let index = 0; index < jobCount;) {
    const jobs = Array.from({ length: Math.min(5, jobCount - index) }, (_, offset) => makeJob(index + offset));
    const reply = await rest.call('POST', '/jobs', { jobs }).catch(() => undefined);
    if (reply?.status === 201) {
      accepted.push(...(reply.body as { ids: number[] }).ids);
      index += jobs.length;
    }
    await delay(reply ? 150 : 50);
  }
};

const allEnded = async (rest: Rest): Promise<void> => {
  for (;;) {
    const { counts } = await rest.ask<Status>('GET', '/status');
    if (counts.running + counts.pending === 0) return;
    await delay(200);
  }
};

test(
  'kill -9 of the core loses nothing, doubles nothing and leaves nothing behind',
  async () => {
    const random = seeded(seed);
    const accepted: number[] = [];
    const rest = openRest(dataFolder);
    let core = await startCore();
    const submitting = submitAll(rest, accepted);
    for (let killed = 0; killed < killCount; killed += 1) {
      await delay(20 + Math.floor(random() * 900));
      await kill(core.processId);
      core = await startCore();
    }
    await submitting;
    await allEnded(rest);

    expect(new Set(accepted).size).toBe(jobCount);
    const jobs = await Promise.all(accepted.map((id) => rest.ask<JobDetail>('GET', `/jobs/${id}`)));
    const outcomes = Object.groupBy(jobs, (job) => `${job.runtime} ${job.state.kind}`);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(outcomes).map(([kind, list]) => [kind, list?.length])))}\n`);
    expect(jobs.filter((job) => !isEnded(job.state))).toEqual([]);

    const lines = existsSync(effects) ? readFileSync(effects, 'utf8').trim().split('\n') : [];
    expect(new Set(lines).size).toBe(lines.length);
    expect(new Set(lines.map((line) => line.split('.')[0])).size).toBe(lines.length);
    for (const job of jobs) {
      if (job.runtime !== 'onnx') expect(job.state).toMatchObject({ attempt: 1 });
      if (job.state.kind === 'succeeded') expect(job.artifacts.length, `job ${job.id}`).toBeGreaterThan(0);
      for (const { sha256, bytes } of job.artifacts) {
        const content = await rest.bytes(`/artifacts/${sha256}`);
        expect(content.length).toBe(bytes);
        expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      }
    }
    // Only a core that dies between the end of a process and its record may leave a job lost; nothing else fails here.
    expect(jobs.filter((job) => !['succeeded', 'lost'].includes(job.state.kind)).map((job) => [job.id, job.sentence])).toEqual([]);
    expect(jobs.filter((job) => job.state.kind === 'lost').length).toBeLessThanOrEqual(killCount);

    // A container whose core died between writing down its end and removing it goes half a minute after the next core's start.
    await expect.poll(containersLeft, { timeout: 300_000, interval: 1000 }).toEqual([]);
    rest.close();
    expect((await switchyard(['shutdown'], { dataFolder, environment })).code).toBe(0);
    await expect.poll(() => processesOf(dataFolder)).toEqual([]);
    expect(await containersLeft()).toEqual([]);
  },
  15 * 60_000,
);

/** Command lines of processes that name the folder. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(folder));

/** Containers of ours; the engine may be shared with other tests, and what belongs to this one writes into its data folder. */
const containersLeft = async (): Promise<string[]> => {
  if ('skip' in engine) return [];
  const all = await new Docker({ socketPath: engine.socket }).listContainers({ all: true, filters: { label: ['switchyard.task'] } });
  const containers = all.filter(({ Mounts }) => Mounts.some(({ Source }) => Source.startsWith(dataFolder)));
  return containers.map((container) => `${container.Names.join(' ')} ${container.Status}`);
};
