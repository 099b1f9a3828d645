import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformanceRun, recordingSink } from '../../electron/core/infrastructure/backends/conformance.ts';
import { createDockerBackend } from '../../electron/core/infrastructure/backends/docker/docker-backend.ts';
import type { Outcome, TaskRun } from '../../electron/core/ports.ts';
import { JobSpec } from '../../shared/model/job.ts';
import { busyboxImage, dockerEngine } from './docker.ts';

const engine = await dockerEngine();
const socketPath = 'socket' in engine ? engine.socket : '';
const backendModule = new URL('../../electron/core/infrastructure/backends/docker/docker-backend.ts', import.meta.url).href;

/** Starts one run after another, writing down each intent before, until it is killed. */
const coreProgram = `
import { appendFileSync, readFileSync } from 'node:fs';
import { createDockerBackend } from ${JSON.stringify(backendModule)};
const [runsFile, intentsFile, dataFolder, socketPath] = process.argv.slice(2);
const backend = createDockerBackend({ dataFolder, socketPath });
await backend.check(new AbortController().signal);
const runs = readFileSync(runsFile, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
const next = async () => {
  for (let run = runs.shift(); run; run = runs.shift()) {
    appendFileSync(intentsFile, run.task + '\\n');
    process.stdout.write('begun');
    await backend.start(run, { foundWorker() {}, running() {}, progress() {} }, new AbortController().signal);
  }
};
await Promise.all([next(), next()]);
`;

describe.skipIf('skip' in engine)('a core that is killed while it starts containers', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-recovery-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const make = () => createDockerBackend({ dataFolder: folder, socketPath, graceSeconds: 1 });

  const recover = async (run: TaskRun): Promise<Outcome> => {
    const { signal } = new AbortController();
    const found = await make().find(run, recordingSink(), signal);
    if (found.kind === 'running' || found.kind === 'ended') return found.outcome;
    return found.kind === 'never-started' ? make().start(run, recordingSink(), signal) : { kind: 'lost' };
  };

  // Milliseconds after the first request: while a container is made, started, runs, has ended.
  test.each([2, 60, 150, 300, 700])('after %i ms: each container runs exactly once, and all ends are known', async (killAfterMs) => {
    const place = await mkdtemp(join(folder, 'core-'));
    const runs = await Promise.all(
      [0, 1, 2, 3].map(async (code) => {
        const at = join(place, String(code));
        await mkdir(at);
        const command = ['sh', '-c', `echo ran >>/out/ran; echo said; sleep 0.2; exit ${code}`];
        return conformanceRun(JobSpec.parse({ runtime: 'container', image: busyboxImage, command }), at);
      }),
    );
    await writeFile(join(place, 'core.ts'), coreProgram);
    await writeFile(join(place, 'runs'), runs.map(({ resolve: _resolve, ...run }) => JSON.stringify(run)).join('\n'));
    await writeFile(join(place, 'intents'), '');
    const programArguments = [join(place, 'core.ts'), join(place, 'runs'), join(place, 'intents'), folder, socketPath];
    const core = spawn(process.execPath, programArguments, { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => core.stdout.once('data', resolve));
    await delay(killAfterMs);
    core.kill('SIGKILL');

    const intended = (await readFile(join(place, 'intents'), 'utf8')).trim().split('\n').filter(Boolean);
    expect(intended.length).toBeGreaterThan(0);
    for (const [code, run] of runs.entries()) {
      if (!intended.includes(run.task)) continue;
      expect(await recover(run)).toMatchObject({ kind: code === 0 ? 'succeeded' : 'failed', exitCode: code });
      expect(await readFile(join(run.folder, 'out', 'ran'), 'utf8')).toBe('ran\n');
      expect(await readFile(run.logFile, 'utf8')).toBe('said\n');
      await make().forget(run);
    }
    const docker = new Docker({ socketPath });
    const left = await docker.listContainers({ all: true });
    expect(left.filter(({ Labels }) => runs.some(({ task }) => Labels['switchyard.task'] === `${task}.1`))).toEqual([]);
  });
});
